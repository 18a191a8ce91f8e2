// Runs as a process of its own, made by the tests beside it: the store as a server uses it.
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { systemClock } from '../../../src/base/clock.ts';
import { isFault } from '../../../src/base/errors.ts';
import { openResultStore } from '../../../src/results/store/store.ts';
import { writeLocalFile } from '../../../src/results/transfer/local-write.ts';

const [task = '', directory = '', argument = '0'] = process.argv.slice(2);

/** A table of which every row tells which version it is of. */
async function* csv(version: string, rows: number): AsyncGenerator<Uint8Array> {
  yield Buffer.from('version,row\n');
  for (let row = 0; row < rows; row += 100) {
    const some = Array.from({ length: Math.min(100, rows - row) }, (_, at) => `${version},${row + at}\n`);
    yield Buffer.from(some.join(''));
  }
}

const source = { operation: 'core_export', arguments: {}, connection: 'core', at: '2026-11-21' };
const origin = (key: string) => ({ name: key, mediaType: 'text/csv', source, key });

/** Dies in the middle of the n-th thing that it does to the disk: half a write, or just before any other step. */
async function dieAt(step: number): Promise<void> {
  let steps = 0;
  const probe = await fs.open(process.execPath);
  const handles = Object.getPrototypeOf(probe) as Record<string, (...args: never[]) => unknown>;
  await probe.close();
  const dying = () => ++steps === step;
  const { writeFile } = handles;
  handles['writeFile'] = async function (this: { write(bytes: Uint8Array): Promise<unknown> }, ...args: never[]) {
    const bytes = args[0] as unknown as Uint8Array;
    if (dying()) {
      await this.write(bytes.subarray(0, bytes.length / 2));
      process.kill(process.pid, 'SIGKILL');
    }
    return writeFile?.apply(this, args);
  };
  const functions = fs as unknown as typeof handles;
  for (const [holder, name] of [
    [handles, 'sync'],
    [functions, 'rename'],
    [functions, 'rm'],
    [functions, 'mkdir'],
  ] as const) {
    const own = holder[name];
    holder[name] = function (this: unknown, ...args: never[]) {
      if (dying()) process.kill(process.pid, 'SIGKILL');
      return own?.apply(this, args);
    };
  }
  syncBuiltinESMExports();
}

async function crash(): Promise<void> {
  await dieAt(Number(argument));
  const store = openResultStore({ directory, clock: systemClock() });
  await store.write(origin('the one'), { bytes: csv('new', 1_000) });
}

/** Writes, reads, lists and reaps as fast as it can, on a clock that makes every result old enough to be reaped. */
async function rush(): Promise<void> {
  let now = Date.parse('2026-11-21T08:00:00Z');
  const clock = { ...systemClock(), now: () => now };
  const store = openResultStore({ directory, clock, quotaBytes: 40_000 });
  let read = 0;
  for (let turn = 0; turn < 60; turn++) {
    now += 61_000;
    const written = await store.write(origin(`key ${turn % 4}`), { bytes: csv(`${argument}-${turn}`, 500) });
    if (turn % 3 === 0) await store.sweep();
    for (const result of [written, ...(await store.list())]) {
      try {
        const { rows } = await store.rows(result, { limit: 1_000 });
        const versions = new Set(rows.map(({ version }) => version));
        if (rows.length !== 500 || versions.size !== 1)
          throw new Error(`${rows.length} rows of ${[...versions].join()}`);
        read++;
      } catch (error) {
        // Another process may have reaped it or put another one in its place; nothing else may happen.
        if (!isFault(error, 'not_found')) throw error;
      }
    }
  }
  process.stdout.write(String(read));
}

/** Exports into a folder, and is killed when half of it is there. */
async function killedExport(): Promise<void> {
  async function* half(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('a,b\n');
    process.kill(process.pid, 'SIGKILL');
    yield Buffer.from('1,2\n');
  }
  await writeLocalFile('a.csv', [directory], half(), { overwrite: false, signal: new AbortController().signal });
}

await { crash, rush, export: killedExport }[task as 'crash']();
