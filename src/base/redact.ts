import { atOnce, inTurns, type Steps } from './bounded/turns.ts';
import { rewritten } from './bounded/windows.ts';
import { isUnsuspicious, mask, withoutSigns, withoutUrlSecrets } from './redaction/secret-signs.ts';
import { type Ways, walk, waysBy } from './redaction/walk.ts';
import { oneLine } from './text.ts';
import { cleaning, cleanText, markedText, marking } from './unicode/visible.ts';

// Shorter values would blot out ordinary words.
const shortestSecret = 6;

/**
 * The one edge of the program: every text that leaves it goes through here once, and is cleaned of what cannot be seen
 * and then of secrets, so that neither hides the other. Answers, errors, names, completions, progress, questions, logs.
 */
export interface Redactor {
  /** From now on this value is masked wherever it appears, also URL-encoded, in base64 or inside JSON. */
  add(secret: string): void;
  text(text: string): string;
  /** The same for a text of any length, with places where others can have their turn. */
  longText(text: string): Steps<string>;
  /** The same on one line: for what stands in a sentence, a name, or a line of ours. */
  line(text: string): string;
  /** Without user and password, and without the values of query fields with secret-looking names. */
  url(url: string): string;
  /** Every text in it, and every text under a secret-looking key. What nothing is wrong with is given back itself. */
  value<Value>(value: Value): Value;
  /** The same for what was stored, with a mark where something invisible stands in a value. */
  stored<Value>(value: Value): Value;
  /** `value` and `stored` for what may be large: others have their turns meanwhile. */
  valueInTurns<Value>(value: Value): Promise<Value>;
  storedInTurns<Value>(value: Value): Promise<Value>;
  /** How often something was added: what was safe before may not be any more. */
  readonly generation: number;
}

/** What a redactor asks of one that knows further secrets. */
type Others = Pick<Redactor, 'text' | 'longText' | 'generation'>;

/** `others`: knows further secrets. What is added here is not told to it. */
export function createRedactor(others?: Others): Redactor {
  const known = knownSecrets();
  let added = 0;
  const generation = () => added + (others?.generation ?? 0);
  const withoutSecrets = (given: string): string => {
    const masked = known.isIn(given) ? atOnce(known.masking(given)) : given;
    if (others) return others.text(masked);
    return isUnsuspicious(masked) ? masked : atOnce(withoutSigns(masked));
  };
  function* longWithoutSecrets(given: string): Steps<string> {
    const masked = yield* known.masking(given);
    return yield* others ? others.longText(masked) : withoutSigns(masked);
  }
  const text = (given: string) => withoutSecrets(cleanText(given));
  function* longText(given: string): Steps<string> {
    return yield* longWithoutSecrets(yield* cleaning(given));
  }
  const stored = (given: string) => {
    const clean = cleanText(given);
    const safe = withoutSecrets(clean);
    return safe === clean ? markedText(given) : safe;
  };
  function* longStored(given: string): Steps<string> {
    const clean = yield* cleaning(given);
    const safe = yield* longWithoutSecrets(clean);
    return safe === clean ? yield* marking(given) : safe;
  }
  const ways = { value: waysBy(text, longText, generation), stored: waysBy(stored, longStored, generation) };

  return {
    add(secret) {
      for (const value of [secret, secret.trim()]) if (value.length >= shortestSecret) known.add(value);
      added += 1;
    },
    text,
    longText,
    line: given => oneLine(text(given)),
    url: given => text(withoutUrlSecrets(given)),
    value: given => atOnce(walk(given, ways.value, 0)) as typeof given,
    stored: given => atOnce(walk(given, ways.stored, 0)) as typeof given,
    valueInTurns: given => inTurns(safely(given, ways.value)) as Promise<typeof given>,
    storedInTurns: given => inTurns(safely(given, ways.stored)) as Promise<typeof given>,
    get generation() {
      return generation();
    },
  };
}

/** What came out of one walk is not walked again: itself, and what it is made of. */
function* safely(given: unknown, ways: Ways): Steps<unknown> {
  const safe = yield* walk(given, ways, 0);
  if (typeof safe !== 'object' || safe === null) return safe;
  ways.keep(safe);
  for (const part of Array.isArray(safe) ? [] : Object.values(safe))
    if (typeof part === 'object' && part !== null) ways.keep(part);
  return safe;
}

/** So many characters of a secret are looked for; what follows is compared. */
const headLength = 8;

/** Secrets whose values are known. */
function knownSecrets() {
  const forms = new Set<string>();
  // Longest first, so that a secret which begins with another one is masked whole.
  let longestFirst: string[] = [];
  let heads: RegExp | undefined;

  /** Where what begins at `at` ends, if it is a secret: whole, or cut where a text is cut. */
  function endAt(text: string, at: number): number | undefined {
    const whole = longestFirst.find(form => text.startsWith(form, at));
    if (whole) return at + whole.length;
    return longestFirst.map(form => cutAt(text, at, form)).find(end => end !== undefined);
  }

  return {
    add(secret: string): void {
      for (const form of formsOf(secret)) forms.add(form);
      longestFirst = [...forms].sort((a, b) => b.length - a.length);
      const alternatives = new Set(longestFirst.map(form => escapeRegExp(form.slice(0, headLength))));
      heads = new RegExp([...alternatives].join('|'), 'g');
    },
    isIn(text: string): boolean {
      if (!heads) return false;
      heads.lastIndex = 0;
      return heads.test(text);
    },
    *masking(text: string): Steps<string> {
      if (!heads) return text;
      return yield* rewritten(text, heads, ({ index }) => {
        const end = endAt(text, index);
        return end === undefined ? undefined : { end, text: mask };
      });
    },
  };
}

/** The end of a text may be the beginning of a secret that was cut: any part before "…", otherwise half of it. */
function cutAt(text: string, at: number, form: string): number | undefined {
  let length = 0;
  while (length < form.length && text[at + length] === form[length]) length += 1;
  const end = at + length;
  if (length < headLength) return undefined;
  if (text[end] === '…') return end;
  return end === text.length && length >= form.length / 2 ? end : undefined;
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const base64 = bytes.toString('base64');
  const inMarkup = secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  // Base64 without padding, because padding may be encoded or left out.
  const own = [secret, encodeURIComponent(bytes.toString()), inMarkup, base64.replace(/={1,2}$/, '')];
  const inJson = own.flatMap(writtenInJson);
  return [...own, ...inJson, ...inJson.flatMap(writtenInJson), bytes.toString('base64url')];
}

/** Some writers of JSON escape slashes. */
function writtenInJson(text: string): string[] {
  const quoted = JSON.stringify(text).slice(1, -1);
  return [quoted, quoted.replaceAll('/', '\\/')];
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
