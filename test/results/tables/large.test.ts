import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { freshFolder } from '../../support/folder.ts';

/** Stores a table of 250,000 rows in a process that could not hold it, and reports what that took. */
const program = `
  import { systemClock } from './src/base/clock.ts';
  import { openResultStore } from './src/results/store/store.ts';
  async function* table() {
    yield Buffer.from('hole_id,depth_from,depth_to,rqd,weathering,logged_at,image,comment\\r\\n');
    for (let n = 0; n < 250_000; n += 250) {
      let text = '';
      for (let row = n; row < n + 250; row++) {
        text += 'DDH' + (row % 500) + ',' + row / 2 + ',' + (row / 2 + 0.5) + ',' + (row % 1000) / 10 + ',Fresh,2025-03-01T06:15:00Z,'
          + 'https://images.example.com/core/' + row + '/tray.jpg?size=2048&format=webp&revision=' + (row % 11)
          + ',"competent core, minor veining along the contact; quartz infill; see ""log"" of the hole; drilled from the east pad"\\r\\n';
      }
      yield Buffer.from(text);
    }
  }
  const store = openResultStore({ directory: process.argv[2], clock: systemClock() });
  const before = process.memoryUsage.rss();
  let turns = 0;
  const turn = () => {
    turns += 1;
    next = setImmediate(turn);
  };
  let next = setImmediate(turn);
  const source = { operation: 'x', arguments: {}, connection: 'c', at: '' };
  const { rows, bytes, uri } = await store.write({ name: 'large.csv', mediaType: 'text/csv', source }, { bytes: table() });
  clearImmediate(next);
  const added = process.resourceUsage().maxRSS * 1024 - before;
  const [last] = (await store.rows({ uri }, { offset: 249_999 })).rows;
  console.log(JSON.stringify({ rows, bytes, added, last, turns }));
`;

test('250,000 rows of CSV, 60 MB, take less than 150 MB and leave the event loop free', {
  timeout: 60_000,
}, async () => {
  const directory = await freshFolder();
  const outfile = join(directory, 'large.mjs');
  const stdin = { contents: program, resolveDir: process.cwd(), loader: 'ts' } as const;
  await build({ stdin, outfile, bundle: true, platform: 'node', format: 'esm', logLevel: 'error' });
  const options = ['--max-old-space-size=96', outfile, join(directory, 'results')];
  const { stdout } = await promisify(execFile)(process.execPath, options);
  const report = JSON.parse(stdout) as Record<string, number>;
  expect(report).toMatchObject({ rows: 250_000, last: { depth_from: 124_999.5, hole_id: 'DDH499' } });
  expect(report['bytes']).toBeGreaterThan(58_000_000);
  expect(report['added']).toBeLessThan(150_000_000);
  // At least one for each piece of 60 KB: others are answered between any two.
  expect(report['turns']).toBeGreaterThan(1000);
  if (process.env['REPORT']) console.log(report);
});
