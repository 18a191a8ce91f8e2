import { refusal } from './refusal.ts';
import { createExpressions, type Expression, isoText, type Scope, tokenize } from './sql-expression.ts';
import type { Answer, Row, Rows } from './things/studio.ts';

interface Output {
  name: string;
  expression: Expression;
}

const clauses = new Set(['from', 'where', 'group', 'having', 'order', 'limit', 'offset']);

/**
 * Runs one SELECT on one table: columns, arithmetic, comparisons, the usual aggregates and dates, WHERE, GROUP BY,
 * ORDER BY, LIMIT, OFFSET. What it cannot do it refuses as an error in the SQL.
 */
export function runSelect(sql: string, scope: Omit<Scope, 'columns'>, tables: Record<string, () => Rows>): Answer {
  const columns = new Set<string>();
  const reader = createExpressions(tokenize(sql), { ...scope, columns });
  const { expression, take, expect, word, list, sleepMs } = reader;
  expect('select');
  const distinct = take('distinct');
  let all = false;
  const outputs = list((): Output => {
    if (take('*')) {
      all = true;
      return { name: '*', expression: { value: () => null, aggregate: false, name: '*' } };
    }
    const made = expression();
    const next = reader.peek();
    const alias = take('as') || (/^["a-z_]/i.test(next) && !clauses.has(next.toLowerCase())) ? word() : made.name;
    return { name: alias, expression: made };
  });
  const table = take('from') ? readTable(reader, tables) : { columns: [], rows: [{}] };
  if (all) {
    const star = (name: string): Output => ({
      name,
      expression: { name, aggregate: false, value: ([row]) => row?.[name] ?? null },
    });
    outputs.splice(0, outputs.length, ...outputs.flatMap(one => (one.name === '*' ? table.columns.map(star) : one)));
  }
  const where = take('where') ? expression() : undefined;
  const byOutput = (): Expression => outputOr(outputs, expression());
  const groupBy = take('group') && expect('by') ? list(byOutput) : undefined;
  const having = take('having') ? expression() : undefined;
  const orderBy = take('order') && expect('by') ? list(() => ordering(reader, byOutput())) : [];
  const limit = take('limit') ? Number(word()) : Number.POSITIVE_INFINITY;
  const offset = take('offset') ? Number(word()) : 0;
  take(';');
  if (reader.peek() !== '') throw refusal('sql_error', `syntax error at or near "${reader.peek()}"`);
  const stranger = [...columns].find(
    name => !table.columns.includes(name) && !outputs.some(output => isAlias(output, name)),
  );
  if (stranger !== undefined) throw refusal('sql_error', `column "${stranger}" does not exist`);

  const kept = where ? table.rows.filter(row => where.value([row]) === true) : table.rows;
  const isAggregate = outputs.some(output => output.expression.aggregate);
  const groups = groupsOf(kept, groupBy ?? (isAggregate ? [] : undefined)).filter(
    group => !having || having.value(group) === true,
  );
  const sorted = orderBy.length === 0 ? groups : [...groups].sort((a, b) => compareAll(orderBy, a, b));
  let rows = sorted.map(group => outputs.map(output => output.expression.value(group)));
  if (distinct) rows = [...new Map(rows.map(row => [JSON.stringify(row), row])).values()];
  return {
    columns: outputs.map(({ name }) => name),
    rows: rows.slice(offset, offset + limit).map(row => row.map(isoText)),
    sleepMs: sleepMs(),
  };
}

type Reader = ReturnType<typeof createExpressions>;

function readTable({ word, take, peek }: Reader, tables: Record<string, () => Rows>): Rows {
  let name = word();
  while (take('.')) name = word();
  const table = tables[name];
  if (!table) throw refusal('sql_error', `relation "${name}" does not exist`);
  if (take('as') || (/^[a-z_]/i.test(peek()) && !clauses.has(peek().toLowerCase()))) word();
  return table();
}

const isAlias = ({ name, expression }: Output, wanted: string): boolean =>
  name === wanted && !(expression.column && expression.name === wanted);

/** A number stands for an output by its place, a name for one by its alias. */
function outputOr(outputs: readonly Output[], made: Expression): Expression {
  const place = made.literal;
  const output =
    typeof place === 'number' ? outputs[place - 1] : made.column && outputs.find(({ name }) => name === made.name);
  return output ? output.expression : made;
}

interface Ordering {
  expression: Expression;
  sign: 1 | -1;
}

function ordering({ take, expect }: Reader, expression: Expression): Ordering {
  const descending = take('desc');
  if (!descending) take('asc');
  if (take('nulls') && !take('first')) expect('last');
  return { expression, sign: descending ? -1 : 1 };
}

function compareAll(orderings: readonly Ordering[], a: readonly Row[], b: readonly Row[]): number {
  for (const { expression, sign } of orderings) {
    const [left, right] = [expression.value(a), expression.value(b)].map(isoText) as [string, string];
    if (left === right) continue;
    if (left === null || right === null) return left === null ? 1 : -1;
    return left < right ? -sign : sign;
  }
  return 0;
}

function groupsOf(rows: readonly Row[], by: readonly Expression[] | undefined): (readonly Row[])[] {
  if (!by) return rows.map(row => [row]);
  if (by.length === 0) return [rows];
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = JSON.stringify(by.map(expression => isoText(expression.value([row]))));
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return [...groups.values()];
}
