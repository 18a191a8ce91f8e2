import { isDue, type Steps } from '../bounded/turns.ts';
import { windowLength } from '../bounded/windows.ts';
import { mask } from './secret-signs.ts';

const deepest = 32;

// Names of page tokens end the same way and have to pass.
const secretKey =
  /(?<!page[-_]?|next[-_]?)(?:token|secret|password|passwd|authorization|api[-_]?key|private[-_]?key|access[-_]?key)$/i;

/** How the parts of a value are made safe. */
export interface Ways {
  text(given: string): string;
  /** The same for a text of more than one window. */
  longText(given: string): Steps<string>;
  keyOf(name: string): Key;
  /** It was walked, and came out as it is. */
  isSafe(part: object): boolean;
  keep(part: object): void;
}

/** A name in an object, as it is shown, and whether it says that a secret stands under it. */
interface Key {
  shown: string;
  isSecret: boolean;
}

/** Names of fields that are remembered: rows have the same ones. */
const mostKeys = 2_000;

/** `generation`: changes when there is more to hide than before. */
export function waysBy(text: Ways['text'], longText: Ways['longText'], generation: () => number): Ways {
  const keys = new Map<string, Key>();
  let ofKeys = generation();
  const safe = new WeakMap<object, number>();
  return {
    text,
    longText,
    keyOf(name) {
      const now = generation();
      if (now !== ofKeys || keys.size > mostKeys) keys.clear();
      ofKeys = now;
      const seen = keys.get(name);
      if (seen) return seen;
      const key = { shown: text(name), isSecret: secretKey.test(name) };
      keys.set(name, key);
      return key;
    },
    isSafe: part => safe.get(part) === generation(),
    keep: part => safe.set(part, generation()),
  };
}

export function* walk(value: unknown, ways: Ways, depth: number): Steps<unknown> {
  if (typeof value === 'string') return value.length <= windowLength ? ways.text(value) : yield* ways.longText(value);
  if (typeof value !== 'object' || value === null || ways.isSafe(value)) return value;
  // Deeper than any answer of use, and it ends cycles.
  if (depth === deepest) return '[too deep]';
  if (Array.isArray(value)) return yield* walkList(value, ways, depth);
  if (value instanceof Error) {
    const { name, message, stack, cause } = value;
    return yield* walk({ ...value, name, message, stack, cause }, ways, depth + 1);
  }
  if (Object.getPrototypeOf(value) !== Object.prototype && Object.getPrototypeOf(value) !== null) return value;
  return yield* walkObject(value as Record<string, unknown>, ways, depth);
}

/** What a walk does with a part that holds no others, so that it needs no walk of its own. */
const isLeaf = (part: unknown): boolean =>
  typeof part === 'string' ? part.length <= windowLength : typeof part !== 'object' || part === null;

const leaf = (part: unknown, ways: Ways): unknown => (typeof part === 'string' ? ways.text(part) : part);

function* walkList(list: readonly unknown[], ways: Ways, depth: number): Steps<readonly unknown[]> {
  let safe: unknown[] | undefined;
  for (const [index, part] of list.entries()) {
    if (isDue(stepsOf(part))) yield;
    const made = isLeaf(part) ? leaf(part, ways) : yield* walk(part, ways, depth + 1);
    if (made !== part) safe ??= list.slice(0, index);
    safe?.push(made);
  }
  return safe ?? list;
}

function* walkObject(object: Record<string, unknown>, ways: Ways, depth: number): Steps<Record<string, unknown>> {
  const names = Object.keys(object);
  const isOfSecret = naming.some(name => isSecretName(object[name], ways));
  let safe: Map<string, unknown> | undefined;
  for (const [index, name] of names.entries()) {
    const { shown, isSecret } = ways.keyOf(name);
    const part = object[name];
    if (isDue(stepsOf(part) + stepsOf(name))) yield;
    const hides = isSecret || (isOfSecret && named.has(name));
    const made = hides
      ? yield* masked(part, ways, depth)
      : isLeaf(part)
        ? leaf(part, ways)
        : yield* walk(part, ways, depth + 1);
    if (made !== part || shown !== name) safe ??= new Map(names.slice(0, index).map(one => [one, object[one]]));
    safe?.set(freeName(shown, safe), made);
  }
  return safe ? Object.fromEntries(safe) : object;
}

/** Characters that are cleaned and looked through in the time of one step. */
const charactersInStep = 16;

const stepsOf = (part: unknown): number => (typeof part === 'string' ? 1 + part.length / charactersInStep : 1);

/** A column that is called like a secret has values of it beside its name. */
const naming = ['name', 'column'];
const named = new Set(['min', 'max', 'others']);

const isSecretName = (name: unknown, ways: Ways) =>
  typeof name === 'string' && name.length < 256 && ways.keyOf(name).isSecret;

/** What stands under a secret-looking name: a text, or several. */
function* masked(part: unknown, ways: Ways, depth: number): Steps<unknown> {
  if (typeof part === 'string') return part === '' ? part : mask;
  if (Array.isArray(part) && part.every(one => typeof one === 'string')) return part.map(() => mask);
  return yield* walk(part, ways, depth + 1);
}

/** Two names may look the same when they are shown, and none is lost for it. */
function freeName(name: string, taken: ReadonlyMap<string, unknown>): string {
  if (!taken.has(name)) return name;
  for (let count = 2; ; count += 1) if (!taken.has(`${name} (${count})`)) return `${name} (${count})`;
}
