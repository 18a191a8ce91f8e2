import { Fault } from '../../base/errors.ts';
import type { Column, StoredResult } from '../result.ts';
import { columnNamed } from '../tables/filter.ts';

export const chartTypes = ['line', 'bar', 'scatter', 'histogram', 'box', 'strip_log'] as const;
export const aggregates = ['count', 'sum', 'mean', 'median', 'min', 'max'] as const;

export type ChartType = (typeof chartTypes)[number];
export type Aggregate = (typeof aggregates)[number];
export type Theme = 'light' | 'dark';

/** What a caller wants drawn; what is absent is chosen. */
export interface ChartRequest {
  type: ChartType;
  x?: string | undefined;
  y?: readonly string[] | undefined;
  by?: string | undefined;
  depth?: readonly string[] | undefined;
  aggregate?: Aggregate | undefined;
  title?: string | undefined;
  /** Units by column, where its name does not tell. */
  units?: Readonly<Record<string, string>> | undefined;
  theme?: Theme | undefined;
}

/** Which column plays which part, all of them found in the table. */
export interface ChartPlan {
  type: ChartType;
  x?: Column | undefined;
  /** Values; the tracks of a strip log. */
  y: Column[];
  /** Series, or the holes of a strip log. */
  by?: Column | undefined;
  /** Of a strip log: where intervals begin and end. The same column twice for points. */
  depth?: [Column, Column] | undefined;
  aggregate?: Aggregate | undefined;
  title?: string | undefined;
  units: Readonly<Record<string, string>>;
  theme: Theme;
}

/** Drawn by its numbers: a column of them, or one in which other things stand among them. */
export const isMeasured = ({ type, exceptions }: Column): boolean =>
  type === 'integer' || type === 'number' || exceptions !== undefined;
const isTime = ({ type }: Column) => type === 'date' || type === 'datetime';

const holeName = /^(?:drill)?_?(?:hole|borehole|drillhole|bh|dh)_?(?:id|name|no|number)?$/i;
const fromName = /^(?:(?:depth|md|interval|sample)_?)?(?:from|top|start)(?:_?(?:m|depth|md))?$/i;
const toName = /^(?:(?:depth|md|interval|sample)_?)?(?:to|bottom|base|end)(?:_?(?:m|depth|md))?$/i;
const depthName = /^(?:depth|md|tvd)(?:_?(?:m|ft|mid|middle))?$/i;

/** A depth grows downwards, so it is drawn downwards. */
export const isDepth = ({ name, type }: Column): boolean =>
  (type === 'integer' || type === 'number') && [fromName, toName, depthName].some(form => form.test(name));

/**
 * Chooses what a request leaves open, by types and by the names that columns of time and depth usually have.
 * @throws Fault `bad_arguments` for a column that is not there, or where nothing fits
 */
export function planChart(
  { name: title, columns, kind, mediaType, uri }: StoredResult,
  request: ChartRequest,
): ChartPlan {
  if (kind === 'file' || columns.length === 0)
    throw misfit(`${title} (${uri}) is no table (${mediaType}).`, 'Draw a table: list_results shows which there are.');
  const { type, aggregate, units = {}, theme = 'light' } = request;
  for (const name of Object.keys(units)) columnNamed(columns, name);
  const named = (name: string | undefined) => (name === undefined ? undefined : columnNamed(columns, name));
  const asked = {
    x: named(request.x),
    y: (request.y ?? []).map(name => columnNamed(columns, name)),
    by: named(request.by),
  };
  const base = { type, ...asked, aggregate, title: request.title, units, theme };
  if (type === 'strip_log')
    return stripLog(
      base,
      columns,
      request.depth?.map(name => columnNamed(columns, name)),
    );
  const plan = withDefaults(base, columns);
  for (const column of plan.y) {
    if (!isMeasured(column)) throw misfit(`${column.name} is ${column.type}, not a number.`, numbersOf(columns));
  }
  return plan;
}

