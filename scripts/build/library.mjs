import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { builtFacts } from './manifest.mjs';
import { dist, node, root } from './options.mjs';

export function library() {
  return build({
    ...node,
    entryPoints: { index: 'src/index.ts' },
    format: 'esm',
    packages: 'external',
    splitting: true,
    outdir: 'dist',
    chunkNames: 'library/[name]-[hash]',
    sourcemap: 'linked',
    plugins: [builtFacts],
  });
}

export async function types() {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  await promisify(execFile)(process.execPath, [compiler, '-p', join(root, 'scripts', 'tsconfig.types.json')]).catch(
    ({ stdout, stderr }) => Promise.reject(new Error(`The types do not compile:\n${stdout}${stderr}`)),
  );
  await keepPublicTypes(join(dist, 'types'));
}

/** Of the declarations that the compiler wrote for every file, those that `index.d.ts` leads to are the public ones. */
async function keepPublicTypes(folder) {
  const kept = new Map();
  const follow = async path => {
    if (kept.has(path)) return;
    kept.set(path, '');
    const text = await readFile(path, 'utf8');
    kept.set(path, text);
    const imported = [...text.matchAll(/from '(\.[^']+)\.[tj]s'/g)].map(([, name]) =>
      join(dirname(path), `${name}.d.ts`),
    );
    await Promise.all(imported.map(follow));
  };
  await follow(join(folder, 'index.d.ts'));
  await rm(folder, { recursive: true });
  for (const [path, text] of kept) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}
