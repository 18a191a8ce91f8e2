import { firstOf } from '../base/nearest.ts';

/** The things that one run is for, by name: what became of each. A name counts once, where it stands first. */
export interface Parts {
  /** What people call them: "holes". */
  nouns: string;
  /** What is said of the good ones. Default: "have data". */
  good?: 'have data' | 'have a file' | 'succeeded';
  /** Those that were asked for, by name or by number. Absent: as many as there are. */
  asked?: readonly string[] | number | undefined;
  withData: readonly string[];
  failed?: readonly string[];
  /** Done, and nothing in them. */
  empty?: readonly string[];
  /** Still under way. */
  open?: readonly string[];
}

/** The same in numbers. `asked + unasked = answered + missing`, `answered = with_data + empty + failed + open`. */
export interface Tally {
  nouns: string;
  good: NonNullable<Parts['good']>;
  asked: number;
  answered: number;
  with_data: number;
  empty: number;
  failed: number;
  open: number;
  /** Asked for, and not in the answer. */
  missing: number;
  /** In the answer, and not asked for. */
  unasked: number;
}

export interface Tallied {
  tally: Tally;
  /** "8 of 40 holes have data: 30 empty, 2 missing". */
  words: string;
  /** Who failed, is empty, or is missing, in a sentence each. */
  notes: string[];
}

/** Names that one sentence holds. */
const mostNamed = 10;

/** Adds up what a run of several things came to, so that none of them is lost without a word. */
export function tallyOf({
  nouns,
  good = 'have data',
  asked,
  withData,
  failed = [],
  empty = [],
  open = [],
}: Parts): Tallied {
  const seen = new Set<string>();
  const fresh = (names: readonly string[]) => names.filter(name => !seen.has(name) && seen.add(name));
  const [full, bad, bare, going] = [fresh(withData), fresh(failed), fresh(empty), fresh(open)];
  const wanted = typeof asked === 'object' ? new Set(asked) : undefined;
  const lost = wanted ? [...wanted].filter(name => !seen.has(name)) : [];
  const strange = wanted ? [...seen].filter(name => !wanted.has(name)) : [];
  const count = wanted?.size ?? (typeof asked === 'number' ? asked : seen.size);
  const tally: Tally = {
    nouns,
    good,
    asked: count,
    answered: seen.size,
    with_data: full.length,
    empty: bare.length,
    failed: bad.length,
    open: going.length,
    missing: wanted ? lost.length : Math.max(0, count - seen.size),
    unasked: wanted ? strange.length : Math.max(0, seen.size - count),
  };
  return {
    tally,
    words: tallyWords(tally),
    notes: [
      ...named('Failed', bad),
      ...named('Empty', bare),
      ...named('Asked for, and not in the answer', lost),
      ...named('In the answer, and not asked for', strange),
    ],
  };
}

const named = (what: string, names: readonly string[]) =>
  names.length > 0 ? [`${what}: ${firstOf(names, mostNamed)}.`] : [];

export function tallyWords(tally: Tally): string {
  const rest = (['failed', 'empty', 'open', 'missing', 'unasked'] as const).flatMap(what =>
    tally[what] > 0
      ? [`${tally[what]} ${what === 'open' ? 'under way' : what === 'unasked' ? 'not asked for' : what}`]
      : [],
  );
  const { with_data: full, asked, nouns, good } = tally;
  const verb = full === 1 ? good.replace('have', 'has') : good;
  return `${full} of ${asked} ${nouns} ${verb}${rest.length ? `: ${rest.join(', ')}` : ''}`;
}
