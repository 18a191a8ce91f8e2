import { describe, expect, it } from 'vitest';
import { decodeOutput, tableOf } from '../../../src/providers/datamin/output.ts';

const base64 = (text: string | Uint8Array) => Buffer.from(text as string).toString('base64');
const query = { type: 'query', ok: true };

describe('an output', () => {
  // The three examples of the vendor's page: rows, the UUID of a data source, nothing.
  it.each([
    ['', query, { kind: 'empty' }],
    [null, query, { kind: 'empty' }],
    [
      '+iIYz/dFRiOhzfOmibIOxQ==',
      { type: 'query', ok: false },
      { kind: 'data_source_uuid', value: 'fa2218cf-f745-4623-a1cd-f3a689b20ec5' },
    ],
    ['+iIYz/dFRiOhzfOmibIOxQ==', query, { kind: 'binary', base64: '+iIYz/dFRiOhzfOmibIOxQ==', byte_length: 16 }],
    [base64('[{"id":1,"amount":299.76}]'), query, { kind: 'json', value: [{ id: 1, amount: 299.76 }] }],
    [base64('null'), query, { kind: 'json', value: null }],
    [base64('a;b\n1;2'), { type: 'transformer', ok: true }, { kind: 'text', value: 'a;b\n1;2' }],
    [base64(new Uint8Array([0xff, 0xfe, 0x00])), query, { kind: 'binary', base64: '//4A', byte_length: 3 }],
    ['not base64!', query, { kind: 'raw', text: 'not base64!' }],
    [
      base64(JSON.stringify({ result: true, original_input: base64('{"x":1}') })),
      { type: 'condition', ok: true },
      { kind: 'json', value: { result: true, original_input: { x: 1 } } },
    ],
  ])('%s of %o is %o', (encoded, task, expected) => {
    expect(decodeOutput(encoded, task)).toEqual(expected);
  });

  it('is a table when it is a list of objects', () => {
    expect(tableOf({ kind: 'json', value: [{ a: 1 }] })).toEqual([{ a: 1 }]);
    for (const value of [[], [1], { a: 1 }, [[1]], 'x']) expect(tableOf({ kind: 'json', value })).toBeUndefined();
  });
});
