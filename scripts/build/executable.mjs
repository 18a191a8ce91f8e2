import { createHash } from 'node:crypto';
import { chmod, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { build, transform } from 'esbuild';
import { besideProgram, filesBeside, leaveBeside } from './beside.mjs';
import { namedExports } from './common-js.mjs';
import { builtFacts } from './manifest.mjs';
import { dist, node, root, small, version, whereItIs } from './options.mjs';
import { usedSchemas } from './sdk-schemas.mjs';

const sdkShims = {
  name: 'sdk-shims',
  setup({ onResolve }) {
    onResolve({ filter: /^@modelcontextprotocol\/server\/_shims$/ }, () => ({
      path: join(root, 'src', 'server', 'sdk-shims.ts'),
    }));
  },
};

/** Writes the loader, the program, and what lies beside it. Gives the metafiles of what is in them. */
export async function executable() {
  const [split, beside] = await Promise.all([splitProgram(), filesBeside()]);
  const hash = await writeProgram(split.outputFiles);
  await writeLoader(hash);
  return [split.metafile, ...beside];
}

/**
 * The whole program becomes one CommonJS file, because that is what a code cache can be kept for on every supported Node.
 * What is imported dynamically has to stay unevaluated until then. esbuild's own way of doing that in one file forgets
 * to initialise modules that declare no side effects (zod); its splitting is right, but makes ES modules. So: split
 * first, then bundle the pieces as the CommonJS modules that they can be turned into one by one.
 */
function splitProgram() {
  return build({
    ...node,
    entryPoints: { main: 'src/main.ts' },
    format: 'esm',
    splitting: true,
    outdir: 'dist',
    write: false,
    sourcemap: 'inline',
    metafile: true,
    define: whereItIs,
    plugins: [leaveBeside(besideProgram, '.'), namedExports, sdkShims, builtFacts, usedSchemas],
  });
}

/** Writes main.cjs, and gives the hash of its content. */
async function writeProgram(pieces) {
  const { outputFiles } = await build({
    ...node,
    entryPoints: { main: './main.js' },
    format: 'cjs',
    // The loader calls it with what a module gets.
    banner: { js: '(function (exports, require, module, __filename, __dirname) {' },
    footer: { js: '})' },
    ...small,
    // A script with a code cache cannot import: what stays outside is required, but no earlier than it would be.
    supported: { 'dynamic-import': false },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    sourcemap: 'linked',
    write: false,
    plugins: [piecesAsCommonJs(new Map(pieces.map(({ path, text }) => [relative(dist, path), text])))],
  });
  await Promise.all(outputFiles.map(({ path, contents }) => writeFile(path, contents)));
  const { contents } = outputFiles.find(({ path }) => path.endsWith('.cjs'));
  // The loader decodes it as Latin-1.
  if (contents.some(byte => byte > 127)) throw new Error('main.cjs is not ASCII');
  return createHash('sha256').update(contents).digest('hex').slice(0, 16);
}

// By their names alone: what is bundled names them, and where it was built is nobody's business.
const piecesAsCommonJs = pieces => ({
  name: 'pieces-as-common-js',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^\.\/.*\.js$/ }, ({ path }) => ({ path: path.slice(2), namespace: 'piece' }));
    onResolve({ filter: /^\.\/.*\.cjs$/ }, ({ path }) => ({ path, external: true }));
    onLoad({ filter: /./, namespace: 'piece' }, async ({ path }) => {
      const { code } = await transform(pieces.get(path), {
        format: 'cjs',
        platform: 'node',
        target: node.target,
        sourcemap: 'inline',
        sourcefile: `dist/${path}`,
      });
      return { contents: escaped(code), resolveDir: dist };
    });
  },
});

/** esbuild escapes what stands in strings, but not what stands in patterns. */
const escaped = code => code.replace(/[^\0-\x7f]/g, sign => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** The loader has to be understood by any engine that calls itself Node, if only to be refused politely. */
async function writeLoader(hash) {
  await build({
    ...node,
    target: 'es2015',
    entryPoints: ['src/bin/bin.ts'],
    format: 'cjs',
    outfile: 'dist/bin.cjs',
    banner: { js: '#!/usr/bin/env node' },
    define: { BUILD: JSON.stringify(`${version}-${hash}`), SETTLED_AFTER: '1500' },
  });
  await chmod(join(dist, 'bin.cjs'), 0o755);
}
