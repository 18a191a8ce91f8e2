import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatJson, parseJson } from '../../src/base/json.ts';

test('integers that no number holds keep all their digits, as texts', () => {
  const text =
    '{"id": 12345678901234567890, "ids":[9007199254740993,-9007199254740993 ,9007199254740991], "a":1e400,\n"b":\n9007199254740993}';
  expect(parseJson(text)).toEqual({
    id: '12345678901234567890',
    ids: ['9007199254740993', '-9007199254740993', 9_007_199_254_740_991],
    a: Number.POSITIVE_INFINITY,
    b: '9007199254740993',
  });
  expect(parseJson('9007199254740993')).toBe('9007199254740993');
});

test('what is no such integer is left alone', () => {
  const same = [
    '{"depth": 12.345678901234567890, "small": 0.12345678901234567, "big": 1234567890123456789e3}',
    '{"text": "say \\"x\\", 12345678901234567890, y", "9007199254740993": 1}',
    '["\\\\", "12345678901234567890"]',
    '{"1234567890123456": [1, 2]}',
  ];
  for (const text of same) expect(parseJson(text)).toEqual(JSON.parse(text));
  const mixed = '{"note": "ids: 12345678901234567890 , \\\\", "id": 12345678901234567890}';
  expect(parseJson(mixed)).toEqual({ note: 'ids: 12345678901234567890 , \\', id: '12345678901234567890' });
});

test('everything that JSON can say comes as JSON.parse has it, apart from them', () => {
  fc.assert(
    fc.property(fc.json(), fc.bigInt({ min: 2n ** 53n, max: 2n ** 90n }), (text, big) => {
      const expected = JSON.parse(text, (_, value) =>
        Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < 1e21 ? String(value) : value,
      );
      expect(parseJson(`[${text}, ${big}]`)).toEqual([expected, String(big)]);
    }),
  );
});

test('what is damaged is refused in the words of JSON.parse', () => {
  for (const text of ['', '{"id": 12345678901234567890', '["12345678901234567890, 12345678901234567890]', '[01]'])
    expect(() => parseJson(text)).toThrow(SyntaxError);
});

test('a long text costs little', () => {
  const rows = Array.from({ length: 20_000 }, () => `{"text":"${'\\"x'.repeat(50)}","id":12345678901234567890}`);
  expect(parseJson(`[${rows.join(',')}]`)).toHaveLength(20_000);
  const long = `"${'a1234567890123456, '.repeat(500_000)}"`;
  expect(parseJson(`[${long}, 12345678901234567890]`)).toHaveLength(2);
});

test('one is found wherever it stands', () => {
  for (let indent = 0; indent < 40; indent += 1) {
    const spaces = ' '.repeat(indent);
    expect(parseJson(`${spaces}{"a":${spaces}9007199254740993}`)).toEqual({ a: '9007199254740993' });
    expect(parseJson(`[${'7,'.repeat(indent)}-9007199254740993]`)).toHaveProperty([indent], '-9007199254740993');
  }
});

test('a large number that is written is a number when it is read', () => {
  const value = { a: [12345678901234568, -1e17, 1e300, 9007199254740991, 0.5], b: '12345678901234567', c: 'x, 1e17' };
  expect(parseJson(formatJson(value))).toEqual(value);
  expect(formatJson({ id: '12345678901234567', n: 1 })).toBe('{"id":"12345678901234567","n":1}');
});
