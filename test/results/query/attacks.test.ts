import { readdir, readFile, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { lockedConnection, permit } from '../../../src/results/query/engine.ts';
import { storeQuery, writeColumnarForm } from '../../../src/results/query/query.ts';
import { freshStore, origin, pieces } from '../../support/folder.ts';

/** A statement that must not run, and what the refusal says. `@` is the handle, `$` the data file of the result. */
const attacks: [what: string, sql: string, said: RegExp][] = [
  ['a file by function', `SELECT * FROM read_csv('/etc/passwd'), "@"`, /read_csv\(\.\.\.\) is not allowed/],
  ['a file by text', `SELECT * FROM read_text('/etc/passwd'), "@"`, /read_text\(\.\.\.\) is not allowed/],
  ['a file by name', `SELECT * FROM '/etc/passwd', "@"`, /no table "\/etc\/passwd"/],
  ['a file by glob', `SELECT * FROM glob('/etc/*'), "@"`, /glob\(\.\.\.\) is not allowed/],
  ['its own file as bytes', `SELECT * FROM read_blob('$'), "@"`, /read_blob\(\.\.\.\) is not allowed/],
  ['its own file by name', `SELECT * FROM '$', "@"`, /no table/],
  ['a file below a subquery', `SELECT (SELECT max(content) FROM read_text('/etc/passwd')) FROM "@"`, /read_text/],
  ['a file in a CTE', `WITH x AS (FROM read_csv('/etc/passwd')) FROM x, "@"`, /read_csv/],
  ['a file by a statement in a text', `SELECT * FROM query('FROM read_text(''/etc/passwd'')'), "@"`, /query\(\.\.\.\)/],
  ['a table by a name in a text', `SELECT * FROM query_table('duckdb_settings'), "@"`, /query_table\(\.\.\.\)/],
  ['the network', `SELECT * FROM read_csv('http://127.0.0.1:#/x.csv'), "@"`, /read_csv\(\.\.\.\) is not allowed/],
  ['the network by name', `SELECT * FROM 'http://127.0.0.1:#/x.parquet', "@"`, /no table "http/],
  ['COPY to a file', `COPY (FROM "@") TO '/tmp/data-platforms-attack.csv'`, /Only a SELECT/],
  ['COPY over its own file', `COPY (FROM "@") TO '$'`, /Only a SELECT/],
  ['COPY over its own file at once', `COPY (FROM "@") TO '$' (USE_TMP_FILE false)`, /Only a SELECT/],
  ['COPY behind a SELECT', `SELECT 1 FROM "@"; COPY (SELECT 1) TO '$'`, /Only a SELECT/],
  ['two statements', `SELECT 1 FROM "@"; SELECT 2`, /It has 2 statements/],
  ['EXPORT DATABASE', `EXPORT DATABASE '/tmp/data-platforms-attack' -- "@"`, /Only a SELECT/],
  ['ATTACH', `ATTACH '/tmp/data-platforms-attack.db' AS x -- "@"`, /Only a SELECT/],
  ['INSTALL', `INSTALL httpfs -- "@"`, /Only a SELECT/],
  ['LOAD', `LOAD httpfs -- "@"`, /Only a SELECT/],
  ['SET', `SET enable_external_access = true -- "@"`, /Only a SELECT/],
  ['RESET', `RESET lock_configuration -- "@"`, /Only a SELECT/],
  ['PRAGMA', `PRAGMA database_list -- "@"`, /Only a SELECT/],
  ['CALL', `CALL pragma_version() -- "@"`, /Only a SELECT/],
  ['a pragma as a table', `SELECT * FROM pragma_database_size(), "@"`, /pragma_database_size\(\.\.\.\)/],
  ['settings as a table', `SELECT * FROM duckdb_settings(), "@"`, /duckdb_settings\(\.\.\.\)/],
  ['settings as a view', `SELECT * FROM duckdb_settings, "@"`, /no table "duckdb_settings"/],
  ['one setting', `SELECT current_setting('allowed_paths') FROM "@"`, /current_setting\(\.\.\.\)/],
  ['paths of views', `SELECT sql FROM duckdb_views(), "@"`, /duckdb_views\(\.\.\.\)/],
  ['the catalogue', `SELECT * FROM information_schema.tables, "@"`, /no table "tables"/],
  ['SQLite names of it', `SELECT * FROM sqlite_master, "@"`, /no table "sqlite_master"/],
  ['secrets', `SELECT * FROM duckdb_secrets(), "@"`, /duckdb_secrets\(\.\.\.\)/],
  ['the environment', `SELECT getenv('HOME') FROM "@"`, /getenv\(\.\.\.\) is not allowed/],
  ['a variable', `SELECT getvariable('x') FROM "@"`, /getvariable\(\.\.\.\)/],
  ['a log', `SELECT write_log('x') FROM "@"`, /write_log\(\.\.\.\)/],
  ['DROP', `DROP VIEW "@"`, /Only a SELECT/],
  ['CREATE', `CREATE TABLE x AS FROM "@"`, /Only a SELECT/],
  ['INSERT', `INSERT INTO "@" VALUES (1)`, /Only a SELECT/],
  ['UPDATE', `UPDATE "@" SET a = 1`, /Only a SELECT/],
  ['INSERT in a CTE', `WITH x AS (INSERT INTO "@" VALUES (1) RETURNING *) FROM x`, /no valid SQL/],
  ['a macro', `CREATE MACRO f() AS 1 -- "@"`, /Only a SELECT/],
  ['tables that are there', `FROM (SHOW ALL TABLES), "@"`, /Only a SELECT/],
];

/** What the lock of the engine does not stop: it only tells of the engine, or ends with it. */
const unlocked = new Set([
  'its own file as bytes',
  'its own file by name',
  'COPY over its own file at once',
  'two statements',
  'PRAGMA',
  'CALL',
  'a pragma as a table',
  'settings as a table',
  'one setting',
  'paths of views',
  'the catalogue',
  'SQLite names of it',
  'a variable',
  'a log',
  'DROP',
  'CREATE',
  'a macro',
  'tables that are there',
]);

async function openWorld() {
  const { store, clock } = await freshStore();
  const asked: string[] = [];
  const web = createServer(({ url }, response) => {
    asked.push(url ?? '');
    response.end('a,b\n666,666\n');
  });
  await new Promise<void>(resolve => web.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void web.close());
  const result = await store.write(origin(), { bytes: pieces('a,b\n1,x\n2,y\n') });
  const { signal } = new AbortController();
  await writeColumnarForm(result, { results: store, clock, signal });
  const { parquet = '', columns } = await store.table(result);
  const file = parquet;
  const { port } = web.address() as AddressInfo;
  const fill = (sql: string) => sql.replaceAll('@', result.uri).replaceAll('$', file).replaceAll('#', String(port));
  const state = async () => ({
    text: await readFile(file, 'utf8'),
    changed: (await stat(file)).mtimeMs,
    files: await readdir(join(file, '..')),
    outside: (await readdir(tmpdir())).filter(name => name.startsWith('data-platforms-attack')),
    asked,
  });
  const tables = [{ uri: result.uri, parquet, columns }];
  const connection = await lockedConnection({ tables, memoryMib: 256, threads: 1 });
  return { fill, state, connection, context: { results: store, clock, signal } };
}

describe('a statement gets nothing but the results it names', () => {
  test('because everything else is refused before it runs', async () => {
    const { fill, connection } = await openWorld();
    for (const [what, sql, said] of attacks) {
      const fault = { code: 'bad_arguments', message: expect.stringMatching(said) };
      await expect(permit(connection, fill(sql)), what).rejects.toMatchObject(fault);
    }
    await expect(permit(connection, fill('SELECT * FROM "@"'))).resolves.toBeUndefined();
  });

  test('because the engine is locked, were it run', async () => {
    const { fill, state, connection } = await openWorld();
    const before = await state();
    for (const [what, sql] of attacks.filter(([what]) => !unlocked.has(what))) {
      const run = connection.runAndReadAll(fill(sql));
      await expect(run, what).rejects.toThrow(/Permission|Cannot change configuration|Catalog|Parser|Binder/);
      expect(await state(), what).toEqual(before);
    }
    expect((await connection.runAndReadAll(fill('SELECT sum(a)::INT FROM "@"'))).getRows()).toEqual([[3]]);
  });

  test('through the server', async () => {
    const { fill, state, context } = await openWorld();
    const before = await state();
    for (const sql of [`FROM read_csv('/etc/passwd'), "@"`, `COPY (FROM "@") TO '$'`]) {
      await expect(storeQuery(fill(sql), context)).rejects.toMatchObject({
        code: 'bad_arguments',
        hint: expect.stringContaining('Give one SELECT'),
      });
    }
    expect(await state()).toEqual(before);
  });
});
