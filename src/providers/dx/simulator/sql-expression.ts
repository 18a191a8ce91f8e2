import { refusal } from './refusal.ts';
import type { Row } from './things/studio.ts';

/** Something to compute for a group of rows; of a single row where nothing is grouped. */
export interface Expression {
  value(group: readonly Row[]): unknown;
  aggregate: boolean;
  /** Of its column in the answer. */
  name: string;
  /** A column as it stands. */
  column?: boolean;
  literal?: unknown;
}

export interface Scope {
  now: number;
  variables: Readonly<Record<string, unknown>>;
  /** Gets the name of every column that is read. */
  columns: Set<string>;
}

interface Interval {
  ms: number;
}

const tokenPattern =
  /\s+|--[^\n]*|('(?:[^']|'')*'|"[^"]+"|\d+(?:\.\d+)?|\$\w+|[a-z_]\w*|<>|!=|<=|>=|::|\|\||[-+*/%(),.;=<>])/giy;

export function tokenize(sql: string): string[] {
  const tokens: string[] = [];
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < sql.length) {
    const at = tokenPattern.lastIndex;
    const match = tokenPattern.exec(sql);
    if (!match) throw refusal('sql_error', `syntax error at or near "${sql.slice(at, at + 12)}"`);
    if (match[1] !== undefined) tokens.push(match[1]);
  }
  return tokens;
}

const units: Readonly<Record<string, number>> = {
  second: 1000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
  month: 30 * 86_400_000,
  year: 365 * 86_400_000,
};

const isInterval = (value: unknown): value is Interval => value !== null && typeof value === 'object' && 'ms' in value;
const isTime = (value: unknown): value is string => typeof value === 'string' && /^\d{4}-\d{2}-\d{2}/.test(value);
const numeric = (value: unknown): number => (isInterval(value) ? value.ms / 1000 : Number(value));

/** Intervals as people write them; anything else as it is. */
export const isoText = (value: unknown): unknown => (isInterval(value) ? `${value.ms / 1000} seconds` : value);

function parseInterval(text: string): Interval {
  const [, count = '0', unit = ''] = /^\s*(\d+)\s*([a-z]+?)s?\s*$/i.exec(text) ?? [];
  const ms = units[unit.toLowerCase()];
  if (ms === undefined) throw refusal('sql_error', `invalid input syntax for type interval: "${text}"`);
  return { ms: Number(count) * ms };
}

function truncate(unit: unknown, time: unknown): unknown {
  if (!isTime(time)) return null;
  const date = new Date(time);
  if (unit === 'week') date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  const kept = { year: 4, month: 7, week: 10, day: 10, hour: 13 }[String(unit)];
  if (kept === undefined) throw refusal('sql_error', `unit "${unit}" not recognized`);
  return date.toISOString().slice(0, kept) + '0000-01-01T00:00:00.000Z'.slice(kept);
}

const compare = (a: unknown, b: unknown): number => (a === b ? 0 : (a as string) < (b as string) ? -1 : 1);
const isEqual = (a: unknown, b: unknown): boolean => a === b || String(a) === String(b);

function add(a: unknown, b: unknown, sign: 1 | -1): unknown {
  if (isTime(a) && isInterval(b)) return new Date(Date.parse(a) + sign * b.ms).toISOString();
  if (isTime(a) && isTime(b) && sign < 0) return { ms: Date.parse(a) - Date.parse(b) };
  return Number(a) + sign * Number(b);
}

