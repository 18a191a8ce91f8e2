import { atOnce, inTurns, isDue, type Steps } from './bounded/turns.ts';

/**
 * JSON.parse, but integers that no number of this language holds come as texts, with all their digits: they are ids.
 * Not lossless-json, which refuses what JSON.parse takes (a key twice) and sets the prototype for a key `__proto__`.
 * @throws SyntaxError
 */
export const parseJson = (text: string): unknown => atOnce(parsing(text));

/** The same, with a turn for others after each of its parts where the text is long. @throws SyntaxError */
export const parseJsonInTurns = (text: string): Promise<unknown> => inTurns(parsing(text));

/** Characters that are read, copied or parsed in the time of one step. */
const charactersInStep = 64;

export function* parsing(text: string): Steps<unknown> {
  const steps = text.length / charactersInStep;
  const isSuspect = mayHoldLongInteger(text);
  if (isDue(steps)) yield;
  const ends = isSuspect ? longIntegers(text) : [];
  if (ends.length === 0) return JSON.parse(text);
  if (isDue(steps)) yield;
  const quoted = yield* withQuotes(text, ends);
  if (isDue(steps)) yield;
  try {
    return JSON.parse(quoted);
  } catch {
    if (isDue(steps)) yield;
    // It says where, in the text that was given.
    return JSON.parse(text);
  }
}

/** JSON.stringify for what `parseJson` reads: a number that large is no id, and is written with an exponent. */
export function formatJson(value: unknown): string {
  const text = JSON.stringify(value);
  return mayHoldLongInteger(text) ? withExponents(text, longIntegers(text)) : text;
}

/** What the scanner uses of a text. */
export type ScannedText = Pick<string, 'length' | 'charCodeAt' | 'indexOf' | 'slice'>;

function withExponents(text: string, ends: readonly number[]): string {
  let replaced = '';
  let end = 0;
  for (let at = 0; at < ends.length; at += 2) {
    const from = ends[at] as number;
    const to = ends[at + 1] as number;
    replaced += text.slice(end, from) + Number(text.slice(from, to)).toExponential();
    end = to;
  }
  return end === 0 ? text : replaced + text.slice(end);
}

/**
 * The text with quotes at those places. Put together of its characters' codes: of many small strings the engine makes a
 * chain first, which takes three times as long.
 */
function* withQuotes(text: string, ends: readonly number[]): Steps<string> {
  const steps = text.length / charactersInStep;
  const isAscii = Buffer.byteLength(text) === text.length;
  const encoding = isAscii ? 'latin1' : 'utf16le';
  const bytes = Buffer.from(text, encoding);
  const codes = isAscii ? bytes : new Uint16Array(bytes.buffer, bytes.byteOffset, text.length);
  const quoted = isAscii ? Buffer.allocUnsafe(text.length + ends.length) : new Uint16Array(text.length + ends.length);
  if (isDue(steps)) yield;
  let at = 0;
  let from = 0;
  for (const end of ends) {
    at = copyCodes(codes, from, end, quoted, at);
    quoted[at++] = quote;
    from = end;
  }
  copyCodes(codes, from, text.length, quoted, at);
  if (isDue(steps)) yield;
  return Buffer.from(quoted.buffer, quoted.byteOffset, quoted.byteLength).toString(encoding);
}

type Codes = Uint8Array | Uint16Array;

/** Below so many codes it takes longer to ask the engine than to copy them one by one. */
const fewCodes = 64;

/** The place behind what was copied. */
function copyCodes(codes: Codes, from: number, to: number, target: Codes, at: number): number {
  if (to - from > fewCodes) target.set(codes.subarray(from, to), at);
  else for (let one = from; one < to; one += 1) target[at + one - from] = codes[one] as number;
  return at + to - from;
}

/** Digits of the shortest integer that may be too long, and the largest of them that is not. */
const shortest = 16;
const largestSafe = String(Number.MAX_SAFE_INTEGER);

