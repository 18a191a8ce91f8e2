import { createRequire } from 'node:module';
import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { expect, it } from 'vitest';

const built = createRequire(import.meta.url)('../dist/tokenizer.cjs');

it.each([
  'Grüße aus Kalgoorlie, 中文, 🪨\n\n\t and so on\r\n',
  '\x01 begins with what marks a line, "[1,2]"',
  String.fromCharCode(0xd800, 0x7f, 0xfffd),
  '{"rows":[{"hole_id":"CN-001","rqd":0.93}]}',
])('the tokenizer that is packed reads %j as its library does', text => {
  expect(built.encode(text)).toEqual(encode(text));
});
