import { describe, expect, it } from 'vitest';
import { parseTime } from '../../src/base/time.ts';
import { resolveTime } from '../../src/calls/times.ts';

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

describe('what people say of a time', () => {
  const saying = { now, zone: 'UTC' };
  const said = async (value: string, use = {}, zone = 'UTC') =>
    (await resolveTime(value, 'since', use, { ...saying, zone })).value;

  // Now is Saturday, 21 November 2026, noon.
  it.each([
    ['yesterday', '2026-11-20T00:00:00.000Z', '2026-11-20T23:59:59.999Z'],
    ['today', '2026-11-21T00:00:00.000Z', '2026-11-21T23:59:59.999Z'],
    ['tonight', '2026-11-21T18:00:00.000Z', '2026-11-21T23:59:59.999Z'],
    ['last Monday', '2026-11-16T00:00:00.000Z', '2026-11-16T23:59:59.999Z'],
    ['last week', '2026-11-09T00:00:00.000Z', '2026-11-15T23:59:59.999Z'],
    ['this month', '2026-11-01T00:00:00.000Z', '2026-11-30T23:59:59.999Z'],
    ['27/11/2026', '2026-11-27T00:00:00.000Z', '2026-11-27T23:59:59.999Z'],
    ['2024-03-22', '2024-03-22', '2024-03-22T23:59:59.999Z'],
    ['3 days ago', '2026-11-18T12:00:00.000Z', '2026-11-18T12:00:00.000Z'],
    ['-3d', '2026-11-18T12:00:00.000Z', '2026-11-18T12:00:00.000Z'],
    ['10 minutes ago', '2026-11-21T11:50:00.000Z', '2026-11-21T11:50:00.000Z'],
    ['1 month', '2026-10-21T12:00:00.000Z', '2026-10-21T12:00:00.000Z'],
    ['yesterday 14:00Z', '2026-11-20T14:00:00.000Z', '2026-11-20T14:00:00.000Z'],
    ['20 Nov 2026 at 3pm', '2026-11-20T15:00:00.000Z', '2026-11-20T15:00:00.000Z'],
    ['end of last month', '2026-10-31T23:59:59.999Z', '2026-10-31T23:59:59.999Z'],
  ])('%s begins and ends', async (text, start, end) => {
    expect(await said(text)).toBe(start);
    expect(await said(text, { edge: 'end' })).toBe(end);
  });

  it('has the direction of its field', async () => {
    expect(await said('3 days')).toBe('2026-11-18T12:00:00.000Z');
    expect(await said('3 days', { isAhead: true })).toBe('2026-11-24T12:00:00.000Z');
    expect(await said('30 days', { isAhead: true, isDay: true })).toBe('2026-12-21');
    expect(await said('Friday', { isAhead: true, isDay: true })).toBe('2026-11-27');
  });

  it('is meant in the zone of its reader', async () => {
    expect(await said('yesterday', {}, 'Europe/Berlin')).toBe('2026-11-19T23:00:00.000Z');
    expect(await said('2026-07-01', {}, 'Europe/Berlin')).toBe('2026-06-30T22:00:00.000Z');
    expect(await said('2026-11-20 14:00', {}, 'Australia/Perth')).toBe('2026-11-20T06:00:00.000Z');
    expect(await said('2026-11-20T14:00:00Z', {}, 'Australia/Perth')).toBe('2026-11-20T14:00:00Z');
  });

  it.each([
    ['03/11/2026', /2026-11-03 or 2026-03-11/],
    ['7x', /not a time/],
    ['soon', /not a time/],
    ['30/02/2026', /not a time/],
    ['yesterday or tomorrow', /not a time/],
  ])('%s is refused, with the time it is', async (text, message) => {
    const refused = await said(text).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code: 'bad_arguments', message: expect.stringMatching(message) });
    expect((refused as Error).message).toContain('It is now 2026-11-21T12:00Z.');
  });
});
