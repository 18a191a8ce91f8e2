import type { Column, StoredResult } from '../result.ts';
import { plainMoment } from '../tables/moment.ts';
import type { QueryContext } from './query.ts';
import { askResult } from './query.ts';
import { quoted } from './view.ts';

/** Figures of a column beyond those that were counted when it was stored. */
export interface ColumnProfile {
  distinct: number;
  min: unknown;
  max: unknown;
  /** At 25, 50 and 75 %; numbers only. */
  quartiles?: [number, number, number];
}

/** Up to here everything is counted; of more rows distinct values and quartiles are estimated. */
export const exactRows = 1_000_000;

/** One pass over the data for all columns asked for. Nested values have no figures. */
export async function profileColumns(
  result: StoredResult,
  columns: readonly Column[],
  context: QueryContext,
): Promise<Map<string, ColumnProfile>> {
  const asked = columns.filter(({ type }) => type !== 'json');
  const exact = result.rows <= exactRows;
  const figures = asked.map((column, position) => {
    const name = quoted(column.name);
    const distinct = exact ? `count(DISTINCT ${name})` : `approx_count_distinct(${name})`;
    const numeric = column.type === 'integer' || column.type === 'number' || column.exceptions !== undefined;
    const number = column.exceptions ? `number(${name})` : `${name}::DOUBLE`;
    const quartiles = `${exact ? 'quantile_cont' : 'approx_quantile'}(${number}, [0.25, 0.5, 0.75])`;
    const fields = { distinct, min: `min(${name})`, max: `max(${name})`, ...(numeric ? { quartiles } : {}) };
    const list = Object.entries(fields).map(([field, value]) => `'${field}': ${value}`);
    return `to_json({${list.join(', ')}}) AS c${position}`;
  });
  if (figures.length === 0) return new Map();
  const [row = {}] = await askResult(result, table => `SELECT ${figures.join(', ')} FROM ${table}`, context);
  return new Map(asked.map((column, position) => [column.name, profileOf(row[`c${position}`] as Figures, column)]));
}

type Figures = Omit<ColumnProfile, 'quartiles'> & { quartiles?: (number | null)[] | null };

/** A column without any value has no quartiles. */
function profileOf({ quartiles, ...figures }: Figures, column: Column): ColumnProfile {
  const known = quartiles?.every(one => one !== null) ? (quartiles as [number, number, number]) : undefined;
  // Within JSON the engine writes moments in its own form.
  const plain = (value: unknown) =>
    column.type === 'datetime' && typeof value === 'string' ? plainMoment(value, column) : value;
  const [min, max] = [plain(figures.min), plain(figures.max)];
  return { ...figures, min, max, ...(known ? { quartiles: known } : {}) };
}
