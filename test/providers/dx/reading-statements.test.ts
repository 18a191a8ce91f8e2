import { describe, expect, it } from 'vitest';
import { whyNotReading } from '../../../src/providers/dx/sql/reading.ts';
import { dxWorld } from '../../support/dx-world.ts';

/** Statements that only read, in as many forms of the grammar as people use. */
const reading = [
  'SELECT 1',
  '(select 1) union (select 2);',
  "with a as (select ';') select * from a",
  '-- why\nselect "a;b" from c /* ; /* drop */ */',
  'select $tag$ ; drop $tag$',
  "select E'it\\'s; delete from a', U&'d\\0061t'",
  'VALUES (1, 2), (3, 4)',
  'TABLE deployments',
  'EXPLAIN SELECT 1',
  'EXPLAIN (ANALYZE, FORMAT json) SELECT count(*) FROM deployments',
  'WITH RECURSIVE t(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM t WHERE n < 9) SELECT * FROM t',
  'SELECT * FROM a JOIN LATERAL (SELECT * FROM b WHERE b.id = a.id LIMIT 1) x ON true',
  'SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY lead_time) FROM deployments GROUP BY GROUPING SETS ((a), ())',
  'SELECT lag(n) OVER (PARTITION BY a ORDER BY b ROWS BETWEEN 1 PRECEDING AND CURRENT ROW), rank() OVER w FROM t WINDOW w AS (ORDER BY n)',
  "SELECT date_trunc('week', deployed_at AT TIME ZONE 'UTC'), now() - interval '7 days', extract(epoch from b - a) FROM t",
  "SELECT coalesce(a, 'x')::text, string_agg(DISTINCT b, ',' ORDER BY b) FILTER (WHERE c) FROM t",
  "SELECT to_char(a, 'YYYY'), substring(b from 2 for 3), trim(both ' ' from c), position('a' in d), overlay(e placing 'x' from 1) FROM t",
  "SELECT value->>'percent', jsonb_path_query(value, '$.a'), value @> '{}', jsonb_array_elements(value) FROM custom_data",
  "SELECT pg_catalog.lower(a), random(), gen_random_uuid(), a ~* 'x', a LIKE 'x%' ESCAPE '#', a SIMILAR TO 'b' FROM t TABLESAMPLE SYSTEM (1)",
  'SELECT pg_sleep(1)',
  'SELECT * FROM deployments WHERE service = $service AND deployed_at > $since AND a = ANY($list)',
  "SELECT '$service', $$ $service $$, $t$ $x $t$ -- $y\n FROM t WHERE a = $1",
  'SELECT "update", "nextval" FROM "delete" WHERE insert = 1',
  "SELECT XMLELEMENT(name foo, a), JSON_OBJECT('k' VALUE 2) FROM t ORDER BY a FETCH FIRST 3 ROWS WITH TIES",
  'SELECT array_agg(a ORDER BY b), unnest(array[1,2]), generate_series(1, 3), ARRAY(SELECT 1), (ROW(1,2)).* FROM t',
];

