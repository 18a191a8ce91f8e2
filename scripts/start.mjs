// Prints how long a start takes against the bare server, and fails where it takes two fifths longer than the baseline in
// bench/start.json says: two runs of one revision differ by a tenth on two cores. Compared are the quickest starts of
// each, in turns; what is too slow is measured again, four times at the most, and a machine with much else to do judges
// nothing. --write raises the baseline: the commit says why.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';

const at = path => fileURLToPath(new URL(`../${path}`, import.meta.url));
const baselineFile = at('bench/start.json');
const allowedGrowth = 1.4;
const mostTries = 5;

const [major] = process.versions.node.split('.');
const baselines = existsSync(baselineFile) ? JSON.parse(readFileSync(baselineFile, 'utf8')) : {};
const baseline = baselines[major] ?? {};
const writes = process.argv.includes('--write');

// Beside other programs even the quickest of a hundred starts are up to a third slower than alone.
const isBusy = loadavg()[0] > 2 * availableParallelism();

const best = {};
for (let tries = 0; tries < mostTries && (tries === 0 || writes || slow().length > 0); tries++)
  for (const [key, ratio] of measured()) best[key] = Math.min(best[key] ?? ratio, ratio);

if (writes) {
  const rounded = Object.entries(best).map(([key, ratio]) => [key, Number(ratio.toFixed(3))]);
  writeFileSync(baselineFile, `${JSON.stringify({ ...baselines, [major]: Object.fromEntries(rounded) }, null, 2)}\n`);
} else {
  for (const [key, ratio] of Object.entries(best)) {
    const before = baseline[key];
    const change = before === undefined ? 'new' : `${((ratio / before - 1) * 100).toFixed(1)} %`;
    console.log(`${key.padEnd(32)} ${ratio.toFixed(3)} of the bare server  ${change}`);
  }
  if (slow().length > 0 && isBusy) {
    console.log('This machine has much else to do: nothing is judged.');
  } else if (slow().length > 0) {
    console.error(`Slower: ${slow().join(', ')}. Find out why, or raise the baseline with --write and say why.`);
    process.exitCode = 1;
  }
}

function slow() {
  return Object.keys(best).filter(key => best[key] > (baseline[key] ?? Infinity) * allowedGrowth);
}

function measured() {
  const { status, stdout } = spawnSync(process.execPath, [at('bench/start.bench.mjs')], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error('The benchmark failed.');
  const rows = stdout
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line));
  return rows.map(({ key, quickest }) => [key, quickest]);
}
