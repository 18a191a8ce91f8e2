import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, brotliCompressSync, constants } from 'node:zlib';
import { build } from 'esbuild';
import { dist, node, root, small, whereItIs } from './options.mjs';
import { withBoundedMemory } from './wasm-memory.mjs';

/** Memory of what draws pictures: 512 MiB, in processes and threads alike. */
const picturePages = 8_192;

/** What runs as a process of its own, started by `src/results/worker.ts`. */
const workers = {
  query: 'src/results/query/main.ts',
  chart: 'src/results/chart/main.ts',
  sheet: 'src/results/sheets/main.ts',
};

/** What charts are written in. The machine may have no fonts at all. */
const fonts = ['400Regular/Inter_400Regular.ttf', '600SemiBold/Inter_600SemiBold.ttf'];

export async function workerFiles() {
  const { metafile } = await build({
    ...node,
    entryPoints: workers,
    format: 'cjs',
    outdir: 'dist',
    outExtension: { '.js': '.cjs' },
    define: whereItIs,
    metafile: true,
    ...small,
    // What fails there is told in a sentence, never by a stack trace.
    minifyIdentifiers: true,
    // Its code for Node looks for a package `canvas`, which pictures by way of SVG do not need.
    alias: { 'vega-canvas': join(root, 'node_modules/vega-canvas/build/vega-canvas.browser.js') },
  });
  const folder = join(root, 'node_modules', '@expo-google-fonts', 'inter');
  const packFont = async file =>
    writeFile(join(dist, `${basename(file)}.br`), await promisify(brotliCompress)(await readFile(join(folder, file))));
  await Promise.all(fonts.map(packFont));
  // An eighth less than what packing makes of it, in half a second; the last eighth would take six.
  const file = await readFile(join(root, 'node_modules', '@resvg', 'resvg-wasm', 'index_bg.wasm'));
  const pictures = withBoundedMemory(file, picturePages);
  const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: 24 };
  await writeFile(join(dist, 'resvg.wasm.br'), await promisify(brotliCompress)(pictures, { params }));
  // A quarter less than what packing makes of it.
  const grammar = await readFile(join(root, 'node_modules', 'libpg-query', 'wasm', 'libpg-query.wasm'));
  await writeFile(join(dist, 'postgres.wasm.br'), brotliCompressSync(grammar));
  // So that the notices name the fonts too.
  for (const file of fonts)
    metafile.inputs[`node_modules/@expo-google-fonts/inter/${file}`] = { bytes: 0, imports: [] };
  return metafile;
}
