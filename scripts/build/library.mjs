import { execFile } from 'node:child_process';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { besideProgram, leaveBeside, simulators } from './beside.mjs';
import { namedExports } from './common-js.mjs';
import { builtFacts } from './manifest.mjs';
import { dist, node, root, small } from './options.mjs';

const requireLine = `import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);`;

const inBoth = ['undici', 'ioredis', 'src/providers/dx/sql/grammar.ts'];
const besideLibrary = { ...simulators, ...Object.fromEntries(inBoth.map(name => [name, besideProgram[name]])) };

/**
 * With everything in it but what its users have themselves: the SDK that connects it, and zod, whose types it shows. The
 * package has no dependencies, so that the executable is there at once.
 */
export function library() {
  return build({
    ...node,
    entryPoints: { index: 'src/index.ts' },
    format: 'esm',
    external: [...node.external, '@modelcontextprotocol/server', 'zod'],
    // Packages in CommonJS require what Node brings.
    banner: { js: requireLine },
    splitting: true,
    ...small,
    outdir: 'dist/library',
    chunkNames: '[name]-[hash]',
    sourcemap: 'linked',
    plugins: [leaveBeside(besideLibrary, '..'), namedExports, builtFacts],
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
