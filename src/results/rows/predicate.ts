import { hiddenMark } from '../../base/unicode/visible.ts';
import { quoted, text } from '../query/view.ts';
import type { Column } from '../result.ts';
import { type Condition, columnNamed, testOf } from '../tables/filter.ts';
import type { SortKey } from '../tables/sort.ts';
import { exactNumberPattern, isExactNumber, withoutExponent } from '../tables/values.ts';

/** A condition or an order that an engine would not decide as `filter.ts` does. The rows are read without one then. */
export class Unsaid extends Error {}

/**
 * The conditions as SQL over a columnar form: true, false, or null where nobody can say. Decided as `testOf` decides.
 * @throws Fault `bad_arguments` for a column that is not there or a value that cannot match; Unsaid
 */
export function predicateSql(where: readonly Condition[], columns: readonly Column[]): string | undefined {
  const tests = where.map(condition => {
    const column = columnNamed(columns, condition.column);
    // What is wrong with a condition is said in the same words.
    testOf(condition, column);
    return `(${conditionSql(condition, column)})`;
  });
  return tests.length > 0 ? tests.join(' AND ') : undefined;
}

/** The order as SQL: what has no value comes last either way, and equals keep their places. @throws Unsaid */
export function orderSql(sort: readonly SortKey[], columns: readonly Column[]): string | undefined {
  if (sort.length === 0) return undefined;
  const keys = sort.map(({ column, order }) => `${keySql(columnNamed(columns, column))} ${order ?? 'asc'} NULLS LAST`);
  return [...keys, 'file_row_number'].join(', ');
}

type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';

function conditionSql(condition: Condition, column: Column): string {
  const { op, value } = condition;
  const name = quoted(column.name);
  if (op === 'is_null') return `${name} IS NULL`;
  if (op === 'not_null') return `${name} IS NOT NULL`;
  if (column.type === 'json') throw new Unsaid();
  if (op === 'contains') {
    const part = asciiText(value);
    return orFalse(`contains(lower(seen(${name})), ${text(part.toLowerCase())})`);
  }
  if (op === 'in') {
    const items = Array.isArray(value)
      ? value
      : typeof value === 'string'
        ? value.split(',').map(one => one.trim())
        : [value];
    return items.map(item => orFalse(comparisonSql('=', item, column))).join(' OR ');
  }
  return comparisonSql(op, value, column);
}

const orFalse = (test: string) => `coalesce(${test}, false)`;

function comparisonSql(op: Comparison, value: unknown, column: Column): string {
  const name = quoted(column.name);
  if (column.exceptions && isNumeric(value)) return `among(${name}, ${text(op)}, ${numberSql(Number(value))})`;
  switch (column.type) {
    case 'integer':
    case 'number':
      return orFalse(`${name} ${op} ${numberSql(value)}`);
    case 'date':
    case 'datetime':
      return orFalse(`epoch_ms(CAST(${name} AS TIMESTAMP)) ${op} ${momentOf(value)}`);
    case 'boolean':
      return orFalse(`CAST(${name} AS VARCHAR) ${op} ${text(String(value).toLowerCase())}`);
    default: {
      const given = text(plainText(value));
      // The engine looks at few of the rows for the first of these.
      if (op === '=')
        return orFalse(`${name} = ${given} OR (strlen(${name}) <> length(${name}) AND visible(${name}) = ${given})`);
      return orFalse(`seen(${name}) ${op} ${given}`);
    }
  }
}

function keySql(column: Column): string {
  const name = quoted(column.name);
  if (column.type === 'json') throw new Unsaid();
  if (column.exceptions) return `place(${name})`;
  if (column.type === 'boolean') return `CAST(${name} AS VARCHAR)`;
  return column.type === 'text' ? `seen(${name})` : name;
}

const isNumeric = (value: unknown) =>
  typeof value === 'number' || (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)));

function numberSql(value: unknown): string {
  const plain = String(value).trim();
  const digits = isExactNumber(plain) ? plain : withoutExponent(Number(plain));
  if (!/^-?\d*\.?\d+$/.test(digits)) throw new Unsaid();
  return digits;
}

function momentOf(value: unknown): string {
  const given = String(value);
  const isZoned = /(?:Z|[+-]\d\d:?\d\d)$/i.test(given.slice(10));
  return String(Date.parse(given.length <= 10 || isZoned ? given : `${given}Z`));
}

/** What is asked for with the mark of something invisible is looked for where that can be seen. */
function plainText(value: unknown): string {
  const given = String(value);
  if (given.includes(hiddenMark)) throw new Unsaid();
  return given;
}

/** Small letters of other scripts are not the same for everybody. */
function asciiText(value: unknown): string {
  const given = plainText(value);
  if (!/^[ -~]*$/.test(given)) throw new Unsaid();
  return given;
}

const exponentPattern = '^(?:-?\\d+(?:\\.\\d*)?[eE][+-]\\d+|-?\\d+\\.\\d*[eE]\\d+|-\\d+[eE]\\d+)$';
const boundPattern = '^([<>]=?|[\\x{2264}\\x{2265}])\\s*(-?(?:\\d+(?:[.,]\\d*)?|[.,]\\d+))$';

/** What conditions and orders are written in, over `visible`. By `compareException` and `placeAmongNumbers`. */
export const rowMacros: readonly string[] = [
  `CREATE MACRO seen(x) AS CASE WHEN strlen(x) = length(x) THEN x ELSE visible(x) END`,
  `CREATE MACRO figure(x) AS CASE WHEN regexp_matches(trim(x), ${text(exactNumberPattern)}) OR regexp_matches(trim(x), ${text(exponentPattern)})
    THEN try_cast(trim(x) AS DOUBLE) END`,
  `CREATE MACRO sign_of(x) AS regexp_extract(trim(x), ${text(boundPattern)}, 1)`,
  `CREATE MACRO bound_of(x) AS try_cast(replace(regexp_extract(trim(x), ${text(boundPattern)}, 2), ',', '.') AS DOUBLE)`,
  `CREATE MACRO holds(op, sign) AS CASE op WHEN '=' THEN sign = 0 WHEN '!=' THEN sign <> 0 WHEN '<' THEN sign < 0
    WHEN '<=' THEN sign <= 0 WHEN '>' THEN sign > 0 ELSE sign >= 0 END`,
  `CREATE MACRO beside(op, sign, bound, r) AS CASE
    WHEN sign IN ('<', '<=', '\u2264') AND r >= bound AND (sign = '<' OR r <> bound) THEN holds(op, -1)
    WHEN sign IN ('>', '>=', '\u2265') AND r <= bound AND (sign = '>' OR r <> bound) THEN holds(op, 1) END`,
  `CREATE MACRO among(x, op, r) AS CASE WHEN x IS NULL THEN false
    WHEN figure(x) IS NOT NULL THEN holds(op, sign(figure(x) - r))
    WHEN sign_of(x) = '' THEN CASE op WHEN '!=' THEN true WHEN '=' THEN false END
    ELSE beside(op, sign_of(x), bound_of(x), r) END`,
  `CREATE MACRO place(x) AS coalesce(figure(x), CASE WHEN sign_of(x) = '' THEN NULL
    WHEN sign_of(x) IN ('<', '<=', '\u2264') THEN bound_of(x) - greatest(abs(bound_of(x)), 5e-324) * 1e-9
    ELSE bound_of(x) + greatest(abs(bound_of(x)), 5e-324) * 1e-9 END)`,
];
