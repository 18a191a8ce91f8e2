// Writes the generated documents in docs/, or with --check fails when they are not what the code says.
import { readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));
const bundle = `${root}node_modules/.docs-${process.pid}.mjs`;
const check = process.argv.includes('--check');

await build({
  absWorkingDir: root,
  entryPoints: ['scripts/docs.ts'],
  outfile: bundle,
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  logLevel: 'warning',
});
try {
  const { documents } = await import(pathToFileURL(bundle).href);
  let stale = 0;
  for (const [name, text] of Object.entries(documents())) {
    const path = `${root}docs/${name}`;
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
} finally {
  await rm(bundle, { force: true });
}
