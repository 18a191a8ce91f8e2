import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** Says what it got, and stays long enough for the cache to be written; `used` proves that its functions work. */
const program = `(function (exports, require, module) { exports.main = async argv => {
  function used() { return require('./beside.cjs') + argv.join(); }
  process.stdout.write(used());
  await new Promise(resolve => setTimeout(resolve, 60));
}; })`;

const folders: string[] = [];
let loader: string;

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'start-'));
  folders.push(made);
  return made;
}

function install(): string {
  const dist = folder();
  writeFileSync(join(dist, 'bin.cjs'), loader);
  writeFileSync(join(dist, 'main.cjs'), program);
  writeFileSync(join(dist, 'beside.cjs'), `module.exports = 'beside:';`);
  return dist;
}

function run(dist: string, home: string, { env = {}, flags = [] as string[] } = {}) {
  const { DATA_PLATFORMS_NO_CODE_CACHE: _, ...inherited } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, join(dist, 'bin.cjs'), 'one', 'two'], {
    encoding: 'utf8',
    env: { ...inherited, HOME: home, XDG_CACHE_HOME: join(home, 'cache'), LOCALAPPDATA: home, ...env },
  });
  return { status, stdout, stderr };
}

const fine = { status: 0, stdout: 'beside:one,two', stderr: '' };

function cacheFolder(home: string): string {
  return join(home, 'cache', 'data-platforms-mcp', 'code');
}

function onlyCache(home: string): string {
  const [name, ...others] = readdirSync(cacheFolder(home));
  expect(others).toEqual([]);
  return join(cacheFolder(home), name as string);
}

beforeAll(async () => {
  const { outputFiles } = await build({
    entryPoints: ['src/bin/bin.ts'],
    bundle: true,
    platform: 'node',
    target: 'es2015',
    format: 'cjs',
    write: false,
    define: { BUILD: '"1.2.3-abc"', SETTLED_AFTER: '1' },
  });
  loader = outputFiles[0]?.text as string;
});

afterAll(() => {
  for (const path of folders) rmSync(path, { recursive: true, force: true });
});

describe.skipIf(process.platform === 'win32')('the code cache', () => {
  test('is written by the first run, for its owner alone, and used by the second', () => {
    const dist = install();
    const home = folder();
    expect(run(dist, home)).toEqual(fine);
    const cache = onlyCache(home);
    expect(cache).toContain(`1.2.3-abc-${process.version}`);
    expect(statSync(cache).mode & 0o777).toBe(0o600);
    expect(statSync(cacheFolder(home)).mode & 0o777).toBe(0o700);

    const written = statSync(cache).ino;
    expect(run(dist, home)).toEqual(fine);
    expect(statSync(cache).ino).toBe(written); // accepted: a rejected one is replaced
  });

  test.each([
    ['damaged', (path: string) => writeFileSync(path, readFileSync(path).fill(7, 500, 600))],
    ['cut off', (path: string) => truncateSync(path, 300)],
    ['empty', (path: string) => truncateSync(path, 0)],
    ['writable by others', (path: string) => chmodSync(path, 0o622)],
  ])('that is %s is not loaded, and replaced', (_, spoil) => {
    const dist = install();
    const home = folder();
    run(dist, home);
    const cache = onlyCache(home);
    const [size, inode] = [statSync(cache).size, statSync(cache).ino];
    spoil(cache);
    expect(run(dist, home)).toEqual(fine);
    expect(statSync(cache).ino).not.toBe(inode);
    expect(statSync(cache).mode & 0o777).toBe(0o600);
    expect(Math.abs(statSync(cache).size - size)).toBeLessThan(200);
  });

  test('of another build is kept for a week', () => {
    const dist = install();
    const home = folder();
    run(dist, home);
    rmSync(onlyCache(home));
    const [recent, old] = [join(cacheFolder(home), 'recent'), join(cacheFolder(home), 'old')];
    for (const path of [recent, old]) writeFileSync(path, '');
    const eightDaysAgo = Date.now() / 1000 - 8 * 24 * 3600;
    utimesSync(old, eightDaysAgo, eightDaysAgo);
    run(dist, home);
    expect(readdirSync(cacheFolder(home)).sort()).toEqual([expect.stringContaining('1.2.3-abc'), 'recent']);
  });

  test('is left alone on request', () => {
    const dist = install();
    const home = folder();
    expect(run(dist, home, { env: { DATA_PLATFORMS_NO_CODE_CACHE: '1' } })).toEqual(fine);
    expect(readdirSync(home)).toEqual([]);
  });

  test.each([
    ['a file in the way', (home: string) => writeFileSync(join(home, 'cache'), ''), {}],
    ['no home folder', () => {}, { HOME: '/nonexistent/home', XDG_CACHE_HOME: '' }],
    ['a system that makes no folders', () => {}, { XDG_CACHE_HOME: '/proc/none' }],
  ])('is not needed: %s', (_, prepare, env) => {
    const home = folder();
    prepare(home);
    expect(run(install(), home, { env })).toEqual(fine);
  });
});

test('an old Node is refused in one line', () => {
  const pretend = join(folder(), 'pretend.cjs');
  writeFileSync(pretend, `Object.defineProperty(process.versions, 'node', { value: '20.9.0' });`);
  const { status, stdout, stderr } = run(install(), folder(), { flags: ['--require', pretend] });
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  expect(stderr).toBe(`data-platforms-mcp needs Node 20.18.1 or newer; this is 20.9.0 (${process.execPath})\n`);
});

test('a defect in the program is loud', () => {
  const dist = install();
  writeFileSync(
    join(dist, 'main.cjs'),
    `(function (exports) { exports.main = async () => { throw new Error('broken'); }; })`,
  );
  const { status, stderr } = run(dist, folder());
  expect(status).toBe(1);
  expect(stderr).toContain('broken');
});
