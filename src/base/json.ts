/**
 * JSON.parse, but integers that no number of this language holds come as texts, with all their digits: they are ids.
 * Not lossless-json, which refuses what JSON.parse takes (a key twice) and sets the prototype for a key `__proto__`.
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  // It comes first, because only of valid JSON the scanner knows what is a string.
  const value: unknown = JSON.parse(text);
  const quoted = replaceLongIntegers(text, token => `"${token}"`);
  return quoted === text ? value : JSON.parse(quoted);
}

/** JSON.stringify for what `parseJson` reads: a number that large is no id, and is written with an exponent. */
export function formatJson(value: unknown): string {
  return replaceLongIntegers(JSON.stringify(value), token => Number(token).toExponential());
}

/** What the scanner uses of a text. */
export type ScannedText = Pick<string, 'length' | 'charCodeAt' | 'indexOf' | 'slice'>;

function replaceLongIntegers(text: string, replace: (token: string) => string): string {
  if (!mayHoldLongInteger(text)) return text;
  const parts: string[] = [];
  let end = 0;
  for (const [from, to] of longIntegers(text)) {
    parts.push(text.slice(end, from), replace(text.slice(from, to)));
    end = to;
  }
  return end === 0 ? text : parts.concat(text.slice(end)).join('');
}

/** Digits of the shortest integer that may be too long. */
const shortest = 16;

/**
 * Whether so many digits stand where a value can. Most texts have none, so looking has to cost next to nothing: only
 * every sixteenth character is looked at, as no run of digits fits in between.
 */
function mayHoldLongInteger(text: string): boolean {
  for (const [from] of digitRuns(text, 0, text.length)) if (beforeValue.test(text.charAt(from - 1))) return true;
  return false;
}

const beforeValue = /^[[:,\s-]?$/;

/**
 * Where integers stand in valid JSON that no number holds, in order: where each begins, and where it has ended. Every
 * character is looked at twice at the most, whatever the text: strings are stepped over from quote to quote.
 */
export function* longIntegers(text: ScannedText): Generator<readonly [from: number, to: number]> {
  for (let at = 0; at < text.length; ) {
    const quote = text.indexOf('"', at);
    const end = quote < 0 ? text.length : quote;
    for (const [from, to] of digitRuns(text, at, end)) {
      const start = text.charCodeAt(from - 1) === minus ? from - 1 : from;
      if (isNumberPart(text, start - 1) || isNumberPart(text, to)) continue;
      if (!Number.isSafeInteger(Number(text.slice(start, to)))) yield [start, to];
    }
    at = quote < 0 ? end : afterString(text, quote);
  }
}

/** The runs of at least sixteen digits between two places that no digit stands beside. */
function* digitRuns(text: ScannedText, begin: number, end: number): Generator<readonly [from: number, to: number]> {
  for (let at = begin + shortest - 1; at < end; at += shortest) {
    if (!isDigit(text, at)) continue;
    let from = at;
    while (isDigit(text, from - 1)) from -= 1;
    while (isDigit(text, at + 1)) at += 1;
    if (at - from + 1 >= shortest) yield [from, at + 1];
  }
}

/** The place after the string that begins at a quote: after the next quote that an even number of backslashes precedes. */
function afterString(text: ScannedText, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote > 0; quote = text.indexOf('"', quote + 1)) {
    let from = quote;
    while (text.charCodeAt(from - 1) === backslash) from -= 1;
    if ((quote - from) % 2 === 0) return quote + 1;
  }
  return text.length;
}

const [minus, plus, dot, backslash, upperE, lowerE] = [0x2d, 0x2b, 0x2e, 0x5c, 0x45, 0x65];
const numberParts: ReadonlySet<number> = new Set([minus, plus, dot, upperE, lowerE]);

/** Whether the digits beside it are part of a fraction, or of a number with an exponent. */
const isNumberPart = (text: ScannedText, at: number): boolean => numberParts.has(text.charCodeAt(at));

const isDigit = (text: ScannedText, at: number): boolean => {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
};
