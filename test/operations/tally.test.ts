import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Parts, tallyOf } from '../../src/operations/tally.ts';

const names = fc.array(fc.constantFrom('A', 'B', 'C', 'D', 'E', 'F'), { maxLength: 8 });
const parts: fc.Arbitrary<Parts> = fc.record(
  {
    nouns: fc.constant('holes'),
    asked: fc.oneof(fc.constant(undefined), fc.nat(12), names),
    withData: names,
    failed: names,
    empty: names,
    open: names,
  },
  { requiredKeys: ['nouns', 'withData'] },
);

it('asked, answered, with data, empty, failed and missing always add up, and no name is counted twice', () => {
  fc.assert(
    fc.property(parts, given => {
      const { tally, notes } = tallyOf(given);
      const { asked, answered, with_data, empty, failed, open, missing, unasked } = tally;
      expect(answered).toBe(with_data + empty + failed + open);
      expect(asked + unasked).toBe(answered + missing);
      for (const figure of [asked, answered, with_data, empty, failed, open, missing, unasked])
        expect(figure).toBeGreaterThanOrEqual(0);
      const { withData, failed: bad = [], empty: bare = [], open: going = [], asked: wanted } = given;
      const answeredNames = new Set([...withData, ...bad, ...bare, ...going]);
      expect(answered).toBe(answeredNames.size);
      // Whoever was asked for by name and did not come is named.
      const lost = Array.isArray(wanted) ? [...new Set(wanted)].filter(name => !answeredNames.has(name)) : [];
      for (const name of lost) expect(notes.join('\n')).toMatch(new RegExp(`not in the answer: .*${name}`));
    }),
    { numRuns: 2_000 },
  );
});

it('says it in words', () => {
  const failed = Array.from({ length: 30 }, (_, index) => `H${index}`);
  const told = tallyOf({ nouns: 'holes', asked: 40, withData: ['A'], failed, empty: ['B', 'C'] });
  expect(told.words).toBe('1 of 40 holes has data: 30 failed, 2 empty, 7 missing');
  expect(told.notes).toEqual(['Failed: H0, H1, H2, H3, H4, H5, H6, H7, H8, H9 and 20 more.', 'Empty: B, C.']);
});