function isLike(value: unknown, pattern: unknown, flags: string): boolean {
  const escaped = String(pattern).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('%', '.*').replaceAll('_', '.')}$`, `s${flags}`).test(String(value));
}

const operators: Readonly<Record<string, { level: number; run(a: unknown, b: unknown): unknown }>> = {
  or: { level: 1, run: (a, b) => a === true || b === true },
  and: { level: 2, run: (a, b) => a === true && b === true },
  '=': { level: 4, run: isEqual },
  '<>': { level: 4, run: (a, b) => !isEqual(a, b) },
  '!=': { level: 4, run: (a, b) => !isEqual(a, b) },
  '<': { level: 4, run: (a, b) => compare(a, b) < 0 },
  '<=': { level: 4, run: (a, b) => compare(a, b) <= 0 },
  '>': { level: 4, run: (a, b) => compare(a, b) > 0 },
  '>=': { level: 4, run: (a, b) => compare(a, b) >= 0 },
  like: { level: 4, run: (a, b) => isLike(a, b, '') },
  ilike: { level: 4, run: (a, b) => isLike(a, b, 'i') },
  '+': { level: 5, run: (a, b) => add(a, b, 1) },
  '-': { level: 5, run: (a, b) => add(a, b, -1) },
  '||': { level: 5, run: (a, b) => `${a}${b}` },
  '*': { level: 6, run: (a, b) => numeric(a) * numeric(b) },
  '/': { level: 6, run: (a, b) => numeric(a) / numeric(b) },
};

const round = (value: unknown, digits: unknown): unknown =>
  value === null ? null : Number(numeric(value).toFixed(Number(digits ?? 0)));

const functions: Readonly<Record<string, (...values: unknown[]) => unknown>> = {
  round,
  date_trunc: truncate,
  date: time => (isTime(time) ? time.slice(0, 10) : null),
  lower: text => String(text).toLowerCase(),
  upper: text => String(text).toUpperCase(),
  coalesce: (...values) => values.find(value => value !== null && value !== undefined) ?? null,
};

const aggregates: Readonly<Record<string, (values: unknown[]) => unknown>> = {
  count: values => values.length,
  sum: values => (values.length === 0 ? null : values.reduce<number>((sum, value) => sum + numeric(value), 0)),
  avg: values =>
    values.length === 0 ? null : values.reduce<number>((sum, value) => sum + numeric(value), 0) / values.length,
  min: values =>
    values.reduce((best, value) => (best === undefined || compare(value, best) < 0 ? value : best), undefined) ?? null,
  max: values =>
    values.reduce((best, value) => (best === undefined || compare(value, best) > 0 ? value : best), undefined) ?? null,
};

const literal = (value: unknown): Expression => ({
  value: () => value,
  aggregate: false,
  name: '?column?',
  literal: value,
});

/** Reads expressions from tokens, one after the other. */
export function createExpressions(tokens: readonly string[], scope: Scope) {
  let at = 0;
  let slept = 0;
  const peek = (): string => tokens[at] ?? '';
  const is = (word: string): boolean => peek().toLowerCase() === word;
  const take = (word: string): boolean => {
    const found = is(word);
    if (found) at += 1;
    return found;
  };
  const expect = (word: string): true => {
    if (!take(word)) throw refusal('sql_error', `syntax error at or near "${peek() || 'end of input'}"`);
    return true;
  };
  const word = (): string => {
    const token = peek();
    if (!/^["\w]/.test(token)) throw refusal('sql_error', `syntax error at or near "${token || 'end of input'}"`);
    at += 1;
    return token.startsWith('"') ? token.slice(1, -1) : token.toLowerCase();
  };
  const list = <Item>(read: () => Item): Item[] => {
    const items = [read()];
    while (take(',')) items.push(read());
    return items;
  };

  function expression(least = 0): Expression {
    let left = first();
    for (;;) {
      if (take('::')) {
        left = cast(left, word());
        continue;
      }
      const negated = least < 4 && is('not');
      const token = (negated ? (tokens[at + 1] ?? '') : peek()).toLowerCase();
      const operator = operators[token];
      const isTest = ['in', 'is', 'between'].includes(token);
      if (!isTest && (!operator || operator.level <= least)) return left;
      if (isTest && least >= 4) return left;
      at += negated ? 2 : 1;
      const made = isTest ? test(token, left) : binary(operator ?? { level: 0, run: isEqual }, left);
      left = negated ? apply(value => value !== true, [made]) : made;
    }
  }

  function binary(operator: { level: number; run(a: unknown, b: unknown): unknown }, left: Expression): Expression {
    if (operator.level === 4 && take('any')) return among(left, expression(6));
    const right = expression(operator.level);
    const strict = operator.level < 3;
    return apply((a, b) => (!strict && (a === null || b === null) ? null : operator.run(a, b)), [left, right]);
  }

  function test(token: string, left: Expression): Expression {
    if (token === 'between') {
      const low = expression(4);
      expect('and');
      const high = expression(4);
      return apply((value, from, to) => compare(value, from) >= 0 && compare(value, to) <= 0, [left, low, high]);
    }
    if (token === 'is') {
      const negated = take('not');
      const wanted = take('true') ? true : take('false') ? false : expect('null') && null;
      return apply(value => ((value ?? null) === wanted) !== negated, [left]);
    }
    if (!take('(')) return among(left, first());
    const options = list(() => expression());
    expect(')');
    return apply((value, ...others) => others.flat().some(other => isEqual(value, other)), [left, ...options]);
  }

  const among = (left: Expression, options: Expression): Expression =>
    apply((value, others) => [others].flat().some(other => isEqual(value, other)), [left, options]);

  function apply(run: (...values: unknown[]) => unknown, parts: readonly Expression[], name = '?column?'): Expression {
    const aggregate = parts.some(part => part.aggregate);
    return { name, aggregate, value: group => run(...parts.map(part => part.value(group))) };
  }

  function cast(made: Expression, type: string): Expression {
    if (type === 'date') return { ...apply(time => (isTime(time) ? time.slice(0, 10) : null), [made], made.name) };
    if (/^(int|integer|bigint)$/.test(type)) return apply(value => Math.round(Number(value)), [made], made.name);
    if (/^(numeric|float|float8|double|decimal)$/.test(type)) return apply(Number, [made], made.name);
    if (type === 'text') return apply(value => (value === null ? null : String(value)), [made], made.name);
    return made;
  }

  function first(): Expression {
    const token = peek();
    if (take('(')) {
      const made = expression();
      expect(')');
      return made;
    }
    if (take('not')) return apply(value => value !== true, [expression(3)]);
    if (take('-')) return apply(value => -numeric(value), [expression(6)]);
    if (take('interval')) return literal(parseInterval(text()));
    if (token.startsWith("'")) return literal(text());
    if (/^\d/.test(token)) {
      at += 1;
      return literal(Number(token));
    }
    if (token.startsWith('$')) return variable();
    if (take('true')) return literal(true);
    if (take('false')) return literal(false);
    if (take('null')) return literal(null);
    let name = word();
    if (take('(')) return called(name);
    if (name === 'current_date') return literal(new Date(scope.now).toISOString().slice(0, 10));
    while (take('.')) name = word();
    scope.columns.add(name);
    return { name, aggregate: false, column: true, value: ([row]) => row?.[name] ?? null };
  }

  function text(): string {
    const token = peek();
    if (!token.startsWith("'")) throw refusal('sql_error', `syntax error at or near "${token}"`);
    at += 1;
    return token.slice(1, -1).replaceAll("''", "'");
  }

  function variable(): Expression {
    const name = peek().slice(1);
    if (!Object.hasOwn(scope.variables, name)) throw refusal('sql_error', `there is no variable $${name}`);
    at += 1;
    return literal(scope.variables[name]);
  }

  function called(name: string): Expression {
    if (name === 'extract') return extract();
    const aggregate = aggregates[name];
    if (aggregate) return aggregated(name, aggregate);
    const parts = take(')') ? [] : list(() => expression());
    if (parts.length > 0 || tokens[at - 1] !== ')') expect(')');
    if (name === 'now') return { ...literal(new Date(scope.now).toISOString()), name };
    if (name === 'pg_sleep') {
      slept += Number(parts[0]?.value([]) ?? 0) * 1000;
      return { ...literal(''), name };
    }
    const run = functions[name];
    if (!run) throw refusal('sql_error', `function ${name} does not exist`);
    return apply(run, parts, name);
  }

  function aggregated(name: string, run: (values: unknown[]) => unknown): Expression {
    const distinct = take('distinct');
    const argument = take('*') ? literal(1) : expression();
    expect(')');
    const values = (group: readonly Row[]): unknown[] =>
      group.map(row => argument.value([row])).filter(value => value !== null);
    return {
      name,
      aggregate: true,
      value: group => run(distinct ? [...new Set(values(group))] : values(group)),
    };
  }

  function extract(): Expression {
    expect('epoch');
    expect('from');
    const made = expression();
    expect(')');
    const seconds = (value: unknown): unknown => (isTime(value) ? Date.parse(value) / 1000 : numeric(value));
    return apply(seconds, [made], 'extract');
  }

  return { peek, take, expect, word, list, expression: () => expression(), sleepMs: () => slept };
}
