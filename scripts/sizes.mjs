// Prints how large what the build made is, and fails where a part grew by more than 5 % beyond the baseline in
// bench/sizes.json. --write raises the baseline: the commit says why.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const baselineFile = join(root, 'bench', 'sizes.json');
const allowedGrowth = 1.05;

const sizes = measured(join(root, 'dist'));
if (process.argv.includes('--write')) writeFileSync(baselineFile, `${JSON.stringify(sizes, null, 2)}\n`);
const baseline = JSON.parse(readFileSync(baselineFile, 'utf8'));
let grown = 0;
for (const name of new Set([...Object.keys(baseline), ...Object.keys(sizes)])) {
  const [before = 0, now = 0] = [baseline[name], sizes[name]];
  const isTooLarge = now > before * allowedGrowth;
  if (isTooLarge) grown += 1;
  const change = before ? `${((now / before - 1) * 100).toFixed(1)} %` : 'new';
  console.log(`${name.padEnd(24)} ${String(now).padStart(9)} bytes  ${change}${isTooLarge ? '  TOO LARGE' : ''}`);
}
if (grown > 0) console.error('Make it smaller, or raise the baseline with node scripts/sizes.mjs --write and say why.');
process.exitCode = grown > 0 ? 1 : 0;

/** Bytes of each file that is shipped; of folders, together. */
function measured(dist) {
  const entries = readdirSync(dist, { withFileTypes: true });
  const kept = entries.filter(({ name }) => !name.endsWith('.map'));
  return Object.fromEntries(kept.map(entry => [entry.name, bytesOf(join(dist, entry.name), entry.isDirectory())]));
}

function bytesOf(path, isFolder) {
  if (!isFolder) return statSync(path).size;
  const inside = readdirSync(path, { recursive: true, withFileTypes: true });
  const files = inside.filter(entry => entry.isFile() && !entry.name.endsWith('.map'));
  return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
}
