import { jsonStart } from './bounded/json-start.ts';

export const formatNumber = (value: number) => (value < 1000 ? String(value) : value.toLocaleString('en-US'));

/** Tokens that data takes as JSON, guessed high: figures are dearer than words. */
export const guessTokens = (value: unknown) => tokensOfBytes(Buffer.byteLength(JSON.stringify(value) ?? ''));

/** Whether data takes no more tokens than that, found out in the time that so many take. */
export const isWithinTokens = (value: unknown, tokens: number): boolean =>
  tokensOfBytes(Buffer.byteLength(jsonStart(value, tokens * bytesOfToken))) <= tokens;

const lineEnd = /[\n\r\v\f\u0085\u2028\u2029]/;

/** On one line, so that nothing in it can look like a line of its own: line ends and the blanks around them become one. */
export const oneLine = (text: string): string =>
  lineEnd.test(text)
    ? text
        .split(lineEnd)
        .map(line => line.trim())
        .filter(Boolean)
        .join(' ')
    : text.trim();

/** Without one kind of character at its end. A pattern for that reads each run of them once for each of them. */
export function withoutEnd(text: string, character: string): string {
  let end = text.length;
  while (text.charAt(end - 1) === character) end -= 1;
  return text.slice(0, end);
}

const bytesOfToken = 2.8;

export const tokensOfBytes = (bytes: number) => Math.ceil(bytes / bytesOfToken);
