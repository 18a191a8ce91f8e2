import leven from 'leven';

/** The candidate that was probably meant, if any is near enough. */
export function nearest(value: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let distance = Math.max(2, Math.floor(value.length / 3)) + 1;
  for (const candidate of candidates) {
    const steps = leven(value.toLowerCase(), candidate.toLowerCase(), { maxDistance: distance });
    if (steps < distance) [best, distance] = [candidate, steps];
  }
  return best ?? partly(value, candidates);
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
