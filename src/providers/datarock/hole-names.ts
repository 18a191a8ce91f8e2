import { nearest } from '../../base/nearest.ts';

export interface ChosenHoles {
  holes: string[];
  /** What nobody knows, as it was given. */
  unknown: string[];
  /** What stood for several, and for how many: "DDH00*: 9 holes". */
  notes: string[];
}

/**
 * The holes that a caller means, among those that there are: names as they are before anything else, in another case,
 * several with commas between them, `DDH00*`, `DDH001-DDH010`.
 */
export function holesMeant(given: readonly string[], known: readonly string[]): ChosenHoles {
  const names = new Set(known);
  const chosen = new Set<string>();
  const unknown: string[] = [];
  const notes: string[] = [];
  const take = (text: string, isWhole: boolean): void => {
    if (names.has(text)) return void chosen.add(text);
    const name = text.trim();
    const same = known.filter(one => one.trim().toLowerCase() === name.toLowerCase());
    if (same.length === 1) return void chosen.add(same[0] as string);
    const several = matching(name, known) ?? [];
    if (several.length > 0) notes.push(`${name}: ${several.length} hole${several.length === 1 ? '' : 's'}`);
    for (const one of several) chosen.add(one);
    if (several.length > 0) return;
    // A comma may be a part of a name, so it parts names only where there is no such one.
    const parts = isWhole ? name.split(/[,;\n]/).filter(part => part.trim() !== '') : [];
    if (parts.length > 1) for (const part of parts) take(part, false);
    else unknown.push(name);
  };
  for (const text of given) take(text, true);
  return { holes: known.filter(one => chosen.has(one)), unknown, notes };
}

/** What a pattern or a range stands for; undefined for what is neither. */
function matching(text: string, known: readonly string[]): string[] | undefined {
  if (/[*?]/.test(text)) return known.filter(name => fits(name.toLowerCase(), text.toLowerCase()));
  for (const [from, to] of ends(text)) {
    const first = numbered(from);
    const last = isNumber(to) ? { ...first, number: Number(to) } : numbered(to);
    if (first.number === undefined || last.number === undefined || first.stem !== last.stem) continue;
    const [low, high] = [first.number, last.number];
    return known.filter(name => {
      const { stem, number } = numbered(name);
      return stem === first.stem && number !== undefined && number >= low && number <= high;
    });
  }
  return undefined;
}

/** The two ends of a range, for each place where it may be parted: names may have a hyphen of their own. */
function* ends(text: string): Generator<[string, string]> {
  for (const mark of ['..', ' to ', '–', ':', '-'])
    for (let at = text.indexOf(mark); at > 0; at = text.indexOf(mark, at + 1))
      yield [text.slice(0, at).trim(), text.slice(at + mark.length).trim()];
}

const isNumber = (text: string): boolean => text !== '' && [...text].every(one => one >= '0' && one <= '9');

/** "DDH010" as "ddh" and 10. */
function numbered(name: string): { stem: string; number?: number } {
  const text = name.trim().toLowerCase();
  let end = text.length;
  while (end > 0 && isNumber(text[end - 1] as string)) end -= 1;
  const stem = text.slice(0, end);
  return end < text.length ? { stem, number: Number(text.slice(end)) } : { stem };
}

/** `*` for any characters, `?` for one; in time that is the product of both lengths. */
function fits(name: string, pattern: string): boolean {
  let [at, step, star, mark] = [0, 0, -1, 0];
  while (at < name.length) {
    if (pattern[step] === '*') [star, mark, step] = [step, at, step + 1];
    else if (pattern[step] === '?' || pattern[step] === name[at]) [at, step] = [at + 1, step + 1];
    else if (star >= 0) [step, mark, at] = [star + 1, mark + 1, mark + 1];
    else return false;
  }
  return [...pattern.slice(step)].every(one => one === '*');
}

/** `"DDH1"; did you mean "DDH001"?` */
export function withNearest(name: string, known: readonly string[]): string {
  const { stem, number } = numbered(name);
  const sameNumber = known.filter(one => {
    const other = numbered(one);
    return number !== undefined && other.stem === stem && other.number === number;
  });
  const near = sameNumber.length === 1 ? sameNumber[0] : nearest(name, known);
  return near === undefined ? `"${name}"` : `"${name}"; did you mean "${near}"?`;
}
