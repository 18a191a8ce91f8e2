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
  const { loadFacts } = await importSource('src/server/manifest.ts');
  const { fileOf } = await importSource('src/server/manifest-built.ts');
  const { platforms, general } = await loadFacts();
  const apart = ['input', 'output', 'evidence', 'example'];
  const files = {};
  for (const facts of Object.values(platforms).flatMap(({ operations }) => operations)) {
    const rest = Object.fromEntries(apart.map(key => [key, facts[key]]));
    for (const key of apart) delete facts[key];
    files[fileOf(facts)] = { ...files[fileOf(facts)], [facts.name]: rest };
  }
  files['index.json'] = { apart, platforms, general };
  await mkdir(join(dist, 'facts'), { recursive: true });
  const written = Object.entries(files).map(([name, content]) =>
    writeFile(join(dist, 'facts', name), JSON.stringify(content)),
  );
  await Promise.all(written);
}
