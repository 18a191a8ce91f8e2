import { describe, expect, it, onTestFinished } from 'vitest';
import { createSqlEngine, type SqlEngineOptions, type SqlTable } from '../../src/sandbox/sql/engine.ts';

const now = Date.UTC(2026, 10, 21, 12, 30);
const holes = [
  { id: 1, name: 'DDH001', drilled: '2026-11-20T06:00:00Z', tags: ['a', 'b'], extra: { rqd: 71 } },
  { id: 2, name: 'DDH002', drilled: null, tags: null, extra: null },
];
const tables: Record<string, SqlTable> = {
  holes: {
    columns: { id: 'bigint', name: 'text', drilled: 'timestamp', tags: 'text[]', extra: 'jsonb' },
    rows: () => holes,
  },
  empty: { columns: { id: 'bigint' }, rows: () => [] },
};

function engine(options?: SqlEngineOptions) {
  const made = createSqlEngine(options);
  onTestFinished(() => made.close());
  return (sql: string, there = tables) => made.run({ sql, tables: there, now });
}

describe('the SQL engine of the sandbox', () => {
  it.each([
    [
      'SELECT now(), CURRENT_DATE, CURRENT_TIMESTAMP',
      ['2026-11-21T12:30:00.000Z', '2026-11-21', '2026-11-21T12:30:00.000Z'],
    ],
    ['SELECT 7 / 2, 7 / 2.0', [3, 3.5]],
    ['SELECT * FROM holes ORDER BY drilled DESC LIMIT 1', [2, 'DDH002', null, null, null]],
    ["SELECT extra ->> 'rqd', extra::jsonb FROM public.holes LIMIT 1", ['71', '{"rqd":71}']],
    ["SELECT to_char(drilled, 'YYYY-MM-DD HH24:MI') FROM holes LIMIT 1", ['2026-11-20 06:00']],
    ['SELECT now() - drilled FROM holes LIMIT 1', ['1 day 06:30:00']],
    ['SELECT tags FROM holes LIMIT 1', [['a', 'b']]],
    ['SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY id) FROM holes', [1.5]],
    ['SELECT pg_sleep(3600) IS NULL', [true]],
  ])('answers %s as PostgreSQL does, at the time of the sandbox', async (sql, row) => {
    expect(await engine()(sql)).toMatchObject({ rows: [row] });
  });

  it('names columns as PostgreSQL does', async () => {
    const sql = `SELECT count(*), 1 + 1, max(id)::text, CASE WHEN true THEN 1 END, coalesce(NULL, 1), name AS "N",
      (SELECT min(id) FROM holes), row_number() OVER () FROM holes GROUP BY name LIMIT 1`;
    const columns = ['count', '?column?', 'max', 'case', 'coalesce', 'N', 'min', 'row_number'];
    expect(await engine()(sql)).toMatchObject({ columns });
    expect(await engine()('SELECT 1 + 1, e.*, 2 FROM empty e')).toMatchObject({
      columns: ['?column?', 'id', '?column?'],
    });
  });

  it.each([
    ['SELECT * FROM hole', 'relation "hole" does not exist'],
    ['SELECT depth FROM holes', 'column "depth" does not exist'],
    ['SELECT h.depth FROM holes h', 'column h.depth does not exist'],
    [
      'SELECT name, count(*) FROM holes',
      'column "name" must appear in the GROUP BY clause or be used in an aggregate function',
    ],
    ['SELECT depth_of(1)', 'function depth_of does not exist'],
    ['SELEC 1', 'syntax error at or near "SELEC"'],
    ["SELECT 'a'::int", 'invalid input syntax for type integer: "a"'],
  ])('fails on %s in the words of PostgreSQL', async (sql, error) => {
    expect(await engine()(sql)).toEqual({ error });
  });

  it('sees what has changed, and reads only the tables that a statement names', async () => {
    const run = engine();
    const other: SqlTable = { columns: { id: 'bigint' }, rows: () => expect.unreachable('nobody named it') };
    const counted = async (rows: readonly { id: number }[]) =>
      run('SELECT count(*) FROM empty', { empty: { columns: { id: 'bigint' }, rows: () => rows }, other });
    expect(await counted([])).toMatchObject({ rows: [[0]] });
    expect(await counted([{ id: 1 }, { id: 2 }])).toMatchObject({ rows: [[2]] });
    expect(await counted([{ id: 3 }])).toMatchObject({ rows: [[1]] });
  });

  it.each(["SELECT * FROM read_csv('/etc/passwd')", "COPY holes TO '/tmp/holes.csv'", 'SET threads = 8'])(
    'has no way out: %s',
    async sql => {
      expect(await engine()(sql)).toHaveProperty('error', expect.stringMatching(/disabled by configuration|locked/));
    },
  );

  it('stops what would run for ever, and goes on', async () => {
    const run = engine({ longestMs: 50 });
    const endless = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n';
    expect(await run(endless)).toEqual({ error: 'canceling statement due to statement timeout' });
    expect(await run('SELECT 1')).toMatchObject({ rows: [[1]] });
  });

  it('says so where its optional package is missing', async () => {
    const run = engine({ load: () => Promise.reject(new Error('Cannot find package')) });
    expect(await run('SELECT 1')).toEqual({
      error: expect.stringContaining('add sql'),
    });
  });
});
