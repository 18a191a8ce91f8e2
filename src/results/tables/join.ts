import { isFault } from '../../base/errors.ts';
import { firstOf } from '../../base/nearest.ts';
import { type OpenedPart, openPart, type Part, partRows } from './part.ts';
import type { RecordTable } from './recognise.ts';

export type { Part } from './part.ts';

/** Many CSV files as one table, ready to be stored. */
export interface JoinedTable extends RecordTable {
  /** What was decided, which columns are missing where, which parts are empty. Complete from the start. */
  warnings: string[];
  /** Rows by key. Filled while the batches are read. */
  partRows: ReadonlyMap<string, number>;
}

const namedParts = 5;

/**
 * Joins the parts one below the other, in their order. Columns are matched by name, whatever its capital letters and
 * blanks, in the order they are first seen; a column that a part lacks is empty there. `keyColumn` leads, and holds
 * the part's key unless the part has a column of that name. Throws `bad_upstream_reply` naming the part that is damaged.
 */
export async function joinTables(
  parts: readonly Part[],
  { keyColumn, signal }: { keyColumn: string; signal?: AbortSignal },
): Promise<JoinedTable> {
  const opened: OpenedPart[] = [];
  for (const part of parts) {
    signal?.throwIfAborted();
    opened.push(await openPart(part));
  }
  const spellings = spellingsOf(keyColumn, opened);
  const keys = [...spellings.keys()];
  const rowsOf = new Map<string, number>();

  async function* batches(): AsyncGenerator<string[][]> {
    for (const part of opened) {
      const names = part.names.map(folded);
      // Where each column of the whole is in this part; -1: nowhere.
      const places = keys.map(key => names.indexOf(key));
      const hasKey = names.includes(folded(keyColumn));
      rowsOf.set(part.key, 0);
      for await (const records of partRows(part, signal)) {
        if (records.length === 0) continue;
        rowsOf.set(part.key, (rowsOf.get(part.key) ?? 0) + records.length);
        yield records.map(record => {
          const fields = places.map(place => record[place] ?? '');
          return hasKey ? fields : [part.key, ...fields.slice(1)];
        });
      }
    }
  }
  const columns = [...spellings.values()].map(([first]) => first as string);
  return { columns, batches: batches(), warnings: warningsOf(opened, spellings, keyColumn), partRows: rowsOf };
}

/** Why the part cannot be read to its end as a table; undefined where it can. */
export async function whyNoTable(part: Part): Promise<string | undefined> {
  try {
    for await (const _ of partRows(await openPart(part)));
    return undefined;
  } catch (error) {
    if (isFault(error, 'bad_upstream_reply')) return error.message;
    throw error;
  }
}

const folded = (name: string) => name.trim().toLowerCase().replace(/\s+/g, ' ');

/** The spellings of each column, in the order in which they were first seen. */
function spellingsOf(keyColumn: string, parts: readonly OpenedPart[]): Map<string, string[]> {
  const spellings = new Map<string, string[]>([[folded(keyColumn), [keyColumn]]]);
  for (const name of parts.flatMap(({ names }) => names)) {
    const known = spellings.get(folded(name));
    if (!known) spellings.set(folded(name), [name]);
    else if (!known.includes(name)) known.push(name);
  }
  return spellings;
}

function warningsOf(
  parts: readonly OpenedPart[],
  spellings: ReadonlyMap<string, string[]>,
  keyColumn: string,
): string[] {
  const keysWhere = (holds: (part: OpenedPart) => boolean) => parts.filter(holds).map(({ key }) => key);
  const empty = keysWhere(({ names }) => names.length === 0);
  const warnings = empty.length > 0 ? [`No header and no rows in ${listed(empty)}.`] : [];
  for (const note of new Set(parts.flatMap(({ notes }) => notes))) {
    const where = keysWhere(({ notes }) => notes.includes(note));
    warnings.push(where.length === parts.length ? note : `In ${listed(where)}: ${note}`);
  }
  for (const [key, [name = '', ...others]] of spellings) {
    if (others.length > 0)
      warnings.push(`Column "${name}" is also spelled ${others.map(one => `"${one}"`).join(', ')}; they are one.`);
    const lacking = keysWhere(({ names }) => names.length > 0 && !names.some(one => folded(one) === key));
    if (key !== folded(keyColumn) && lacking.length > 0) {
      warnings.push(`Column "${name}" is missing in ${listed(lacking)} and empty there.`);
    }
  }
  return warnings;
}

function listed(keys: string[]): string {
  return `${keys.length === 1 ? 'part' : 'parts'} ${firstOf(keys, namedParts)}`;
}
