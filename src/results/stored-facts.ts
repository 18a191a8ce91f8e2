import type { Row } from '../base/json-value.ts';
import { guessTokens, isWithinTokens } from '../base/text.ts';
import { roundFigure } from './figures.ts';
import { type Column, type StoredResult, sampleRows } from './result.ts';

/** Of columns and first rows together: a table may have thousands of columns. */
const mostTokens = 1_200;
/** Characters of a value where not every column finds room. */
const shownOfValue = 60;

/** What an answer says of a stored table: as many of its columns as there is room for, and its first rows. */
export interface Glance {
  columns: Row[];
  /** How many columns it does not name; describe_result does. */
  more: number;
  sample: Row[];
}

export function glanceAt({ columns, sample }: StoredResult): Glance {
  const rows = sample.slice(0, sampleRows);
  const all = columns.map(columnFacts);
  if (isWithinTokens([all, rows], mostTokens)) return { columns: all, more: 0, sample: rows };
  const short = rows.map(row => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, cut(value)])));
  let left = mostTokens;
  const fits = (facts: Row, at: number) => {
    const name = columns[at]?.name ?? '';
    left -= guessTokens([facts, ...short.map(row => ({ [name]: row[name] }))]);
    return left >= 0 || at === 0;
  };
  const end = all.findIndex((facts, at) => !fits(facts, at));
  const shown = end < 0 ? all.length : end;
  const names = columns.slice(0, shown).map(({ name }) => name);
  return {
    columns: all.slice(0, shown),
    more: all.length - shown,
    sample: short.map(row => Object.fromEntries(names.map(name => [name, row[name]]))),
  };
}

/** A stored result as the model needs it: enough to decide what to ask of it, never the rows themselves. */
export function storedFacts(result: StoredResult): Row {
  const { uri, kind, mediaType, name, bytes, expiresAt } = result;
  const head = { uri, kind, name, media_type: mediaType, bytes, expires_at: expiresAt };
  if (result.kind !== 'table') return head;
  const { columns, more, sample } = glanceAt(result);
  return { ...head, rows: result.rows, columns, ...(more > 0 ? { more_columns: more } : {}), sample };
}

function columnFacts(column: Column): Row {
  const { name, type, nulls, min, max, mean, exceptions, isLocal } = column;
  return {
    name,
    type,
    ...(isLocal ? { zone: 'none' } : {}),
    ...(nulls ? { nulls } : {}),
    ...(exceptions ? { numbers: exceptions.numbers, others: exceptions.others } : {}),
    ...(min == null ? {} : { min, max }),
    ...(mean == null ? {} : { mean: roundFigure(mean, column) }),
  };
}

function cut(value: unknown): unknown {
  const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
  return typeof text === 'string' && text.length > shownOfValue ? `${text.slice(0, shownOfValue)}…` : value;
}
