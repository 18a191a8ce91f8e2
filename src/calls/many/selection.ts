import { isRow, type Row } from '../../base/json-value.ts';
import { fieldOf, listingReference, type Operation, type Reference, routeOf } from '../../operations/operation.ts';
import type { Condition } from '../../results/tables/filter.ts';
import { nameBound, refuseOversized } from '../argument-bounds.ts';
import { argumentNamed } from '../argument-names.ts';
import { tryJson } from '../soften.ts';
import type { ToolInput } from '../tool-input.ts';

/** Which things an argument stands for, where it stands for several. */
export type Selection =
  /** `whole`: the text that the names were taken out of, which may be one name with commas in it. */
  | { kind: 'names'; names: readonly string[]; whole?: string }
  | { kind: 'all' }
  /** Arguments of the listing that the argument refers to. */
  | { kind: 'filter'; filter: Row }
  | { kind: 'column'; result: string; column?: string; where?: readonly Condition[] }
  /** Those of an earlier batch that did not come to an end. */
  | { kind: 'failed'; batch: string };

/** One argument of a call that stands for many things. */
export interface ManyArgument {
  argument: string;
  reference: Reference;
  selection: Selection;
}

/** A call for many things. */
export interface Many {
  /** What stands for them: each of one with each of the next. What an argument depends on stands before it. */
  of: readonly [ManyArgument, ...ManyArgument[]];
  /** The other arguments, as they were given. */
  rest: Row;
}

/** The earlier batch whose failed things a call is for. */
export function batchOf({ of: [{ selection }] }: Many): string | undefined {
  return selection.kind === 'failed' ? selection.batch : undefined;
}

/** What of a call stands for many things; undefined for a call for one, which is nearly every call. */
export function manyIn(operation: Operation, input: ToolInput, given: unknown): Many | undefined {
  const { schema, accepted, many = [] } = input;
  const raw = many.length > 0 && typeof given === 'string' ? tryJson(given) : given;
  if (many.length === 0 || !isRow(raw)) return undefined;
  const suspects = Object.entries(raw).filter(([, value]) => mayBeMany(value));
  if (suspects.length === 0) return undefined;
  const target = {
    tool: operation.name,
    schema,
    risk: input.risk,
    names: Object.keys((accepted['properties'] ?? {}) as Row),
    text: undefined,
  };
  const rest: Row = { ...raw };
  const found = suspects.flatMap(([name, value]): ManyArgument[] => {
    refuseOversized(name, nameBound, `${operation.name}: an argument`);
    const argument = many.find(one => one === name) ?? nameOf(name, target, Object.keys(raw));
    const reference = listingReference(fieldOf(operation.input, argument ?? ''));
    if (argument === undefined || !many.includes(argument) || !reference) return [];
    const bound = input.boundOf?.(argument) ?? nameBound;
    refuseOversized(value, bound, `${operation.name}: ${argument}`);
    const selection = selectionIn(value, reference);
    if (!selection) return [];
    // What was a text may be a list now.
    if (typeof value === 'string') refuseOversized(selection, bound, `${operation.name}: ${argument}`);
    delete rest[name];
    return [{ argument, reference, selection }];
  });
  // What failed of a batch is all of the call's things, whatever the arguments that it had.
  const [first, ...others] = found.some(isOfBatch) ? found.filter(isOfBatch) : inOrder(found);
  return first && { of: [first, ...others], rest };
}

const isOfBatch = ({ selection }: ManyArgument): boolean => selection.kind === 'failed';

/** What the listing of another argument is asked for with stands before that one. */
function inOrder(found: readonly ManyArgument[]): ManyArgument[] {
  const ordered: ManyArgument[] = [];
  const place = (one: ManyArgument): void => {
    if (ordered.includes(one)) return;
    for (const other of found) if (other !== one && isScopeOf(other.argument, one.reference.list())) place(other);
    ordered.push(one);
  };
  for (const one of found) place(one);
  return ordered;
}

/** Whether an argument says which listing it is: the project of its artefacts, for example. */
export function isScopeOf(argument: string, listing: Operation): boolean {
  const { path } = routeOf(listing);
  const isInPath = path.includes(`{${argument}}`) || path.includes(`{${argument}*}`);
  return isInPath && fieldOf(listing.input, argument) !== undefined;
}

/** Plain names, which nearly all calls have, are seen at a glance. */
const mayBeMany = (value: unknown): boolean =>
  (typeof value === 'object' && value !== null) ||
  (typeof value === 'string' && /^all$|^\*$|[,:={[]/i.test(value.trim()));

type Target = Parameters<typeof argumentNamed>[1];

function nameOf(name: string, target: Target, given: readonly string[]): string | undefined {
  try {
    return argumentNamed(name, target, given);
  } catch {
    // Whoever reads the call as a whole says what is wrong with it.
    return undefined;
  }
}

function selectionIn(value: unknown, reference: Reference): Selection | undefined {
  if (typeof value === 'string') return selectionInText(value.trim(), reference);
  if (Array.isArray(value)) return value.length > 0 ? { kind: 'names', names: value.map(String) } : undefined;
  return isRow(value) ? selectionInObject(value) : undefined;
}

function selectionInText(text: string, reference: Reference): Selection | undefined {
  if (/^(all|\*)$/i.test(text)) return { kind: 'all' };
  if (/^[[{]/.test(text)) {
    const parsed = tryJson(text);
    return typeof parsed === 'object' ? selectionIn(parsed, reference) : undefined;
  }
  if (text.startsWith('result://')) return { kind: 'column', result: text };
  if (text.startsWith('batch://')) return { kind: 'failed', batch: text };
  const filter = pairsIn(text, reference.list());
  if (filter) return { kind: 'filter', filter };
  const names = partsOf(text);
  // A path may have commas, and nobody can be asked whether it is one.
  if (reference.key === 'path') return undefined;
  return names.length > 1 ? { kind: 'names', names, whole: text } : undefined;
}

function selectionInObject(value: Row): Selection {
  const { result, column, where, failed_of: batch } = value;
  if (typeof batch === 'string') return { kind: 'failed', batch };
  if (typeof result !== 'string') return { kind: 'filter', filter: value };
  return {
    kind: 'column',
    result,
    ...(typeof column === 'string' ? { column } : {}),
    ...(Array.isArray(where) ? { where: where as Condition[] } : {}),
  };
}

/** Names at commas. A comma in an address is a part of it, unless another address follows. */
function partsOf(text: string): string[] {
  const parts = text
    .split(',')
    .map(part => part.trim())
    .filter(Boolean);
  return text.includes('://') && !parts.every(part => part.includes('://')) ? [text] : parts;
}

/** `search: drill, active_since: 3 days ago`, where the names are arguments of the listing. */
function pairsIn(text: string, listing: Operation): Row | undefined {
  const target: Target = {
    tool: listing.name,
    schema: listing.input,
    risk: 'reads',
    names: Object.keys(listing.input.shape),
    text: undefined,
  };
  const filter: Row = {};
  let last: string | undefined;
  for (const part of text.split(/[,;]/)) {
    const [, word = '', value = ''] = /^\s*([a-z_]+)\s*[:=]([\s\S]*)$/i.exec(part) ?? [];
    const name = word === '' ? undefined : nameOf(word, target, []);
    if (name !== undefined) {
      filter[name] = value.trim();
      last = name;
    } else if (last === undefined) return undefined;
    else filter[last] = `${String(filter[last])},${part}`;
  }
  return filter;
}
