export interface ColumnNames {
  names: string[];
  /** The columns that are not called as they were, in a sentence each. */
  notes: string[];
}

/**
 * Names by which every column can be told from the others in every reader, SQL included, which does not tell `Au` from
 * `AU`. An empty name becomes `column_3`, a repeated one `name_2`. Of names that differ in case alone each gets a
 * number, as SQL would take any of them for another.
 */
export function columnNames(header: readonly string[]): ColumnNames {
  const given = header.map((name, position) => name.trim() || `column_${position + 1}`);
  const spellings = new Map<string, Set<string>>();
  for (const name of given) {
    const folded = name.toLowerCase();
    spellings.set(folded, (spellings.get(folded) ?? new Set()).add(name));
  }
  const taken = new Set(spellings.keys());
  const counts = new Map<string, number>();
  const names = given.map(name => {
    const folded = name.toLowerCase();
    const hasTwins = (spellings.get(folded)?.size ?? 0) > 1;
    let count = (counts.get(folded) ?? 0) + 1;
    if (count > 1 || hasTwins) while (taken.has(`${folded}_${count}`)) count++;
    counts.set(folded, count);
    if (count === 1 && !hasTwins) return name;
    taken.add(`${folded}_${count}`);
    return `${name}_${count}`;
  });
  const changed = names.flatMap((name, at) =>
    header[at] && name !== given[at] ? `"${given[at]}" is called "${name}"` : [],
  );
  const why = 'Columns whose names are the same, or the same but for capital letters, were renamed';
  return { names, notes: changed.length > 0 ? [`${why}: ${listed(changed)}.`] : [] };
}

const mostTold = 8;

function listed(changes: readonly string[]): string {
  const more = changes.length - mostTold;
  return changes.slice(0, mostTold).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
