/**
 * JSON.parse, but integers that no number of this language holds come as texts, with all their digits: they are ids.
 * Not lossless-json, which refuses what JSON.parse takes (a key twice) and sets the prototype for a key `__proto__`.
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  return JSON.parse(longIntegers(text, token => `"${token}"`));
}

/** JSON.stringify for what `parseJson` reads: a number that large is no id, and is written with an exponent. */
export function formatJson(value: unknown): string {
  return longIntegers(JSON.stringify(value), token => Number(token).toExponential());
}

function longIntegers(text: string, replace: (token: string) => string): string {
  if (!hasLongInteger(text)) return text;
  return text.replace(stringOrLongInteger, token =>
    token.startsWith('"') || Number.isSafeInteger(Number(token)) ? token : replace(token),
  );
}

const stringOrLongInteger = /"[^"\\]*(?:\\.[^"\\]*)*"|(?<![\w.+-])-?\d{16,}(?![\w.+-])/gs;

/** Digits of the shortest integer that may be too long. */
const long = 16;

/**
 * Whether so many digits stand where a value can. Most texts have none, so looking has to cost next to nothing: only
 * every sixteenth character is looked at, as no run of digits fits in between.
 */
function hasLongInteger(text: string): boolean {
  for (let at = long - 1; at < text.length; at += long) {
    if (!isDigit(text, at)) continue;
    let start = at;
    while (isDigit(text, start - 1)) start -= 1;
    while (isDigit(text, at + 1)) at += 1;
    if (at - start + 1 >= long && beforeValue.test(text.charAt(start - 1))) return true;
  }
  return false;
}

const isDigit = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at);
  return code >= 0x30 && code <= 0x39;
};

const beforeValue = /^[[:,\s-]?$/;
