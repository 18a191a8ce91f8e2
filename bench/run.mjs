// Runs every bench/*.bench.mjs, or those named on the command line, and prints one table. See README.md.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';

const wanted = process.argv.slice(2);
const benches = readdirSync(import.meta.dirname)
  .filter(file => file.endsWith('.bench.mjs'))
  .filter(file => wanted.length === 0 || wanted.includes(file.replace('.bench.mjs', '')))
  .sort();
if (benches.length === 0) throw new Error(`No benchmark is called ${wanted.join(' or ')}`);

const figure = number => (number === undefined ? '' : number.toFixed(number < 10 ? 2 : number < 100 ? 1 : 0));
const rows = [];
for (const file of benches) {
  process.stderr.write(`${file} ...\n`);
  const { status, stdout } = spawnSync(process.execPath, [join(import.meta.dirname, file)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) process.exitCode = 1;
  for (const line of stdout.split('\n').filter(Boolean)) rows.push(JSON.parse(line));
}

const verdictOf = ({ value, ratio, bound }) =>
  bound === undefined ? 'no bound' : (ratio ?? value) <= bound ? 'met' : 'MISSED';

console.log(`Node ${process.version}, ${process.platform}-${process.arch}, ${cpus().length} cores\n`);
console.log('| what | unit | here | baseline | ratio | bound | |');
console.log('|---|---|---|---|---|---|---|');
for (const row of rows) {
  const { what, unit, value, baseline, ratio, bound } = row;
  const cells = [what, unit, figure(value), figure(baseline), figure(ratio), bound ?? '', verdictOf(row)];
  console.log(`| ${cells.join(' | ')} |`);
}
const count = verdict => rows.filter(row => verdictOf(row) === verdict).length;
console.log(`\n${count('met')} bounds met, ${count('MISSED')} missed; ${count('no bound')} figures have none.`);
