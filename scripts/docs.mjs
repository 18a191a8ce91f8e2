// Writes the generated documents and what registries and clients are told, or with --check fails when they are not what the code says.
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { messages } from './messages.mjs';
import { importSource } from './source.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const check = process.argv.includes('--check');
const { documents } = await importSource('scripts/docs.ts');
const { guides } = await importSource('scripts/guides.ts');
const { distributionFiles } = await importSource('scripts/distribution.ts');
const inDocs = Object.entries({
  ...(await documents()),
  ...(await guides()),
  'library.md': await libraryTypes(),
  'messages.md': messages(root),
});
const files = { ...Object.fromEntries(inDocs.map(([name, text]) => [`docs/${name}`, text])), ...distributionFiles() };
let stale = 0;
for (const [name, text] of Object.entries(files)) {
  const path = fileURLToPath(new URL(`../${name}`, import.meta.url));
  const present = await readFile(path, 'utf8').catch(() => '');
  if (present === text) continue;
  stale += 1;
  if (check) console.error(`${name} is not what the code says: run npm run docs`);
  else {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
    console.log(`${name} written`);
  }
}
process.exitCode = check && stale ? 1 : 0;

/** What the library shows, as the build has written it: a change of it is seen in review. */
async function libraryTypes() {
  const types = fileURLToPath(new URL('../dist/types/', import.meta.url));
  const names = (await readdir(types, { recursive: true })).filter(name => name.endsWith('.d.ts')).sort();
  const files = await Promise.all(names.map(async name => [name, await readFile(`${types}${name}`, 'utf8')]));
  const blocks = files
    .reverse()
    .map(([name, text]) => `## ${name.replaceAll('\\', '/')}\n\n\`\`\`ts\n${text.trim()}\n\`\`\`\n`);
  return `<!-- Written by npm run docs. -->\n\n# The types of the library\n\nEverything that \`import … from 'data-platforms-mcp'\` gives; the README shows it in use.\n\n${blocks.join('\n')}`;
}
