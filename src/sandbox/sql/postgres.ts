import { oneLine } from '../../base/text.ts';
// What DuckDB does otherwise than PostgreSQL, where a statement can tell. What is left differs in rare functions only,
// and such a statement fails by name.

/** Run once; the last three close the engine against files, the network and its own settings. */
export const setUp: readonly string[] = [
  'CREATE SCHEMA public',
  'SET schema = public',
  "SET TimeZone = 'UTC'",
  'SET integer_division = true',
  "SET default_null_order = 'nulls_last_on_asc_first_on_desc'",
  'CREATE TYPE jsonb AS JSON',
  // A query sleeps on the sandbox's clock, not here.
  'CREATE MACRO pg_sleep(seconds) AS NULL::VARCHAR',
  `CREATE MACRO to_char(value, form) AS strftime(value, ${toStrftime('form')})`,
  "CREATE MACRO initcap(value) AS array_to_string(list_transform(string_split(value, ' '), lambda word: upper(word[1]) || lower(word[2:])), ' ')",
  'CREATE MACRO json_agg(value) AS to_json(list(value))',
  'CREATE MACRO jsonb_agg(value) AS to_json(list(value))',
  'CREATE MACRO jsonb_array_length(value) AS json_array_length(value)',
  'CREATE MACRO jsonb_extract_path_text(value, key) AS value ->> key',
  'SET autoinstall_known_extensions = false',
  'SET autoload_known_extensions = false',
  'SET enable_external_access = false',
  'SET lock_configuration = true',
];

/** Patterns of `to_char`, longest first, as those of `strftime`. */
function toStrftime(form: string): string {
  const patterns = {
    YYYY: '%Y',
    HH24: '%H',
    HH12: '%I',
    Month: '%B',
    Mon: '%b',
    MM: '%m',
    DDD: '%j',
    DD: '%d',
    MI: '%M',
    SS: '%S',
    IYYY: '%G',
    IW: '%V',
    Day: '%A',
    Dy: '%a',
  };
  return Object.entries(patterns).reduce((made, [from, to]) => `replace(${made}, '${from}', '${to}')`, form);
}

/** What makes the present of a statement the sandbox's. */
export function moment(now: number): string[] {
  const iso = new Date(now).toISOString();
  const zoned = `TIMESTAMPTZ '${iso.replace('T', ' ').replace('Z', '+00')}'`;
  const plain = `TIMESTAMP '${iso.slice(0, -1).replace('T', ' ')}'`;
  const values = {
    now: zoned,
    current_timestamp: zoned,
    get_current_timestamp: zoned,
    transaction_timestamp: zoned,
    statement_timestamp: zoned,
    clock_timestamp: zoned,
    localtimestamp: plain,
    current_localtimestamp: plain,
    current_date: `DATE '${iso.slice(0, 10)}'`,
  };
  return Object.entries(values).map(([name, value]) => `CREATE OR REPLACE MACRO "${name}"() AS ${value}`);
}

const sameReasons: readonly (readonly [said: RegExp, words: string])[] = [
  [/^Catalog Error: Table with name (\S+) does not exist/, 'relation "$1" does not exist'],
  [/^Catalog Error: .*? Function with name (\S+) does not exist/, 'function $1 does not exist'],
  [/^Binder Error: Referenced column "([^"]+)" not found/, 'column "$1" does not exist'],
  [/^Binder Error: [^"]*Table "([^"]+)" does not have a column named "([^"]+)"/, 'column $1.$2 does not exist'],
  [/^Binder Error: Referenced table "([^"]+)" not found/, 'missing FROM-clause entry for table "$1"'],
  [/^Binder Error: Ambiguous reference to column name "([^"]+)"/, 'column reference "$1" is ambiguous'],
  [
    /^Binder Error: column "?([^" ]+)"? must appear in the GROUP BY clause/,
    'column "$1" must appear in the GROUP BY clause or be used in an aggregate function',
  ],
  [/^Parser Error: syntax error at end of input/, 'syntax error at end of input'],
  [/^Conversion Error: Could not convert string '(.*?)' to INT\d+/, 'invalid input syntax for type integer: "$1"'],
  [/^INTERRUPT/i, 'canceling statement due to statement timeout'],
];

/** Why a statement failed, as PostgreSQL would put it, or in DuckDB's words without its picture of the statement. */
export function reasonOf(message: string): string {
  const [first = ''] = message.split(/\nLINE \d{1,9}:/, 1);
  for (const [said, words] of sameReasons) {
    const found = said.exec(first);
    if (found) return words.replace(/\$(\d)/g, (_, group: string) => found[Number(group)] ?? '');
  }
  const [, said = first] = /^\w+(?: \w+)? Error: ([\s\S]*)$/.exec(first) ?? [];
  return oneLine(said);
}

interface Expression {
  class: string;
  type: string;
  alias: string;
  function_name?: string;
  is_operator?: boolean;
  column_names?: string[];
  child?: Expression;
  subquery?: { node: Select };
}

interface Select {
  type: string;
  select_list?: Expression[];
  left?: Select;
}

/**
 * Names of the columns of an answer: PostgreSQL calls what has no name of its own after its function or cast, DuckDB
 * after its whole text.
 */
export function outputNames(serialized: string, given: readonly string[]): string[] {
  const parsed = JSON.parse(serialized) as { statements?: { node: Select }[] };
  const expressions = selectOf(parsed.statements?.[0]?.node)?.select_list ?? [];
  const firstStar = expressions.findIndex(({ class: kind }) => kind === 'STAR');
  return given.map((name, at) => {
    const fromEnd = expressions.length - (given.length - at);
    const isBeforeStar = firstStar < 0 || at < firstStar;
    const expression = isBeforeStar ? expressions[at] : expressions[fromEnd];
    const isAfterStar = !isBeforeStar && !expressions.slice(fromEnd).some(({ class: kind }) => kind === 'STAR');
    return expression && (isBeforeStar || isAfterStar) ? (nameOf(expression) ?? name) : name;
  });
}

const selectOf = (node: Select | undefined): Select | undefined =>
  node?.type === 'SET_OPERATION_NODE' ? selectOf(node.left) : node;

/** Undefined: DuckDB's name is the right one. */
function nameOf(expression: Expression): string | undefined {
  const { class: kind, type, alias, function_name: called = '', is_operator: isOperator } = expression;
  if (alias !== '' || kind === 'COLUMN_REF' || kind === 'STAR') return undefined;
  if (kind === 'CASE') return 'case';
  if (kind === 'CAST') return castName(expression.child);
  if (kind === 'SUBQUERY') return subqueryName(expression);
  if (type === 'OPERATOR_COALESCE') return 'coalesce';
  if ((kind === 'FUNCTION' || kind === 'WINDOW') && !isOperator && called !== '')
    return functionNames[called] ?? called;
  return '?column?';
}

const functionNames: Readonly<Record<string, string>> = {
  count_star: 'count',
  quantile_cont: 'percentile_cont',
  quantile_disc: 'percentile_disc',
};

function castName(child: Expression | undefined): string {
  if (child?.class === 'COLUMN_REF') return child.column_names?.at(-1) ?? '?column?';
  return (child && nameOf(child)) ?? '?column?';
}

function subqueryName({ subquery }: Expression): string {
  const [first] = selectOf(subquery?.node)?.select_list ?? [];
  return (first && (first.alias || nameOf(first) || first.column_names?.at(-1))) ?? '?column?';
}
