import { hiddenMark, lookalike } from '../../base/unicode/visible.ts';
import { quoted, text } from '../query/view.ts';
import type { Column } from '../result.ts';
import { type Condition, columnNamed, listOf, momentIn, testOf } from '../tables/filter.ts';
import type { SortKey } from '../tables/sort.ts';
import { exactNumber, exactNumberPattern, isExactNumber, withoutExponent } from '../tables/values.ts';

/** A condition or an order that an engine would not decide as `filter.ts` does. The rows are read without one then. */
export class Unsaid extends Error {}

/** What is asked in SQL. */
export interface Said {
  sql?: string;
  /** True for a row with a value that only our own reading compares rightly. */
  odd: readonly string[];
}

/**
 * The conditions as SQL over a columnar form: true, false, or null where nobody can say. Decided as `testOf` decides.
 * @throws Fault `bad_arguments` for a column that is not there or a value that cannot match; Unsaid
 */
export function predicateSql(where: readonly Condition[], columns: readonly Column[]): Said {
  const tests = where.map(condition => {
    const column = columnNamed(columns, condition.column);
    // What is wrong with a condition is said in the same words.
    testOf(condition, column);
    return conditionSql(condition, column);
  });
  const odd = tests.flatMap(test => test.odd ?? []);
  return tests.length > 0 ? { sql: tests.map(({ sql }) => `(${sql})`).join(' AND '), odd } : { odd };
}

/** The order as SQL: what has no value comes last either way, and equals keep their places. @throws Unsaid */
export function orderSql(sort: readonly SortKey[], columns: readonly Column[]): Said {
  if (sort.length === 0) return { odd: [] };
  const keys = sort.map(({ column }) => keySql(columnNamed(columns, column)));
  const parts = keys.map(({ sql }, at) => `${sql} ${sort[at]?.order ?? 'asc'} NULLS LAST`);
  return { sql: [...parts, 'file_row_number'].join(', '), odd: keys.flatMap(key => key.odd ?? []) };
}

interface Part {
  sql: string;
  odd?: string;
}

type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** More alternatives than these are looked up by our reader. */
const mostAlternatives = 200;
/** Digits of the longest decimal that the engine knows. */
const mostDigits = 38;

function conditionSql({ op, value }: Condition, column: Column): Part {
  const name = quoted(column.name);
  if (op === 'is_null') return { sql: `${name} IS NULL` };
  if (op === 'not_null') return { sql: `${name} IS NOT NULL` };
  if (column.type === 'json') throw new Unsaid();
  if (op === 'contains') return containing(String(value), column);
  if (op !== 'in') return comparisonSql(op, value, column);
  const values = listOf(value);
  if (values.length > mostAlternatives) throw new Unsaid();
  const tests = values.map(one => comparisonSql('=', one, column));
  const odd = tests[0]?.odd;
  return { sql: tests.map(({ sql }) => orFalse(sql)).join(' OR ') || 'false', ...(odd ? { odd } : {}) };
}

const orFalse = (test: string) => `coalesce(${test}, false)`;

function comparisonSql(op: Comparison, value: unknown, column: Column): Part {
  const { type, exceptions } = column;
  const name = quoted(column.name);
  if (exceptions && isNumeric(value))
    return { sql: `among(${name}, ${text(op)}, ${text(withoutExponent(Number(value)))}::DOUBLE)` };
  switch (type) {
    case 'integer':
    case 'number':
      return { sql: orFalse(`${name} ${op} ${numberSql(value, column)}`) };
    case 'date':
    case 'datetime': {
      const make = type === 'datetime' && !column.isLocal ? 'make_timestamptz' : 'make_timestamp';
      const left = type === 'date' ? `CAST(${name} AS TIMESTAMP)` : name;
      return { sql: orFalse(`${left} ${op} ${make}(${Math.round(momentIn(String(value)) * 1_000)})`) };
    }
    case 'boolean':
      return { sql: orFalse(`CAST(${name} AS VARCHAR) ${op} ${text(String(value).toLowerCase())}`) };
    default:
      return { sql: orFalse(`${name} ${op} ${text(lookalike(plainText(value)))}`), odd: isOdd(name) };
  }
}

function containing(value: string, { name: called, type }: Column): Part {
  // Small letters of other scripts are not the same for everybody.
  if (!/^[ -~]*$/.test(value) || (type !== 'text' && type !== 'date')) throw new Unsaid();
  const name = type === 'date' ? `CAST(${quoted(called)} AS VARCHAR)` : quoted(called);
  const sql = orFalse(`contains(lower(${name}), ${text(value.toLowerCase())})`);
  return type === 'text' ? { sql, odd: isOdd(name) } : { sql };
}

function keySql(column: Column): Part {
  const name = quoted(column.name);
  if (column.type === 'json') throw new Unsaid();
  if (column.exceptions) return { sql: `place(${name})` };
  return column.type === 'text' ? { sql: name, odd: isOdd(name) } : { sql: name };
}

const isNumeric = (value: unknown) =>
  typeof value === 'number' || (typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)));

/** A number as the engine reads it without loss. */
function numberSql(value: unknown, { digits }: Column): string {
  const given = typeof value === 'number' ? value : String(value).trim();
  const number = typeof given === 'string' && isExactNumber(given) ? exactNumber(given) : Number(given);
  const literal = typeof number === 'string' ? number : withoutExponent(number);
  const isKnown = isExactNumber(literal) && literal.replace(/\D/g, '').length <= mostDigits;
  if (!isKnown || (!digits && typeof number === 'string')) throw new Unsaid();
  return digits ? literal : `${text(literal)}::DOUBLE`;
}

/** What is asked for with the mark of something invisible is looked for where that can be seen. */
function plainText(value: unknown): string {
  const given = typeof value === 'object' ? JSON.stringify(value) : String(value);
  if (given.includes(hiddenMark) || given.includes('\0')) throw new Unsaid();
  return given;
}

/** Signs that every program compares alike: nearly all that is written anywhere. */
const seen = [
  '!-~\\x{a1}-\\x{ac}\\x{ae}-\\x{2ff}\\x{370}-\\x{377}\\x{391}-\\x{3a1}\\x{3a3}-\\x{3ff}\\x{400}-\\x{52f}',
  '\\x{2010}-\\x{2027}\\x{2030}-\\x{205e}\\x{3041}-\\x{3096}\\x{4e00}-\\x{9fff}\\x{ac00}-\\x{d7a3}',
].join('');
/** ASCII is compared as it is, other texts without what cannot be seen, such as blanks at their ends. */
const usual = `[\\t\\n\\r -~]*|[${seen}](?:[\\t\\n\\r ${seen}]*[${seen}])?`;
const isOdd = (name: string) => `NOT regexp_full_match(${name}, ${text(usual)})`;

const exponentPattern = '^(?:-?\\d+(?:\\.\\d*)?[eE][+-]\\d+|-?\\d+\\.\\d*[eE]\\d+|-\\d+[eE]\\d+)$';
const boundPattern = '^([<>]=?|[\\x{2264}\\x{2265}])\\s*(-?(?:\\d+(?:[.,]\\d*)?|[.,]\\d+))$';

/** What conditions and orders are written in. By `compareException` and `placeAmongNumbers`. */
export const rowMacros: readonly string[] = [
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
