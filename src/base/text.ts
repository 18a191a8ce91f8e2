/**
 * Upstream text is data. Control characters, bidirectional overrides and the invisible tag characters can make a model
 * read something that no person sees, so they go. So does half of a surrogate pair: many clients cannot write it.
 */
export function stripControls(text: string): string {
  if (plain.test(text)) return text;
  return text.replace(/(?![\t\n\r])\p{Cc}|\p{Bidi_Control}|[\u200b\u2060\ufeff]|[\u{e0000}-\u{e007f}]|\p{Cs}/gu, '');
}

// Nearly every text is, and this is much faster to find out.
const plain = /^[\t\n\r -~]*$/;

export const formatNumber = (value: number) => (value < 1000 ? String(value) : value.toLocaleString('en-US'));

/** Tokens that data takes as JSON, guessed high: figures are dearer than words. */
export const guessTokens = (value: unknown) => tokensOfBytes(Buffer.byteLength(JSON.stringify(value) ?? ''));

/** On one line: line ends and the white space around them become a space each. */
export const oneLine = (text: string): string =>
  text
    .split('\n')
    .map(line => line.trim())
    .filter(Boolean)
    .join(' ');

/** Without one kind of character at its end. A pattern for that reads each run of them once for each of them. */
export function withoutEnd(text: string, character: string): string {
  let end = text.length;
  while (text.charAt(end - 1) === character) end -= 1;
  return text.slice(0, end);
}

export const tokensOfBytes = (bytes: number) => Math.ceil(bytes / 2.8);
