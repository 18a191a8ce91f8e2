import { describe, expect, it } from 'vitest';
import { parseTime } from '../../src/base/time.ts';

const now = Date.UTC(2026, 10, 21, 12);
const read = (value: string | number) => new Date(parseTime(value, 'since', now)).toISOString();

describe('a moment', () => {
  it.each([
    ['2026-11-20T14:00:00Z', '2026-11-20T14:00:00.000Z'],
    ['2026-11-20T14:00:00+08:00', '2026-11-20T06:00:00.000Z'],
    ['2026-11-20T14:00', '2026-11-20T14:00:00.000Z'],
    ['2026-11-20 14:00:30', '2026-11-20T14:00:30.000Z'],
    ['2026-11-20', '2026-11-20T00:00:00.000Z'],
    ['24h', '2026-11-20T12:00:00.000Z'],
    ['7d', '2026-11-14T12:00:00.000Z'],
    ['90m', '2026-11-21T10:30:00.000Z'],
    ['2w', '2026-11-07T12:00:00.000Z'],
    [1_700_000_000, '2023-11-14T22:13:20.000Z'],
    ['1700000000', '2023-11-14T22:13:20.000Z'],
  ])('%s is read as %s', (given, expected) => {
    expect(read(given)).toBe(expected);
  });

  it.each(['yesterday', '14:00', '2026-13-45', '2026-02-30', '2026-06-31T10:00Z', '', '7x', 1_700_000_000_000])(
    '%s is refused with the forms that work',
    given => {
      expect(() => read(given)).toThrow(
        expect.objectContaining({ code: 'bad_arguments', hint: expect.stringContaining('24h') }),
      );
    },
  );
});
