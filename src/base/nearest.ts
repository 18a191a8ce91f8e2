import leven from 'leven';

/** Comparing takes the product of both lengths, and nobody mistypes a text. Characters; candidates. */
const longestCompared = 64;
const mostCompared = 10_000;

/** The candidate that was probably meant, if any is near enough. */
export function nearest(value: string, candidates: Iterable<string>): string | undefined {
  const all = [...candidates];
  return mistyped(value, all) ?? partly(value, all) ?? byWords(value, all);
}

/** For a hint: what was probably meant; `otherwise` where nothing is near. */
export function suggestion(given: string, known: Iterable<string>, otherwise: string): string {
  const near = nearest(given, known);
  return near ? `Did you mean ${near}?` : otherwise;
}

function mistyped(value: string, candidates: readonly string[]): string | undefined {
  if (value.length > longestCompared) return undefined;
  let best: string | undefined;
  let distance = Math.max(2, Math.floor(value.length / 3)) + 1;
  for (const candidate of candidates.slice(0, mostCompared)) {
    if (Math.abs(candidate.length - value.length) >= distance) continue;
    const steps = leven(value.toLowerCase(), candidate.toLowerCase(), { maxDistance: distance });
    if (steps < distance) [best, distance] = [candidate, steps];
  }
  return best;
}

/** "A, B and 3 more": for a text that has no room for all of them. */
export function firstOf(names: readonly string[], most: number): string {
  const more = names.length > most ? ` and ${names.length - most} more` : '';
  return `${names.slice(0, most).join(', ')}${more}`;
}

/** The one candidate that holds what was given, or that it holds: "Tinkers", "commit_message". */
function partly(value: string, candidates: Iterable<string>): string | undefined {
  const holds = (whole: string, part: string) => part.length > 3 && whole.toLowerCase().includes(part.toLowerCase());
  const alike = [...new Set(candidates)].filter(one => holds(one, value) || holds(value, one));
  return alike.length === 1 ? alike[0] : undefined;
}

const wordsOf = (text: string): ReadonlySet<string> => new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);

/** Of two words' sets, how much of both is common to them: from here on the one is likely meant by the other. */
const leastAlike = 0.6;

/** The one candidate with most of the same words, in whatever order: "assays-drill" for "drill-assays". */
function byWords(value: string, candidates: readonly string[]): string | undefined {
  if (value.length > longestCompared) return undefined;
  const given = wordsOf(value);
  let best: { candidate: string; name: string; likeness: number; isOnly: boolean } | undefined;
  for (const candidate of new Set(candidates.slice(0, mostCompared))) {
    const words = wordsOf(candidate);
    const likeness = (2 * [...given].filter(word => words.has(word)).length) / (given.size + words.size);
    if (likeness < leastAlike || likeness < (best?.likeness ?? 0)) continue;
    const name = [...words].sort().join(' ');
    // Two spellings of the same words are one name.
    const isOnly = likeness !== best?.likeness || (best.isOnly && best.name === name);
    best = { candidate, name, likeness, isOnly };
  }
  return best?.isOnly ? best.candidate : undefined;
}
