import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { builtFacts } from './manifest.mjs';
import { node, root } from './options.mjs';

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
}
