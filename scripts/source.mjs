import { rm } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Imports a TypeScript module of this project, which Node 20 cannot do by itself. `folder`: where it is while that
 * happens. In `dist` it finds the programs that the build makes.
 */
export async function importSource(path, folder = 'node_modules') {
  const outfile = `${root}${folder}/.source-${process.pid}-${path.replace(/\W/g, '-')}.mjs`;
  await build({
    absWorkingDir: root,
    entryPoints: [path],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'warning',
  });
  try {
    return await import(pathToFileURL(outfile).href);
  } finally {
    await rm(outfile, { force: true });
  }
}