/**
 * Whether so many digits stand where a value can. Most texts have none, so looking has to cost next to nothing: only
 * every sixteenth character is looked at, as no run of digits fits in between.
 */
function mayHoldLongInteger(text: string): boolean {
  let seen = 0;
  for (let at = shortest - 1; at < text.length; at += shortest) {
    if (!isDigit(text, at)) continue;
    const from = startOfDigits(text, at, seen);
    while (at - from < shortest && isDigit(text, at)) at += 1;
    if (at - from >= shortest && beforeValue.test(text.charAt(from - 1))) return true;
    seen = at;
  }
  return false;
}

const beforeValue = /^[[:,\s-]?$/;

/**
 * Where integers stand in JSON that no number holds: where the first begins and ends, then the second, and so on. Each
 * character is looked at a few times at the most, whatever the text, and in long strings the engine looks for the quote.
 * In the place of one of them a string is as good: text that is not JSON is none with it either. So what stands where a
 * key belongs, or begins with a zero, is not among them.
 */
export function longIntegers(text: ScannedText): number[] {
  const found: number[] = [];
  for (let at = 0; at < text.length; ) {
    const end = nextQuote(text, at);
    if (end - at >= shortest) addLongIntegers(text, at, end, found);
    at = afterString(text, end);
  }
  return found;
}

/** Those between two strings. */
function addLongIntegers(text: ScannedText, begin: number, end: number, found: number[]): void {
  for (let at = begin + shortest - 1; at < end; at += shortest) {
    if (!isDigit(text, at)) continue;
    const digits = startOfDigits(text, at, begin);
    at = endOfDigits(text, at);
    if (at - digits < shortest) continue;
    const from = text.charCodeAt(digits - 1) === minus ? digits - 1 : digits;
    if (isNumberPart(text, from - 1) || isNumberPart(text, at)) continue;
    if (text.charCodeAt(digits) === zero || isKey(text, at, end)) continue;
    if (at - digits > shortest || text.slice(digits, at) > largestSafe) found.push(from, at);
  }
}

function startOfDigits(text: ScannedText, at: number, least: number): number {
  while (at > least && isDigit(text, at - 1)) at -= 1;
  return at;
}

function endOfDigits(text: ScannedText, at: number): number {
  while (isDigit(text, at)) at += 1;
  return at;
}

/** Characters that are looked at one by one before the engine is asked, which takes as long as some thirty of them. */
const near = 32;

function nextQuote(text: ScannedText, at: number): number {
  for (const end = Math.min(at + near, text.length); at < end; at += 1) if (text.charCodeAt(at) === quote) return at;
  const found = text.indexOf('"', at);
  return found < 0 ? text.length : found;
}

/** The place after the string that begins at a quote: after the next quote that an even number of backslashes precedes. */
function afterString(text: ScannedText, start: number): number {
  for (let at = start + 1; at < text.length; ) {
    for (const end = Math.min(at + near, text.length); at < end; at += 1) {
      const code = text.charCodeAt(at);
      if (code === quote) return at + 1;
      if (code === backslash) at += 1;
    }
    const next = text.indexOf('"', at);
    if (next < 0) return text.length;
    let from = next;
    while (from > at && text.charCodeAt(from - 1) === backslash) from -= 1;
    if ((next - from) % 2 === 0) return next + 1;
    at = next + 1;
  }
  return text.length;
}

const [quote, minus, plus, dot, backslash, upperE, lowerE] = [0x22, 0x2d, 0x2b, 0x2e, 0x5c, 0x45, 0x65];
const [space, zero, colon] = [0x20, 0x30, 0x3a];

/** Whether a colon follows. */
function isKey(text: ScannedText, at: number, end: number): boolean {
  while (at < end && text.charCodeAt(at) <= space) at += 1;
  return text.charCodeAt(at) === colon;
}

/** Whether the digits beside it are part of a fraction, or of a number with an exponent. */
function isNumberPart(text: ScannedText, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === dot || code === minus || code === plus || code === upperE || code === lowerE;
}

const isDigit = (text: ScannedText, at: number): boolean => {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
};
