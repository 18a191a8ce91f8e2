import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const rows = readFileSync(join(root, 'SECURITY.md'), 'utf8')
  .split('\n')
  .filter(line => line.startsWith('| ') && !/^\| (promise|-)/.test(line));

/** The promise of a row, and what holds it. */
const promises = rows.map(row => {
  const cells = row.split('|').map(cell => cell.trim());
  return { promise: cells[1] ?? '', tests: [...(cells[2] ?? '').matchAll(/`([^`]+)`/g)].map(([, path = '']) => path) };
});

const hasTests = (path: string): boolean =>
  statSync(path).isDirectory()
    ? readdirSync(path, { recursive: true, encoding: 'utf8' }).some(file => file.endsWith('.test.ts'))
    : path.endsWith('.test.ts') && statSync(path).size > 0;

test('every promise of SECURITY.md names tests, and there are such tests', () => {
  expect(promises.length).toBeGreaterThan(35);
  for (const { promise, tests } of promises) {
    expect(tests, promise).not.toEqual([]);
    for (const path of tests) {
      expect(existsSync(join(root, path)), path).toBe(true);
      expect(hasTests(join(root, path)), path).toBe(true);
    }
  }
});
