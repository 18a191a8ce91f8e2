// Puts the report of `doctor --verify --json` into the contracts: node scripts/observe.mjs REPORT. `git diff` then shows
// what was observed, and what differs, endpoint by endpoint.
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { importSource } from './source.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const [path] = process.argv.slice(2);
if (!path) {
  console.error('Usage: node scripts/observe.mjs REPORT');
  process.exit(2);
}
const report = JSON.parse(await readFile(path, 'utf8'));
if (report.format !== 'data-platforms-mcp/verification/1') {
  console.error(`${path} is no report of doctor --verify --json.`);
  process.exit(2);
}
const { observed } = await importSource('scripts/observe.ts');
for (const platform of report.platforms) {
  if (!/^[a-z]+$/.test(platform.platform)) throw new Error('The report names a platform that cannot be.');
  const file = `${root}src/providers/${platform.platform}/contract.json`;
  const contract = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify(observed(contract, platform, report.at), null, 2));
  execFileSync(process.execPath, [`${root}node_modules/@biomejs/biome/bin/biome`, 'format', '--write', file], {
    stdio: 'ignore',
  });
  const differing = platform.findings.filter(({ verdict }) => verdict === 'differs');
  console.log(`${file}: ${platform.findings.length} operations, ${differing.length} differ`);
}
