import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeLocalFile } from '../../../src/results/transfer/local-write.ts';
import { freshFolder, freshStore, origin, pieces } from '../../support/folder.ts';

let folder: string;
let program: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'processes-'));
  program = join(folder, 'child.mjs');
  const entryPoints = [fileURLToPath(new URL('child.ts', import.meta.url))];
  const banner = { js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);` };
  await build({
    entryPoints,
    outfile: program,
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner,
    logLevel: 'error',
  });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function run(...args: string[]) {
  const child = spawn(process.execPath, [program, ...args]);
  let [said, failed] = ['', ''];
  child.stdout.on('data', piece => (said += piece));
  child.stderr.on('data', piece => (failed += piece));
  const [code, signal] = await new Promise<[number | null, string | null]>(resolve => {
    child.once('close', (...ended) => resolve(ended));
  });
  return { code, signal, said, failed };
}

test('a process that dies at any step leaves the result that was there, or the whole new one', async () => {
  const seen = { old: 0, new: 0 };
  for (let step = 1; ; step++) {
    const { store, directory } = await freshStore();
    await store.write(origin({ name: 'the one', key: 'the one' }), { bytes: pieces('version,row\nold,0\n') });
    const { signal, code, failed } = await run('crash', directory, String(step));
    expect(failed).toBe('');
    const all = await store.list();
    expect(all).toHaveLength(1);
    const [one] = all;
    const { rows } = await store.rows(one as (typeof all)[number], { limit: 2_000 });
    const version = rows[0]?.['version'] as 'old' | 'new';
    expect(rows).toHaveLength(version === 'old' ? 1 : 1_000);
    expect(new Set(rows.map(row => row['version']))).toEqual(new Set([version]));
    seen[version]++;
    if (signal !== 'SIGKILL') {
      expect(code).toBe(0);
      break;
    }
  }
  // The last run died nowhere; there were steps before and after the moment in which the new one came into being.
  expect(seen.old).toBeGreaterThan(8);
  expect(seen.new).toBeGreaterThan(1);
});

test('two processes write, read and reap in one folder at once, and nobody sees half a result', async () => {
  const directory = await freshFolder();
  const [one, other] = await Promise.all([run('rush', directory, 'a'), run('rush', directory, 'b')]);
  for (const { code, failed, said } of [one, other]) {
    expect({ code, failed }).toEqual({ code: 0, failed: '' });
    expect(Number(said)).toBeGreaterThan(60);
  }
  const { store } = await freshStore({ directory, quotaBytes: 40_000 });
  for (const result of await store.list()) expect((await store.rows(result, { limit: 1_000 })).rows).toHaveLength(500);
  // Every piece of metadata has its data, but for what was reaped; no draft is left.
  expect((await readdir(directory)).filter(name => name.endsWith('.tmp'))).toEqual([]);
});

test('what a killed process left of an export goes with the next one into the same folder, once it is old', async () => {
  const directory = await freshFolder();
  expect((await run('export', directory)).signal).toBe('SIGKILL');
  const [draft = '', ...others] = await readdir(directory);
  expect(others).toEqual([]);
  const write = (name: string) => {
    const { signal } = new AbortController();
    return writeLocalFile(name, [directory], pieces('b'), { overwrite: false, signal });
  };
  await write('b.csv');
  expect((await readdir(directory)).toSorted()).toEqual([draft, 'b.csv'].toSorted());
  await utimes(join(directory, draft), 1, 1);
  await write('c.csv');
  expect((await readdir(directory)).toSorted()).toEqual(['b.csv', 'c.csv']);
});