/** And those that do anything else, with what is said of them. */
const changing: [string, RegExp][] = [
  ['update a set b = 1', /UPDATE is no reading/],
  ['select 1; drop table a', /more than one statement/],
  ['selection', /cannot read it: syntax error at or near "selection"/],
  ['SELECT a FROM', /cannot read it: syntax error at end of input/],
  ['', /no statement/],
  ['/* nothing */ ;', /no statement/],
  ['WITH d AS (DELETE FROM deployments RETURNING *) SELECT * FROM d', /DELETE is no reading/],
  ['WITH d AS (SELECT 1), e AS (INSERT INTO t SELECT 1 RETURNING 1) TABLE e', /INSERT is no reading/],
  ['WITH d AS (MERGE INTO a USING b ON a.i = b.i WHEN MATCHED THEN DELETE RETURNING *) TABLE d', /MERGE is no reading/],
  ['SELECT * INTO copies FROM deployments', /SELECT INTO makes a table/],
  ['SELECT * INTO TEMP copies FROM deployments', /SELECT INTO makes a table/],
  ['SELECT * FROM deployments FOR UPDATE', /lock what they read/],
  ['SELECT * FROM (SELECT * FROM deployments FOR KEY SHARE SKIP LOCKED) x', /lock what they read/],
  ['EXPLAIN ANALYZE DELETE FROM deployments', /DELETE is no reading/],
  ['EXPLAIN EXECUTE x', /EXECUTE is no reading/],
  ['EXPLAIN CREATE TABLE x AS SELECT 1', /CREATE TABLE AS is no reading/],
  ['CREATE TABLE x AS SELECT 1', /CREATE TABLE AS is no reading/],
  ["COPY (SELECT 1) TO PROGRAM 'sh'", /COPY is no reading/],
  ['DO $$ BEGIN DELETE FROM a; END $$', /DO is no reading/],
  ['CALL purge()', /CALL is no reading/],
  ['PREPARE p AS SELECT 1', /PREPARE is no reading/],
  ['SET ROLE admin', /VARIABLE SET is no reading/],
  ['DECLARE c CURSOR FOR SELECT 1', /DECLARE CURSOR is no reading/],
  ['NOTIFY x', /NOTIFY is no reading/],
  ['LOCK TABLE a', /LOCK is no reading/],
  ['REFRESH MATERIALIZED VIEW a', /is no reading/],
  ['BEGIN', /TRANSACTION is no reading/],
  ...[
    "nextval('s')",
    "setval('s', 1)",
    "pg_catalog.nextval('s')",
    'pg_advisory_lock(1)',
    'pg_try_advisory_xact_lock(1)',
    'pg_terminate_backend(1)',
    'pg_cancel_backend(1)',
    "set_config('role', 'admin', false)",
    "lo_import('/etc/passwd')",
    "pg_read_file('/etc/passwd')",
    "pg_ls_dir('.')",
    "pg_notify('a', 'b')",
    "query_to_xml('delete from a', true, true, '')",
    "pg_logical_emit_message(true, 'a', 'b')",
    "pg_create_restore_point('a')",
    'pg_stat_reset()',
    'txid_current()',
  ].map((call): [string, RegExp] => [
    `SELECT coalesce((SELECT max(x) FROM ${call} AS f(x)), 1)`,
    /the function \w+ does more than read/,
  ]),
  ['SELECT 1 ORDER BY (SELECT NEXTVAL($seq))', /the function nextval does more than read/],
];

/** A function that PostgreSQL does not bring may read or change. */
const unknown = [
  "SELECT dblink_exec('dbname=x', 'delete from a')",
  'SELECT custom.purge()',
  "SELECT custom.lower('a')",
  'SELECT "NEXTVAL"(\'s\')',
  'SELECT a OPERATOR(custom.+) b FROM t',
];

describe('what is sent as SQL', () => {
  it.each(reading)('reads: %s', async sql => {
    expect(await whyNotReading(sql, { strict: true })).toBeUndefined();
  });

  it.each(changing)('does not only read: %s', async (sql, said) => {
    expect(await whyNotReading(sql, { strict: false })).toMatch(said);
    expect(await whyNotReading(sql, { strict: true })).toMatch(said);
  });

  it.each(unknown)('may do anything, and is refused where nothing may change: %s', async sql => {
    expect(await whyNotReading(sql, { strict: false })).toBeUndefined();
    expect(await whyNotReading(sql, { strict: true })).toMatch(/is not one/);
  });

  it('ends neither parser nor server, however deep it is nested', async () => {
    const deep = [
      `SELECT ${'('.repeat(9_000)}1${')'.repeat(9_000)}`,
      `SELECT ${'f('.repeat(6_000)}1${')'.repeat(6_000)}`,
      `SELECT ${'1+'.repeat(9_000)}1`,
      `SELECT 1 ${'UNION SELECT 1 '.repeat(1_300)}`,
      `SELECT ${'CASE WHEN a THEN '.repeat(1_000)}1`,
    ];
    for (const sql of deep) {
      const why = await whyNotReading(sql, { strict: false });
      expect(why ?? 'nested too deep').toMatch(/nested too deep|memory exhausted|syntax error/);
      expect(await whyNotReading('SELECT 1', { strict: true })).toBeUndefined();
      expect(await whyNotReading('DELETE FROM a', { strict: true })).toMatch(/DELETE/);
    }
  });
});

describe('dx_run_query', () => {
  it('sends nothing that changes, and under --read-only nothing that might', async () => {
    const [free, bound] = [await dxWorld(), await dxWorld({ flags: { read_only: true, toolsets: undefined } })];
    const sql = 'WITH d AS (DELETE FROM deployments RETURNING *) SELECT * FROM d';
    for (const world of [free, bound]) {
      const { text } = await world.callTool('dx_run_query', { sql });
      expect(text).toMatch(
        /^(bad_arguments|read_only): The statement was not sent: DELETE is no reading\.\nNext: Give one/,
      );
    }
    expect([...free.sent('studio.queryRuns.execute'), ...bound.sent('studio.queryRuns.execute')]).toEqual([]);
    const own = { sql: 'SELECT custom.purge()' };
    expect((await bound.callTool('dx_run_query', own)).text).toMatch(
      /^read_only: The statement was not sent: the func/,
    );
  });
});
