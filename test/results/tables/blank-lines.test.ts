import { expect, test } from 'vitest';
import { quoteBlankLines } from '../../../src/results/tables/blank-lines.ts';

async function* pieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function quoted(text: string, size: number): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of quoteBlankLines(pieces(text, size))) parts.push(part);
  return Buffer.concat(parts).toString();
}

test.each([
  ['a\n1\n\n3\n', 'a\n1\n""\n3\n'],
  ['a\n\n\n', 'a\n""\n""\n'],
  ['a\r\n1\r\n\r\n\r\n3\r\n', 'a\r\n1\r\n""\r\n""\r\n3\r\n'],
  ['\n\na\n\n1', '\n\na\n""\n1'],
  ['\ufeffa\n\n1\n', '\ufeffa\n""\n1\n'],
  ['"a, b"\n\n1\n', '"a, b"\n""\n1\n'],
  ['a\n"x\n\ny"\n\n""\n', 'a\n"x\n\ny"\n""\n""\n'],
  ['a\n"he said ""no"""\n\n', 'a\n"he said ""no"""\n""\n'],
  // More than one column: a blank line is none of its rows.
  ['a,b\n1,2\n\n3,4\n', 'a,b\n1,2\n\n3,4\n'],
  ['', ''],
])('%j is stored as %j, in pieces of any size', async (given, expected) => {
  for (const size of [1, 2, 3, 7, 1000]) expect(await quoted(given, size)).toBe(expected);
});
