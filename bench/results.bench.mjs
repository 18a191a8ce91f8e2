// Stored results: a filter, a group-by and a page over 5 million rows against DuckDB called directly on Parquet of the
// same types, what other callers notice of it, and storing a CSV against what DuckDB alone takes to make Parquet of it.
import { createReadStream, mkdirSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DuckDBInstance } from '@duckdb/node-api';
import { importSource } from '../scripts/source.mjs';
import { median, quantile, say } from './baseline/measure.mjs';
import { callTool, inNewHome, opened, program } from './baseline/world.mjs';

const rounds = Number(process.env.ROUNDS ?? 9);
const rows = 5_000_000;

/** Lines of `count` intervals of 400 holes, in pieces. */
async function* intervals(count) {
  yield Buffer.from('hole_id,depth_from,depth_to,rqd_percent,logged\r\n');
  for (let row = 0; row < count; ) {
    let text = '';
    for (; row < count && text.length < 1_000_000; row++) {
      const from = Math.floor(row / 400) * 0.5;
      const rqd = row % 97 === 0 ? '' : ((row * 7919) % 10_000) / 100;
      const day = `2025-0${1 + (row % 9)}-1${row % 9}`;
      text += `DH${String(row % 400).padStart(4, '0')},${from},${from + 0.5},${rqd},${day}\r\n`;
    }
    yield Buffer.from(text);
  }
}

const grouped = from => `SELECT hole_id, avg(rqd_percent) AS rqd, count(*) AS n
  FROM ${from} WHERE depth_from > 100 GROUP BY hole_id ORDER BY hole_id`;
const filtered = from => `SELECT count(*) AS n, max(depth_to) AS deepest FROM ${from} WHERE rqd_percent < 5`;

async function storeOf(directory) {
  const { openResultStore } = await importSource('src/results/store/store.ts');
  const { systemClock } = await importSource('src/base/clock.ts');
  return openResultStore({ directory, clock: systemClock() });
}

const source = { operation: 'bench', arguments: {}, at: '2026-11-21' };

async function queries({ home, env }) {
  const directory = join(home, 'results');
  const store = await storeOf(directory);
  const result = await store.write({ ...origin, name: 'intervals' }, { bytes: intervals(rows) });
  const context = await contextOf(store);
  await context.writeColumnarForm(result);
  const { parquet } = await store.table(result);
  const server = await opened([program, '--sandbox', '--results-dir', directory], env);
  const call = (name, args) => callTool(server, name, args);

  const start = performance.now();
  await call('query_result', { sql: `SELECT 1 AS one FROM "${result.uri}" LIMIT 1` });
  say({
    what: 'first query of a server, one row: process, DuckDB and all',
    unit: 'ms',
    value: performance.now() - start,
  });

  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  for (const [what, sql] of Object.entries({ filter: filtered, 'group-by': grouped })) {
    const [direct, here] = [[], []];
    for (let round = 0; round <= rounds; round++) {
      const began = performance.now();
      await (await connection.runAndReadAll(sql(`'${parquet}'`))).getRowObjects();
      const between = performance.now();
      await call('query_result', { sql: sql(`"${result.uri}"`) });
      const after = performance.now();
      // The server makes its next process ready meanwhile; it must not do that in anybody's time.
      await wait(1_000);
      if (round > 0) {
        direct.push(between - began);
        here.push(after - between);
      }
    }
    const [value, baseline] = [median(here), median(direct)];
    say({
      what: `${what} over ${rows / 1e6} million stored rows, without 250 ms for its process (baseline: DuckDB on Parquet)`,
      unit: 'ms',
      value,
      baseline,
      ratio: Math.max(0, value - 250) / baseline,
      bound: 1.5,
    });
  }
  await pageFarDown(call, connection, { uri: result.uri, parquet });
  await rowsForPages(call, connection, { uri: result.uri, parquet });
  await meanwhile(call, server, grouped(`"${result.uri}"`));
  await server.close();
}

/** 100 rows near the end. */
async function pageFarDown(call, connection, { uri, parquet }) {
  const offset = rows - 100_000;
  const [direct, here] = [[], []];
  for (let round = 0; round <= rounds; round++) {
    direct.push(await timed(() => connection.runAndReadAll(`FROM '${parquet}' LIMIT 100 OFFSET ${offset}`)));
    here.push(await timed(() => call('read_result', { result: uri, offset, limit: 100 })));
  }
  const [value, baseline] = [median(here.slice(1)), median(direct.slice(1))];
  say({
    what: `100 rows at offset ${offset}, without 50 ms (baseline: DuckDB's LIMIT and OFFSET on Parquet)`,
    unit: 'ms',
    value,
    baseline,
    ratio: Math.max(0, value - 50) / baseline,
    bound: 1.5,
  });
}

