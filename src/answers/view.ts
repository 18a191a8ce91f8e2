import type { StoredResult } from '../results/result.ts';
import { valueIn } from '../results/result.ts';
import type { ColumnFigures } from '../results/rows/job.ts';
import type { View } from './answer.ts';

/** What the tool `view_rows` answers. Pages are compiled against it. */
export interface ViewedRows {
  result: Pick<StoredResult, 'uri' | 'name' | 'rows' | 'bytes'>;
  /** All columns, and where the table comes from, where that was asked. */
  about?: Pick<StoredResult, 'columns' | 'createdAt' | 'expiresAt' | 'pinned'> & { madeBy: string; notes: string[] };
  names: readonly string[];
  /** Values in the order of the names. */
  rows: unknown[][];
  offset: number;
  matched: number | null;
  undecided?: number;
  figures: ColumnFigures[];
  /** Cells that are not shown whole, as row and place among the names. */
  cut: [row: number, place: number][];
}

/** The answer as it is sent: values in rows of arrays, and no cell longer than was asked for. */
export function viewOf(answer: View): ViewedRows {
  const { result, names, rows, offset, matched, undecided, figures, isIntroduced, cellCharacters } = answer;
  const { uri, name, bytes } = result;
  const cut: [number, number][] = [];
  const shown = rows.map((row, at) =>
    names.map((name, place) => {
      const value = valueIn(row, name) ?? null;
      const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
      if (typeof text !== 'string' || text.length <= cellCharacters) return text;
      cut.push([at, place]);
      return text.slice(0, cellCharacters);
    }),
  );
  return {
    result: { uri, name, rows: result.rows, bytes },
    ...(isIntroduced ? { about: aboutOf(result) } : {}),
    names,
    rows: shown,
    offset,
    matched,
    ...(undecided ? { undecided } : {}),
    figures,
    cut,
  };
}

function aboutOf({ columns, createdAt, expiresAt, pinned, source, warnings = [] }: StoredResult) {
  const madeBy = source.connection === undefined ? source.operation : `${source.operation} on ${source.connection}`;
  return { columns, createdAt, expiresAt, ...(pinned ? { pinned } : {}), madeBy, notes: warnings };
}
