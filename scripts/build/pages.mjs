import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompressSync } from 'node:zlib';
import { build, transform } from 'esbuild';
import { dist, root } from './options.mjs';

const source = join(root, 'src', 'apps');
/** Bytes of one page, and of all of them: they are read again with every answer that they show. */
const most = { one: 40_000, all: 120_000 };

/** Builds the pages for clients that draw: one file each. A field of ours that they use and that is no more stops it. */
export async function pages() {
  const names = (await readdir(source, { withFileTypes: true }))
    .filter(entry => entry.isDirectory() && entry.name !== 'core')
    .map(({ name }) => name);
  const [, ...texts] = await Promise.all([checkTypes(), ...names.map(pageOf)]);
  await mkdir(join(dist, 'pages'), { recursive: true });
  let all = 0;
  for (const [at, name] of names.entries()) {
    const bytes = Buffer.byteLength(texts[at]);
    // What shows the others is no page of a client.
    if (name !== 'showroom') all += bytes;
    if (bytes > most.one) throw new Error(`The page ${name} has ${bytes} bytes; ${most.one} are the most.`);
    await writeFile(join(dist, 'pages', `${name}.html.br`), brotliCompressSync(texts[at]));
  }
  if (all > most.all) throw new Error(`The pages have ${all} bytes together; ${most.all} are the most.`);
}

/** Of the pages alone: the program that they take types from is for Node, and checked as such. */
async function checkTypes() {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const command = [compiler, '--noEmit', '--pretty', 'false', '-p', source];
  const said = await promisify(execFile)(process.execPath, command, { cwd: root }).then(
    () => '',
    ({ stdout }) => stdout,
  );
  const wrong = said.split('\n').filter(line => /^(?:src\/apps\/|error )/.test(line.replaceAll('\\', '/')));
  if (wrong.length > 0) throw new Error(`The pages do not compile:\n${wrong.join('\n')}`);
}

async function pageOf(name) {
  const [script, style] = await Promise.all([scriptOf(name), styleOf(name)]);
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${name}</title>`;
  return `<!doctype html><html lang="en"><head>${head}<style>${style}</style></head><body><main></main><script>${script}</script></body></html>\n`;
}

async function scriptOf(name) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [join(source, name, 'main.ts')],
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    target: ['chrome123', 'firefox120', 'safari17.5'],
    minify: true,
    legalComments: 'none',
    charset: 'ascii',
    logLevel: 'warning',
    plugins: [withoutNode],
  });
  return outputFiles[0].text.trim().replaceAll('</script', '<\\/script');
}

/** What a page takes of the program never comes to Node's own modules, though its files name them. */
const withoutNode = {
  name: 'without-node',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: 'without-node' }));
    onLoad({ filter: /./, namespace: 'without-node' }, () => ({ contents: 'module.exports = {}' }));
  },
};

async function styleOf(name) {
  const files = [join(source, 'core', 'style.css'), join(source, name, 'style.css')];
  const text = (await Promise.all(files.map(file => readFile(file, 'utf8')))).join('\n');
  return (await transform(text, { loader: 'css', minify: true })).code.trim();
}