/** 200 rows for a page: the first, and at any place, as they are stored and in an order that leaves no two equal. */
async function rowsForPages(call, connection, { uri, parquet }) {
  const order = 'rqd_percent NULLS LAST, hole_id, depth_from';
  const sort = ['rqd_percent', 'hole_id', 'depth_from'].map(column => ({ column }));
  const places = [
    ['the first 200 rows', '', 0, undefined],
    ['200 rows at any place', '', undefined, undefined],
    ['the first 200 rows in an order', `ORDER BY ${order}`, 0, sort],
    ['200 rows at any place of an order', `ORDER BY ${order}`, undefined, sort],
  ];
  for (const [what, by, fixed, keys] of places) {
    const [direct, here] = [[], []];
    for (let round = 0; round <= rounds; round++) {
      // Another place each time, so that nothing is there from before.
      const offset = fixed ?? Math.floor((rows - 200) * ((round * 0.37 + 0.11) % 1));
      direct.push(await timed(() => connection.runAndReadAll(`FROM '${parquet}' ${by} LIMIT 200 OFFSET ${offset}`)));
      here.push(await timed(() => call('view_rows', { result: uri, offset, limit: 200, ...(keys && { sort: keys }) })));
    }
    const [value, baseline] = [median(here.slice(1)), median(direct.slice(1))];
    say({
      what: `view_rows, ${what} of ${rows / 1e6} million, without 50 ms (baseline: DuckDB on Parquet)`,
      unit: 'ms',
      value,
      baseline,
      ratio: Math.max(0, value - 50) / baseline,
      bound: 1.5,
    });
  }
}

/** Other calls while a query runs. */
async function meanwhile(call, server, sql) {
  const others = { 'read_result of 20 rows': null, 'tools/list': () => server.request('tools/list') };
  const small = await call('query_result', { sql: `${sql} LIMIT 50` });
  const uri = small.structuredContent.result.uri;
  others['read_result of 20 rows'] = () => call('read_result', { result: uri, limit: 20 });
  for (const [name, one] of Object.entries(others)) {
    const quiet = [];
    for (let turn = 0; turn < 40; turn++) quiet.push(await timed(one));
    const busy = [];
    let running = true;
    const query = call('query_result', { sql }).finally(() => {
      running = false;
    });
    while (running) {
      busy.push(await timed(one));
      await wait(20);
    }
    await query;
    const [value, baseline] = [quantile(busy, 0.95), quantile(quiet, 0.95)];
    say({
      what: `${name} while a query runs, p95 (baseline: quiet)`,
      unit: 'ms',
      value,
      baseline,
      ratio: value / baseline,
    });
  }
}

async function timed(one) {
  const start = performance.now();
  await one();
  return performance.now() - start;
}

/** 250,000 rows, already on the disk, into the store; and the same bytes through a stream that parses nothing. */
async function storing({ home }) {
  const directory = join(home, 'store');
  mkdirSync(directory);
  const store = await storeOf(directory);
  const file = join(home, 'export.csv');
  const handle = await open(file, 'w');
  for await (const piece of intervals(250_000)) await handle.writeFile(piece);
  await handle.close();
  const copy = async () => {
    const out = await open(join(home, 'copy.csv'), 'w');
    for await (const piece of createReadStream(file)) await out.writeFile(piece);
    await out.sync();
    await out.close();
  };
  const [copied, stored] = [[], []];
  for (let round = 0; round <= rounds; round++) {
    const began = performance.now();
    await copy();
    const between = performance.now();
    await store.write({ ...origin, key: 'bench' }, { bytes: createReadStream(file) });
    if (round > 0) {
      copied.push(between - began);
      stored.push(performance.now() - between);
    }
  }
  const mib = statSync(file).size / 2 ** 20;
  const [value, baseline] = [median(stored), median(copied)];
  say({
    what: `storing 250,000 rows of CSV, ${mib.toFixed(0)} MiB (baseline: copying the bytes)`,
    unit: 'ms',
    value,
    baseline,
    ratio: value / baseline,
    bound: 1 / 0.6,
  });
}

/** What writes columnar forms, as the server does it behind an answer. */
async function contextOf(results) {
  const { writeColumnarForm } = await importSource('src/results/query/query.ts', 'dist');
  const { systemClock } = await importSource('src/base/clock.ts');
  const context = { results, clock: systemClock(), signal: new AbortController().signal };
  return { writeColumnarForm: result => writeColumnarForm(result, context) };
}