function withDefaults(base: ChartPlan, columns: readonly Column[]): ChartPlan {
  const numbers = columns.filter(column => isMeasured(column) && !isDepth(column));
  const value = numbers.find(one => one !== base.x && !looksLikeId(one)) ?? numbers.find(one => one !== base.x);
  const y = base.y.length ? base.y : value ? [value] : [];
  const free = (column: Column) => !y.includes(column) && column !== base.by;
  const first = (...tests: ((column: Column) => boolean)[]) =>
    tests.map(test => columns.find(column => free(column) && test(column))).find(Boolean);
  switch (base.type) {
    case 'histogram': {
      const x = base.x ?? y[0];
      if (!x || !isMeasured(x)) throw misfit('A histogram needs a column of numbers as x.', numbersOf(columns));
      return { ...base, x, y: [] };
    }
    case 'box':
      return needs(
        { ...base, x: base.x ?? first(({ type, distinct }) => type === 'text' && (distinct ?? 99) <= 40), y },
        columns,
      );
    case 'bar': {
      const x = base.x ?? first(({ type }) => type === 'text' || type === 'boolean', isTime, isDepth);
      const counted = base.aggregate === 'count' || (base.y.length === 0 && y.length === 0);
      if (!x) throw misfit('A bar chart needs x: what the bars stand for.', numbersOf(columns));
      return counted ? { ...base, x, y: [], aggregate: 'count' } : { ...base, x, y };
    }
    default: {
      const x = base.x ?? first(isTime, isDepth, isMeasured);
      if (!x) throw misfit(`A ${base.type} chart needs x.`, numbersOf(columns));
      return needs({ ...base, x, y }, columns);
    }
  }
}

/** Numbers that count things: together they are a sum, and a mean of them says little. */
export const isCount = ({ name, type }: Column): boolean =>
  type === 'integer' &&
  /(?:^|_)(?:n|num|counts?|totals?|rows|runs|failures|failed|passed|samples|holes|jobs)$|^(?:number|total|count)_/i.test(
    name,
  );

const looksLikeId = ({ name }: Column) => /(?:^|_)(?:id|iid|no|number|index)$/i.test(name);

function needs(plan: ChartPlan, columns: readonly Column[]): ChartPlan {
  if (plan.y.length === 0) throw misfit('There is no column of numbers to draw as y.', numbersOf(columns));
  return plan;
}

function stripLog(base: ChartPlan, columns: readonly Column[], asked: Column[] | undefined): ChartPlan {
  const find = (form: RegExp) => columns.find(column => isMeasured(column) && form.test(column.name));
  const from =
    asked?.[0] ?? find(fromName) ?? find(depthName) ?? columns.find(column => isMeasured(column) && isDepth(column));
  const to = asked ? (asked[1] ?? asked[0]) : (find(toName) ?? from);
  if (!from || !to || !isMeasured(from) || !isMeasured(to))
    throw misfit(
      'A strip log needs to know the depth of each row.',
      `Give depth: ["from column", "to column"]. ${numbersOf(columns)}`,
    );
  const by = base.by ?? base.x ?? columns.find(({ name, type }) => type === 'text' && holeName.test(name));
  const others = columns.filter(column => ![from, to, by].includes(column) && !isDepth(column));
  const tracks = [
    ...others.filter(isMeasured),
    ...others.filter(({ type, distinct }) => type === 'text' && (distinct ?? 99) <= 12 && distinct !== 1),
  ];
  const y = base.y.length ? base.y : tracks.filter(column => !looksLikeId(column)).slice(0, 2);
  if (y.length === 0)
    throw misfit('There is no column to draw beside the depth.', 'Give y: one column for each track.');
  return { ...base, x: undefined, y, by, depth: [from, to] };
}

const numbersOf = (columns: readonly Column[]) =>
  `Columns of numbers: ${
    columns
      .filter(isMeasured)
      .map(({ name }) => name)
      .slice(0, 30)
      .join(', ') || 'none'
  }.`;

const misfit = (message: string, hint: string) => new Fault({ code: 'bad_arguments', message, hint });
