import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { importSource } from '../source.mjs';
import { dist, root } from './options.mjs';

/** `src/server/manifest.ts` as it comes out: the facts themselves, not the records and the work that they are made from. */
export const builtFacts = {
  name: 'built-facts',
  setup({ onResolve }) {
    onResolve({ filter: /[\\/]manifest\.ts$/ }, ({ path, resolveDir }) =>
      join(resolveDir, path) === join(root, 'src', 'server', 'manifest.ts')
        ? { path: join(root, 'src', 'server', 'manifest-built.ts') }
        : undefined,
    );
  },
};

/** The files that `src/server/manifest-built.ts` reads. */
export async function writeFacts() {
  const { loadManifest } = await importSource('src/server/manifest.ts');
  const { fileOf, wordsFile } = await importSource('src/server/manifest-built.ts');
  const { platforms, general, details, words } = await loadManifest();
  const files = { 'index.json': { platforms, general }, [wordsFile]: await words() };
  for (const operation of Object.values(platforms).flatMap(({ operations }) => operations)) {
    const file = fileOf(operation);
    files[file] = { ...files[file], [operation.name]: await details(operation) };
  }
  await mkdir(join(dist, 'facts'), { recursive: true });
  const written = Object.entries(files).map(([name, content]) =>
    writeFile(join(dist, 'facts', name), JSON.stringify(content)),
  );
  await Promise.all(written);
}
