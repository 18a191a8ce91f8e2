import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatJson, longIntegers, parseJson, type ScannedText } from '../../src/base/json.ts';

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

test('text is refused where JSON.parse refuses it, and in its words', () => {
  const outcome = (read: () => unknown) => {
    try {
      read();
      return 'read';
    } catch (error) {
      return String(error);
    }
  };
  const long = '1234567890123456789';
  const pieces = [
    long,
    `-${long}`,
    `0${long}`,
    '1',
    '"',
    '\\\\"',
    '"a"',
    '"',
    ':',
    ',',
    '[',
    ']',
    '{',
    '}',
    ' ',
    '\\',
    'true',
    '-',
    '.5',
    'e5',
    'x',
  ];
  const valid = fc.tuple(fc.json({ maxDepth: 2 }), fc.nat(), fc.constantFrom(...pieces));
  fc.assert(
    fc.property(fc.oneof(valid, fc.array(fc.constantFrom(...pieces), { maxLength: 12 })), given => {
      const [json, at, piece] = given as [string, number, string];
      const place = typeof at === 'number' ? at % (json.length + 1) : 0;
      const text =
        typeof at === 'number' ? `[${long},${json.slice(0, place)}${piece}${json.slice(place)}]` : given.join('');
      expect(outcome(() => parseJson(text))).toBe(outcome(() => JSON.parse(text)));
    }),
    { numRuns: 20_000 },
  );
  for (const text of [
    `{${long}:1}`,
    `{${long} :1}`,
    `[0${long}]`,
    `[-0${long}]`,
    `[${long} ${long}]`,
    `{"a":1,${long}}`,
    `"a"${long}`,
    `--${long}`,
  ])
    expect(() => parseJson(text), text).toThrow(SyntaxError);
});

test('a long text costs little', () => {
  const rows = Array.from({ length: 20_000 }, () => `{"text":"${'\\"x'.repeat(50)}","id":12345678901234567890}`);
  expect(parseJson(`[${rows.join(',')}]`)).toHaveLength(20_000);
  const long = `"${'a1234567890123456, '.repeat(500_000)}"`;
  expect(parseJson(`[${long}, 12345678901234567890]`)).toHaveLength(2);
});

/** A text that counts the characters that are looked at. */
function countedText(text: string): ScannedText & { steps: number } {
  return {
    steps: 0,
    length: text.length,
    charCodeAt(at) {
      this.steps += 1;
      return text.charCodeAt(at);
    },
    indexOf(sought, from = 0) {
      const found = text.indexOf(sought, from);
      this.steps += (found < 0 ? text.length : found + 1) - from;
      return found;
    },
    slice(from = 0, to = text.length) {
      this.steps += to - from;
      return text.slice(from, to);
    },
  };
}

/** So many characters are looked at for each one that there is, at the most. */
const steps = 4;

test.each([
  ['escaped quotes', '\\"'],
  ['backslashes', '\\\\'],
  ['empty strings', '","'],
  ['line ends', '\\n'],
  ['digits in a text', '1234567890123456 '],
])('looking through a string of %s takes time in proportion to its length', (_, unit) => {
  for (const text of [
    `[1234567890123456789,"${unit.repeat(20_000)}"]`,
    `[1234567890123456789,"${unit.repeat(20_000)}`,
  ]) {
    const counted = countedText(text);
    expect(longIntegers(counted)).toEqual([1, 20]);
    expect(counted.steps).toBeLessThanOrEqual(steps * text.length);
  }
});

test.each([
  ['ids', '1234567890123456789,'],
  ['digits', '7'],
  ['fractions', '0.1234567890123456,'],
  ['short numbers', '1,'],
  ['white space', ' '],
  ['negative ids', '-1234567890123456,'],
])('looking through %s takes time in proportion to the length', (_, unit) => {
  const counted = countedText(`[${unit.repeat(20_000)}1]`);
  longIntegers(counted);
  expect(counted.steps).toBeLessThanOrEqual(steps * counted.length);
});

test('looking through any JSON takes time in proportion to its length', () => {
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), text => {
      const counted = countedText(`[${text},1234567890123456789]`);
      expect(longIntegers(counted).slice(-2)).toEqual([counted.length - 20, counted.length - 1]);
      expect(counted.steps).toBeLessThanOrEqual(steps * counted.length);
    }),
  );
});

test('no length of a text is too much for the stack', () => {
  const lines = `[1234567890123456789,"${'a\\nb'.repeat(4_000_000)}"]`;
  expect(parseJson(lines)).toHaveProperty(['0'], '1234567890123456789');
  expect(formatJson([1e17, 'a\nb'.repeat(4_000_000)])).toMatch(/^\[1e\+17,"a/);
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
