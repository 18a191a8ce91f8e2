import { describe, expect, it } from 'vitest';
import { schemaTables } from '../../../src/providers/dx/schema.ts';
import { feedToken } from '../../../src/providers/dx/simulator/seed/seed.ts';
import { createResources } from '../../../src/resources/registry.ts';
import { dxWorld } from '../../support/dx-world.ts';

type Row = Record<string, unknown>;
interface Stored {
  uri: string;
  rows: number;
  columns: { name: string; type: string }[];
}

const perService = 'SELECT service, count(*) AS deployments FROM deployments GROUP BY service ORDER BY service';

type Call = Awaited<ReturnType<typeof dxWorld>>['callTool'];

async function firstRows(call: Call, sql: string): Promise<[Row, ...Row[]]> {
  const { data } = await call('dx_run_query', { sql });
  const { items } = (await call('read_result', { result: (data['result'] as Stored).uri, limit: 100 })).data;
  return items as [Row, ...Row[]];
}

describe('a query', () => {
  it('waits, and answers a table that is fetched from another origin without the token', async () => {
    const { callTool, state, dx, seed } = await dxWorld();
    const seen = await callTool('dx_run_query', { sql: perService });
    expect(seen.data['run']).toEqual({
      uri: expect.stringMatching(/^dx:\/\/query-runs\/[a-z0-9]{12}$/),
      status: 'succeeded',
      vendor_status: 'succeeded',
      final: true,
    });
    const counts = new Map<string, number>();
    for (const { service } of seed.deployments.values())
      counts.set(service.identifier, (counts.get(service.identifier) ?? 0) + 1);
    const sorted = [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1));
    const rows = sorted.map(([service, deployments]) => ({ service, deployments }));
    expect(seen.data).toMatchObject({ items: rows, page: { total: rows.length, complete: true } });
    expect(seen.text).toContain(`\nAll ${rows.length} rows.\nStored as result://`);
    const stored = seen.data['result'] as Stored;
    expect((await callTool('read_result', { result: stored.uri, limit: 100 })).data['items']).toEqual(rows);
    const lines = dx.requests.map(({ site, target, status }) => `${site} ${target.split('?', 1)[0]} ${status}`);
    expect([lines[0], ...lines.slice(-2)]).toEqual([
      'web /studio.queryRuns.execute 202',
      'web /studio.queryRuns.results 303',
      expect.stringMatching(/^storage \/dx-results\/[a-z0-9]{12}\.csv 200$/),
    ]);
    expect(new Set(lines.slice(1, -2))).toEqual(new Set(['web /studio.queryRuns.info 200']));
    expect(state.leaks).toEqual([]);
  });

  it('may find more than the 1,000 rows that the vendor answers at once', async () => {
    const { callTool } = await dxWorld();
    const { data } = await callTool('dx_run_query', { sql: 'SELECT number, title, merged FROM github_pulls' });
    expect(data['result']).toMatchObject({ rows: 25_000, kind: 'table' });
    const { items } = (await callTool('read_result', { result: (data['result'] as Stored).uri, offset: 24_998 })).data;
    expect(items).toHaveLength(2);
  });

  it('of one column keeps the rows that have no value', async () => {
    const { callTool } = await dxWorld();
    const { data } = await callTool('dx_run_query', { sql: 'SELECT merged FROM pull_requests LIMIT 60' });
    const items = data['items'] as Row[];
    expect(items).toHaveLength(60);
    expect(items.filter(({ merged }) => merged === null)).toHaveLength(46);
  });

  it('is fetched once, and known by its URI', async () => {
    const { callTool, server, sent } = await dxWorld();
    const { data } = await callTool('dx_run_query', { sql: perService });
    const { uri } = data['run'] as Row;
    const again = await callTool('dx_get_query_results', { query_run: uri });
    expect(again.data['result']).toEqual(data['result']);
    expect(sent('studio.queryRuns.results')).toHaveLength(1);
    const { contents } = await createResources(server.shared, server.tools).read(String(uri));
    expect(JSON.parse((contents[0] as { text: string }).text)).toMatchObject({ status: 'succeeded' });
  });

  it('has variables, with or without their sign', async () => {
    const { callTool } = await dxWorld();
    const sql = 'SELECT count(*) AS n FROM deployments WHERE service = $service AND environment IN ($where)';
    const first = async (variables: Row) => {
      const { data } = await callTool('dx_run_query', { sql, variables });
      const { items } = (await callTool('read_result', { result: (data['result'] as Stored).uri })).data;
      return (items as [{ n: number }])[0].n;
    };
    const count = await first({ service: 'booking-api', where: ['production', 'staging'] });
    expect(count).toBeGreaterThan(100);
    expect(await first({ $service: 'booking-api', $where: 'production' })).toBe(count);
    expect(await first({ service: 'nothing', where: ['production'] })).toBe(0);
  });

  it.each([
    [
      'SELECT service FROM deploymets',
      'relation "deploymets" does not exist',
      /^Did you mean deployments \(id, reference_id, .*\)\? https:/,
    ],
    [
      'SELECT deployedat FROM deployments',
      'column "deployedat" does not exist',
      /^Did you mean deployed_at, a column of deployments\? https:/,
    ],
    ["SELECT 'a'::int", 'invalid input syntax for type integer: "a"', /^https:/],
  ])('%s is an error with the reason of the database and near names', async (sql, reason, next) => {
    const { callTool } = await dxWorld();
    const { isError, text } = await callTool('dx_run_query', { sql });
    expect(isError).toBe(true);
    const [first, hint = ''] = text.split('\nNext: ');
    expect(first).toBe(`bad_arguments: DX could not run the query: ${reason}`);
    expect(hint).toMatch(next);
  });

  it('that takes too long for the platform says so', async () => {
    const { callTool, clock } = await dxWorld();
    const { data } = await callTool('dx_run_query', { sql: 'SELECT pg_sleep(70) FROM deployments LIMIT 1' });
    expect(data['run']).toMatchObject({ status: 'running', final: false });
    const { uri } = data['run'] as Row;
    expect(data['next']).toBe(`wait_for_run {"run":"${String(uri)}","wait_seconds":50}`);
    await clock.advance(30_000);
    expect((await callTool('wait_for_run', { run: uri })).text).toMatch(
      /^timed_out: DX stopped the query: Query timeout\.\nNext: Filter earlier/,
    );
  });

  it('joins, names parts, tells cases apart, counts by condition and looks over windows', async () => {
    const { callTool } = await dxWorld();
    const sql = `
      WITH recent AS (SELECT * FROM deployments WHERE deployed_at >= now() - interval '30 days')
      SELECT s.identifier, count(*) FILTER (WHERE r.success) AS good, count(*) - count(*) FILTER (WHERE r.success) AS bad,
        CASE WHEN count(*) >= 20 THEN 'often' ELSE 'seldom' END AS pace, rank() OVER (ORDER BY count(*) DESC) AS place
      FROM recent r JOIN deployment_services s ON s.id = r.deployment_service_id
      GROUP BY s.identifier ORDER BY place, s.identifier`;
    const { data } = await callTool('dx_run_query', { sql });
    const items = data['items'] as { good: number; bad: number; pace: string; place: number }[];
    expect(items[0]).toMatchObject({ pace: 'often', place: 1 });
    for (const { good, bad, pace } of items) expect(pace).toBe(good + bad >= 20 ? 'often' : 'seldom');
    const [{ total }] = await firstRows(
      callTool,
      `SELECT count(*) AS total FROM deployments
      WHERE deployed_at >= now() - interval '30 days'`,
    );
    expect(items.reduce((sum, { good, bad }) => sum + good + bad, 0)).toBe(total);
  });

  it('finds each table of the vendor with its columns, and the people behind an incident', async () => {
    const { callTool } = await dxWorld();
    const sql = `SELECT table_name, string_agg(column_name, ' ' ORDER BY ordinal_position) AS names
      FROM information_schema.columns WHERE table_schema = 'public' GROUP BY table_name`;
    const found = (await firstRows(callTool, sql)).map(({ table_name, names }) => [
      table_name,
      String(names).split(' '),
    ]);
    expect(Object.fromEntries(found)).toEqual(schemaTables);
    const [owned] = await firstRows(
      callTool,
      `SELECT i.name, s.identifier FROM incidents i
      JOIN incident_services s ON s.incident_id = i.id ORDER BY i.started_at DESC LIMIT 1`,
    );
    expect(String(owned?.['name'])).toContain(String(owned?.['identifier']));
  });

  it.each(['DELETE FROM deployments', 'select 1; select 2', "/* select */ INSERT INTO x VALUES ('select')"])(
    '%s is refused before it is sent',
    async sql => {
      const { callTool, sent } = await dxWorld();
      expect((await callTool('dx_run_query', { sql })).text).toMatch(/^bad_arguments: The statement was not sent: /);
      expect(sent('studio.queryRuns.execute')).toHaveLength(0);
    },
  );

  it('is looked at no more than ten times in five seconds, however many wait', async () => {
    const { callTool, state, sent } = await dxWorld();
    state.queries = { ...state.queries, runMs: 15_000, runningWord: 'started' };
    const { data } = await callTool('dx_run_query', { sql: perService, wait_seconds: 0 });
    const run = (data['run'] as Row)['uri'];
    const waiting = Array.from({ length: 12 }, () => callTool('wait_for_run', { run, wait_seconds: 40 }));
    for (const { data: told } of await Promise.all(waiting)) {
      expect(told['run']).toMatchObject({ status: 'succeeded' });
      expect(told['items']).toHaveLength(18);
    }
    expect(sent('studio.queryRuns.results').length).toBeGreaterThan(0);
    const looks = sent('studio.queryRuns.info');
    expect(looks.every(({ status }) => status === 200)).toBe(true);
    const most = Math.max(...looks.map(({ at }) => looks.filter(two => two.at >= at && two.at < at + 5000).length));
    expect(most).toBe(10);
  });

  it('asked for too early says how to wait, and too late how to repeat', async () => {
    const { callTool, clock } = await dxWorld();
    const { data } = await callTool('dx_run_query', { sql: perService, wait_seconds: 0 });
    const { uri } = data['run'] as Row;
    expect((await callTool('dx_get_query_results', { query_run: uri })).text).toMatch(
      new RegExp(
        `^conflict: DX refused .*execution_not_complete.*\\nNext: Call wait_for_run \\{"run":"${String(uri)}"\\}`,
      ),
    );
    await clock.advance(31 * 86_400_000);
    expect((await callTool('dx_get_query_run', { query_run: uri })).data).toMatchObject({ status: 'expired' });
    expect((await callTool('wait_for_run', { run: uri })).data['run']).toMatchObject({
      status: 'failed',
      vendor_status: 'expired',
      notes: ['Its results are gone: run the query again.'],
    });
    expect((await callTool('dx_get_query_results', { query_run: uri })).text).toMatch(
      /^not_found: .*\nNext: DX keeps results for 30 days/,
    );
  });

  it('runs on a server that only reads, and needs a token that may', async () => {
    const { server, callTool, state } = await dxWorld({ flags: { read_only: true, toolsets: undefined } });
    const found = (await server.tools.list()).filter(({ name }) => name.startsWith('dx_'));
    expect(found.every(({ annotations }) => annotations?.readOnlyHint === true)).toBe(true);
    expect(found.map(({ name }) => name)).toContain('dx_run_query');
    state.tokens.get(state.names.organization)?.scopes.delete('datacloud:query');
    expect((await callTool('dx_run_query', { sql: perService })).text).toMatch(/^missing_scope: /);
  });
});

