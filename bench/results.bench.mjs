// Stored results: a filter and a group-by over 5 million rows against DuckDB called directly on the same file, what other
// callers notice of it, and storing a CSV against copying its bytes.
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
  const origin = { name: 'intervals', mediaType: 'text/csv', source };
  const result = await store.write(origin, { bytes: intervals(rows) });
  const path = await store.path(result);
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
      await (await connection.runAndReadAll(sql(`'${path}'`))).getRowObjects();
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
      what: `${what} over ${rows / 1e6} million stored rows (baseline: DuckDB called directly on the same file)`,
      unit: 'ms',
      value,
      baseline,
      ratio: value / baseline,
      bound: 1.3,
    });
  }
  await meanwhile(call, server, grouped(`"${result.uri}"`));
  await server.close();
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
  const origin = { name: 'export', mediaType: 'text/csv', source, key: 'bench' };
  const [copied, stored] = [[], []];
  for (let round = 0; round <= rounds; round++) {
    const began = performance.now();
    await copy();
    const between = performance.now();
    await store.write(origin, { bytes: createReadStream(file) });
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

await inNewHome(storing);
await inNewHome(queries);
process.exit();
