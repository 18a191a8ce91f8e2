import { existsSync, readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import { build } from 'esbuild';
import { dist, node, root, small } from './options.mjs';

/** A simulator needs nothing of the program, and a start needs none of them. */
const platforms = readdirSync(join(root, 'src', 'providers')).filter(name =>
  existsSync(join(root, 'src', 'providers', name, 'provider.ts')),
);
export const simulators = Object.fromEntries(
  platforms.map(name => [`src/providers/${name}/simulator/simulator.ts`, `simulator-${name}.cjs`]),
);

/**
 * Large, and not needed to answer the first `tools/list`: a file each, read when imported. What is in main.cjs is read,
 * and what was ever compiled of it is loaded from the code cache, at every start.
 */
export const besideProgram = {
  'gpt-tokenizer/encoding/o200k_base': 'tokenizer.cjs',
  undici: 'undici.cjs',
  ioredis: 'redis.cjs',
  'prom-client': 'metrics.cjs',
  'src/tracing/otlp.ts': 'tracing.cjs',
  'src/cli/mcp-client.ts': 'client.cjs',
  'src/cli/setup/libraries.ts': 'setup.cjs',
  '@modelcontextprotocol/server/validators/ajv': 'ajv.cjs',
  'src/providers/dx/sql/grammar.ts': 'postgres.cjs',
  ...simulators,
};

/** Leaves what has a file of its own to that file, which is in `folder` as seen from what is built. */
export const leaveBeside = (files, folder) => ({
  name: 'leave-beside',
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ kind, path, resolveDir }) => {
      if (kind !== 'dynamic-import') return undefined;
      const name = path.startsWith('.') ? relative(root, join(resolveDir, path)).replaceAll(sep, '/') : path;
      return files[name] && { path: `${folder}/${files[name]}`, external: true };
    });
  },
});

/** A simulator checks what its routes take; where the vendor says so is for who reads the contract. */
const whatRoutesTake = {
  name: 'what-routes-take',
  setup({ onLoad }) {
    onLoad({ filter: /contract\.json$/ }, async ({ path: file }) => {
      const { endpoints } = JSON.parse(await readFile(file, 'utf8'));
      const needed = endpoints.map(({ method, path, parameters }) => ({
        method,
        path,
        parameters: parameters.map(({ evidence, source, note, ...parameter }) => parameter),
      }));
      return { loader: 'json', contents: JSON.stringify({ endpoints: needed }) };
    });
  },
};

/**
 * The 200,000 words of the tokenizer as a packed text, a line each: packing the package leaves a third more of their
 * code. What holds a line end, and what is no text but bytes, is JSON behind a sign.
 */
const wordsAsText = {
  name: 'words-as-text',
  setup({ onLoad }) {
    onLoad({ filter: /bpeRanks[/\\]o200k_base\.js$/ }, async ({ path: file }) => {
      const { default: words } = await import(pathToFileURL(file));
      const isPlain = word => typeof word === 'string' && !word.includes('\n') && !word.startsWith('\x01');
      const lines = words.map(word => (isPlain(word) ? word : `\x01${JSON.stringify(word)}`));
      const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: 24 };
      await writeFile(join(dist, 'o200k_base.txt.br'), await promisify(brotliCompress)(lines.join('\n'), { params }));
      return { contents: readWords };
    });
  },
};

const readWords = `
  const { readFileSync } = require('node:fs');
  const { brotliDecompressSync } = require('node:zlib');
  const text = brotliDecompressSync(readFileSync(require('node:path').join(__dirname, 'o200k_base.txt.br'))).toString();
  export default text.split('\\n').map(line => (line.startsWith('\\x01') ? JSON.parse(line.slice(1)) : line));
`;

/** Gives the metafiles of what is in them. */
export async function filesBeside() {
  const metafiles = Object.entries(besideProgram).map(async ([name, file]) => {
    const { metafile } = await build({
      ...node,
      ...small,
      charset: 'utf8',
      stdin: { contents: await exportsOf(name), resolveDir: root },
      format: 'cjs',
      outfile: `dist/${file}`,
      metafile: true,
      plugins: [whatRoutesTake, wordsAsText],
    });
    return metafile;
  });
  return Promise.all(metafiles);
}

// By name, because Node and esbuild find no names in what a CommonJS package exports by `*`.
async function exportsOf(name) {
  if (name.startsWith('src/')) return `export * from './${name}'`;
  const names = Object.keys(await import(name)).filter(one => /^\w+$/.test(one) && one !== 'default');
  return `export { ${names} } from '${name}'`;
}
