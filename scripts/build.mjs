// Builds dist/: the executable (bin.cjs, main.cjs), the library (index.js, types/) and the notices of what they contain.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { chmod, copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build, transform } from 'esbuild';
import { notices } from './notices.mjs';
import { importSource } from './source.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const { version, optionalDependencies = {} } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const node = {
  absWorkingDir: root,
  platform: 'node',
  target: 'node20.18',
  bundle: true,
  charset: 'ascii',
  legalComments: 'none',
  // Lines and names are enough for a stack trace; the sources would be a quarter of the package, and are in the repository.
  sourcesContent: false,
  logLevel: 'warning',
  external: Object.keys(optionalDependencies),
};

/**
 * Large, and not needed to answer the first `tools/list`: a file each, read when imported. What is in main.cjs is read,
 * and what was ever compiled of it is loaded from the code cache, at every start.
 */
const apart = {
  'gpt-tokenizer/encoding/o200k_base': { file: 'tokenizer.cjs' },
  undici: { file: 'undici.cjs' },
  'prom-client': { file: 'metrics.cjs' },
  'src/cli/mcp-client.ts': { file: 'client.cjs' },
  '@modelcontextprotocol/server/validators/ajv': { file: 'ajv.cjs' },
};

/** A simulator needs nothing of the program, and a start needs none of them. */
const simulated = readdirSync(join(root, 'src', 'providers')).filter(name =>
  existsSync(join(root, 'src', 'providers', name, 'provider.ts')),
);
for (const name of simulated) apart[`src/providers/${name}/simulator/simulator.ts`] = { file: `simulator-${name}.cjs` };

/** What runs as a process of its own, started by `src/results/worker.ts`. */
const workers = { query: 'src/results/query/main.ts', chart: 'src/results/chart/main.ts' };

/** What charts are written in. The machine may have no fonts at all. */
const fonts = ['400Regular/Inter_400Regular.ttf', '600SemiBold/Inter_600SemiBold.ttf'];

/** Where a file of dist/ is: what `import.meta.dirname` says in an ES module. */
const whereItIs = { 'import.meta.dirname': '__dirname' };

const besideMain = {
  name: 'beside-main',
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ kind, path, resolveDir }) => {
      if (kind !== 'dynamic-import') return undefined;
      const name = path.startsWith('.') ? relative(root, join(resolveDir, path)).replaceAll(sep, '/') : path;
      return apart[name] && { path: `./${apart[name].file}`, external: true };
    });
    onResolve({ filter: /^@modelcontextprotocol\/server\/_shims$/ }, () => ({
      path: join(root, 'src', 'server', 'sdk-shims.ts'),
    }));
  },
};

/** `src/server/manifest.ts` as it comes out: the facts themselves, not the records and the work that they are made from. */
const builtFacts = {
  name: 'built-facts',
  setup({ onResolve }) {
    onResolve({ filter: /[\\/]manifest\.ts$/ }, ({ path, resolveDir }) =>
      join(resolveDir, path) === join(root, 'src', 'server', 'manifest.ts')
        ? { path: join(root, 'src', 'server', 'manifest-built.ts') }
        : undefined,
    );
  },
};

/** Changes files of packages on their way into the bundle. Where they are no longer what they were, the build stops. */
const edited = (name, edits) => ({
  name,
  setup({ onLoad, onEnd }) {
    const missing = new Set(edits.map(({ file }) => file));
    for (const { file, find, put } of edits)
      onLoad({ filter: file }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        const contents = text.replace(find, put);
        if (contents !== text) missing.delete(file);
        return { contents };
      });
    onEnd(() => {
      if (missing.size > 0) throw new Error(`Look at these packages anew, nothing was changed in ${[...missing]}`);
    });
  },
});

/**
 * The SDK makes a thousand schemas when it is imported, of every message and of OAuth, and a server uses half of them.
 * Esbuild drops what nobody uses once it knows that making one does nothing else, and once the table of them all is empty.
 */
const usedSchemas = edited('used-schemas', [
  {
    file: /[\\/]@modelcontextprotocol[\\/]core[\\/]dist[\\/](schemas|auth)-[\w-]+\.mjs$/,
    find: /^const (\w+) = ((?:z|\w+Schema)\.[\s\S]*?);\n+(?=[^\s})\]])/gm,
    put: 'const $1 = /* @__PURE__ */ (() => $2)();\n',
  },
  {
    file: /[\\/]@modelcontextprotocol[\\/]server[\\/]dist[\\/]src-[\w-]+\.mjs$/,
    find: /^for \(const .* register\(key, .*\n/gm,
    put: '',
  },
]);