describe('a data feed', () => {
  it('is read as rows, with variables', async () => {
    const { callTool, sent } = await dxWorld();
    const every = { feed_token: feedToken, variables: { service: '%' } };
    const { data } = await callTool('dx_read_datafeed', { ...every, limit: 15 });
    expect(data['page']).toMatchObject({ returned: 15, total: 18, complete: false });
    const { next } = data['page'] as Row;
    expect((await callTool('dx_read_datafeed', { ...every, cursor: next })).data['items']).toHaveLength(3);
    const one = await callTool('dx_read_datafeed', {
      feed_token: feedToken,
      columns: ['service', 'deployments'],
      variables: { $service: 'booking-api' },
    });
    expect(one.data).toMatchObject({
      items: [{ service: 'booking-api', deployments: expect.any(Number) }],
      page: { total: 1, complete: true },
    });
    expect(sent('queries.datafeed').at(-1)?.target).toContain('columns=service,deployments&var-service=booking-api');
  });

  it('that is full does not pass for whole', async () => {
    const { callTool, seed } = await dxWorld();
    seed.feeds.set('all', 'SELECT number, title FROM github_pulls');
    const { data } = await callTool('dx_read_datafeed', { feed_token: 'all', limit: 'all' });
    expect(data['page']).toEqual({ returned: 1000, total: null, complete: false, next: null });
    const stored = await callTool('read_result', { result: (data['result'] as Stored).uri, limit: 1 });
    expect(stored.data['page']).toMatchObject({ total: 1000 });
  });

  it('keeps its token to itself', async () => {
    const { callTool, seed, server } = await dxWorld();
    seed.feeds.set('feed-of-somebody', 'SELECT number, title FROM github_pulls');
    const seen = await callTool('dx_read_datafeed', { feed_token: 'feed-of-somebody', limit: 'all' });
    const [result] = await server.shared.results.list();
    expect(result?.source.arguments).toEqual({ feed_token: '[hidden]', limit: 'all' });
    expect(JSON.stringify(seen.raw)).not.toContain('feed-of-somebody');
  });
});

describe('the tables of the Data Studio', () => {
  it('are listed in one call, and each column and join of them can be asked for', async () => {
    const { call, callRows } = await dxWorld();
    const { text, usage } = await call('list_tables');
    expect(text).toMatch(/^All \d+ tables\./);
    expect(usage.requests).toBe(0);
    const tables = await callRows('list_tables');
    for (const { table, columns } of tables)
      await call('run_query', { sql: `SELECT ${String(columns).replaceAll(' ', ', ')} FROM ${String(table)} LIMIT 1` });
    const joins = tables.flatMap(({ table, joins: all }) =>
      String(all)
        .split('; ')
        .filter(Boolean)
        .map(join => ({ table: String(table), join })),
    );
    expect(joins.length).toBeGreaterThan(8);
    for (const { table, join } of joins) {
      const other = /= (\w+)\./.exec(join)?.[1];
      await call('run_query', {
        sql: `SELECT count(*) FROM ${table} AS a JOIN ${other} AS b ON a.${join.replace(`${other}.`, 'b.')}`,
      });
    }
  });
});