const columnar = `FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2`;
const options = `header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', nullstr = ''`;

/** 2 million rows into the store, right for rows and figures, and then for SQL; and the room that three tables take. */
async function columns({ home }) {
  const directory = join(home, 'columns');
  mkdirSync(directory);
  const store = await storeOf(directory);
  const { writeColumnarForm } = await contextOf(store);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const types = ['VARCHAR', 'DECIMAL(5,1)', 'DECIMAL(5,1)', 'DECIMAL(4,2)', 'DATE'];
  const names = ['hole_id', 'depth_from', 'depth_to', 'rqd_percent', 'logged'];
  const spec = names.map((name, at) => `'${name}': '${types[at]}'`).join(', ');
  const file = join(home, 'two-million.csv');
  await written(file, intervals(2_000_000));
  const source = `SELECT * FROM read_csv('${file}', columns = {${spec}}, ${options})`;
  const [direct, readable, whole] = [[], [], []];
  for (let round = 0; round <= Math.min(rounds, 4); round++) {
    const began = performance.now();
    await connection.run(`COPY (${source}) TO '${file}.parquet' (${columnar})`);
    const between = performance.now();
    const result = await store.write({ ...origin, key: 'columns' }, { bytes: createReadStream(file) });
    const stored = performance.now();
    await writeColumnarForm(result);
    if (round === 0) continue;
    direct.push(between - began);
    readable.push(stored - between);
    whole.push(performance.now() - between);
  }
  const what = 'storing 2 million rows of CSV, 68 MiB';
  const baseline = median(direct);
  const alone = "(baseline: DuckDB's CSV to Parquet)";
  for (const [until, times] of Object.entries({ 'rows and figures': readable, SQL: whole })) {
    const value = median(times);
    say({
      what: `${what}, until ready for ${until} ${alone}`,
      unit: 'ms',
      value,
      baseline,
      ratio: value / baseline,
      bound: 1.5,
    });
  }
  const tables = {
    'a strip log': intervals(1_000_000),
    '30 columns of random decimals': decimals(80_000),
    'long texts': texts(60_000),
  };
  for (const [name, bytes] of Object.entries(tables)) {
    const result = await store.write({ ...origin, key: name }, { bytes });
    await writeColumnarForm(result);
    await store.pack(result);
    const { parquet, path } = await store.table(result);
    const [canonical, original] = [statSync(parquet).size, statSync(path).size];
    const baseline = result.bytes;
    say({
      what: `bytes of the columnar form of ${name} (baseline: its CSV)`,
      unit: 'bytes',
      value: canonical,
      baseline,
      ratio: canonical / baseline,
      bound: 1 / 3,
    });
    say({
      what: `bytes of the columnar form of ${name} and of what arrived, compressed (baseline: its CSV)`,
      unit: 'bytes',
      value: canonical + original,
      baseline,
      ratio: (canonical + original) / baseline,
      bound: 0.7,
    });
  }
}

const origin = { name: 'export', mediaType: 'text/csv', source };

async function written(path, pieces) {
  const handle = await open(path, 'w');
  for await (const piece of pieces) await handle.writeFile(piece);
  await handle.close();
}

/** The same numbers in every run. */
function chance(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

async function* decimals(count) {
  const next = chance(7);
  yield Buffer.from(`${Array.from({ length: 30 }, (_, at) => `c${at}`).join(',')}\n`);
  for (let row = 0; row < count; row += 1_000) {
    const line = () =>
      Array.from({ length: 30 }, (_, at) => (next() * (at % 3 ? 100 : 1_000)).toFixed(2 + (at % 4))).join(',');
    yield Buffer.from(Array.from({ length: 1_000 }, () => `${line()}\n`).join(''));
  }
}

const words =
  'massive sulphide chalcopyrite veins sheared altered quartz carbonate strong foliation contact broken core grey pale'.split(
    ' ',
  );

async function* texts(count) {
  const next = chance(11);
  const note = () =>
    Array.from({ length: 20 + Math.floor(next() * 60) }, () => words[Math.floor(next() * words.length)]).join(' ');
  yield Buffer.from('hole,from,to,note\n');
  for (let row = 0; row < count; row += 1_000) {
    const lines = Array.from(
      { length: 1_000 },
      (_, at) => `Q${(row + at) % 300},${row + at},${row + at + 1},"${note()}, end ${Math.floor(next() * 1e6)}"\n`,
    );
    yield Buffer.from(lines.join(''));
  }
}

await inNewHome(storing);
await inNewHome(columns);
await inNewHome(queries);
process.exit();
