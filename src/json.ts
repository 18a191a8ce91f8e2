// An integer of 16 digits and more where a value can stand. Most texts have none, and looking costs a fifteenth of parsing.
const longInteger = /(?:^|[[:,\s])-?\d{16,}(?=[\s,\]}]|$)/;

const stringOrLongInteger = /"[^"\\]*(?:\\.[^"\\]*)*"|(?<![\w.+-])-?\d{16,}(?![\w.+-])/gs;

/**
 * JSON.parse, but integers that no number of this language holds come as texts, with all their digits: they are ids.
 * Not lossless-json, which refuses what JSON.parse takes (a key twice) and sets the prototype for a key `__proto__`.
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  if (!longInteger.test(text)) return JSON.parse(text);
  const quoted = (token: string) =>
    token.startsWith('"') || Number.isSafeInteger(Number(token)) ? token : `"${token}"`;
  return JSON.parse(text.replace(stringOrLongInteger, quoted));
}