/** The files that `src/server/manifest-built.ts` reads. */
async function writeFacts() {
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

/**
 * The whole program as one CommonJS file, because that is what a code cache can be kept for on every supported Node.
 * What is imported dynamically has to stay unevaluated until then. esbuild's own way of doing that in one file forgets
 * to initialise modules that declare no side effects (zod); its splitting is right, but makes ES modules. So: split
 * first, then bundle the pieces as the CommonJS modules that they can be turned into one by one.
 */
async function program() {
  const split = await build({
    ...node,
    entryPoints: { main: 'src/main.ts' },
    format: 'esm',
    splitting: true,
    outdir: 'dist',
    write: false,
    sourcemap: 'inline',
    metafile: true,
    define: whereItIs,
    plugins: [besideMain, builtFacts, usedSchemas],
  });
  const pieces = new Map(split.outputFiles.map(({ path, text }) => [path, text]));
  const piecesAsCommonJs = {
    name: 'pieces-as-common-js',
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\.\/.*\.js$/ }, ({ path }) => ({ path: join(dist, path), namespace: 'piece' }));
      onResolve({ filter: /^\.\/.*\.cjs$/ }, ({ path }) => ({ path, external: true }));
      onLoad({ filter: /./, namespace: 'piece' }, async ({ path }) => {
        const { code } = await transform(pieces.get(path), {
          format: 'cjs',
          platform: 'node',
          target: node.target,
          sourcemap: 'inline',
          sourcefile: path.slice(root.length),
          footer: wholeModule(pieces.get(path)),
        });
        return { contents: code, resolveDir: dist };
      });
    },
  };
  const { outputFiles } = await build({
    ...node,
    entryPoints: { main: './main.js' },
    format: 'cjs',
    // The loader calls it with what a module gets.
    banner: { js: '(function (exports, require, module, __filename, __dirname) {' },
    footer: { js: '})' },
    // It is read as a whole at every start. Names stay, and lines stay short enough for a stack trace.
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 120,
    // A script with a code cache cannot import: what stays outside is required, but no earlier than it would be.
    supported: { 'dynamic-import': false },
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    sourcemap: 'linked',
    write: false,
    plugins: [piecesAsCommonJs],
  });
  await Promise.all(outputFiles.map(({ path, contents }) => writeFile(path, contents)));
  const code = outputFiles.find(({ path }) => path.endsWith('.cjs'));
  return { hash: createHash('sha256').update(code.contents).digest('hex').slice(0, 16), metafile: split.metafile };
}

/**
 * esbuild gives an imported CommonJS package only its default export where Node finds the named ones too. Such a piece
 * ends in `export default require_<package>()`; it becomes what it wraps.
 */
function wholeModule(piece) {
  const wrapped = piece.match(/^export default (require_\w+\(\));$/m)?.[1];
  return wrapped ? `module.exports = ${wrapped};` : '';
}

/** The loader has to be understood by any engine that calls itself Node, if only to be refused politely. */
function loader(hash) {
  return build({
    ...node,
    target: 'es2015',
    entryPoints: ['src/bin/bin.ts'],
    format: 'cjs',
    outfile: 'dist/bin.cjs',
    banner: { js: '#!/usr/bin/env node' },
    define: { BUILD: JSON.stringify(`${version}-${hash}`), SETTLED_AFTER: '1500' },
  });
}

async function separateFiles() {
  const made = Object.entries(apart).map(([name, { file }]) =>
    build({
      ...node,
      charset: 'utf8',
      stdin: { contents: `export * from '${name.startsWith('src/') ? `./${name}` : name}'`, resolveDir: root },
      format: 'cjs',
      outfile: `dist/${file}`,
      metafile: true,
    }),
  );
  return (await Promise.all(made)).map(({ metafile }) => metafile);
}

async function workerFiles() {
  const { metafile } = await build({
    ...node,
    entryPoints: workers,
    format: 'cjs',
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    define: whereItIs,
    metafile: true,
    minifySyntax: true,
    minifyWhitespace: true,
    // Its code for Node looks for a package `canvas`, which pictures by way of SVG do not need.
    alias: { 'vega-canvas': join(root, 'node_modules/vega-canvas/build/vega-canvas.browser.js') },
  });
  const folder = join(root, 'node_modules', '@expo-google-fonts', 'inter');
  await Promise.all(fonts.map(file => copyFile(join(folder, file), join(dist, basename(file)))));
  // So that the notices name the fonts too.
  for (const file of fonts)
    metafile.inputs[`node_modules/@expo-google-fonts/inter/${file}`] = { bytes: 0, imports: [] };
  return metafile;
}

function library() {
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

async function types() {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  await promisify(execFile)(process.execPath, [compiler, '-p', join(root, 'scripts', 'tsconfig.types.json')]).catch(
    ({ stdout, stderr }) => Promise.reject(new Error(`The types do not compile:\n${stdout}${stderr}`)),
  );
}

await rm(dist, { recursive: true, force: true });
const compiled = types();
const [{ hash, metafile }, separate, worker] = await Promise.all([
  program(),
  separateFiles(),
  workerFiles(),
  library(),
  writeFacts(),
  compiled,
]);
await loader(hash);
await chmod(join(dist, 'bin.cjs'), 0o755);
await writeFile(join(dist, 'THIRD-PARTY-NOTICES.txt'), notices(root, [metafile, worker, ...separate]));
