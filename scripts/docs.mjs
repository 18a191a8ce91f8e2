// Writes the generated documents in docs/, or with --check fails when they are not what the code says.
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { importSource } from './source.mjs';

const check = process.argv.includes('--check');
const { documents } = await importSource('scripts/docs.ts');
let stale = 0;
for (const [name, text] of Object.entries(await documents())) {
  const path = fileURLToPath(new URL(`../docs/${name}`, import.meta.url));
  const present = await readFile(path, 'utf8').catch(() => '');
  if (present === text) continue;
  stale += 1;
  if (check) console.error(`docs/${name} is not what the code says: run npm run docs`);
  else {
    await writeFile(path, text);
    console.log(`docs/${name} written`);
  }
}
process.exitCode = check && stale ? 1 : 0;
