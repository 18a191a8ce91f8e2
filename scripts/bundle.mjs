// Makes build/data-platforms-mcp.mcpb: the executable for Claude Desktop, one for every system. `--folder` stops before
// it is packed. Run by npm run bundle, after the build.
import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { importSource } from './source.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const folder = join(root, 'build', 'bundle');

await rm(folder, { recursive: true, force: true });
await mkdir(join(folder, 'server'), { recursive: true });
// The library and its types are for programs.
const names = (await readdir(dist)).filter(name => !/^(library|types)$|\.map$/.test(name));
for (const name of names) await cp(join(dist, name), join(folder, 'server', name), { recursive: true });
await cp(join(root, 'LICENSE'), join(folder, 'LICENSE'));
const { bundleManifest } = await importSource('scripts/distribution.ts');
await writeFile(join(folder, 'manifest.json'), `${JSON.stringify(bundleManifest(), null, 2)}\n`);
await initWasm(await readFile(join(root, 'node_modules', '@resvg', 'resvg-wasm', 'index_bg.wasm')));
const icon = new Resvg(await readFile(join(root, 'docs', 'icon.svg'), 'utf8'), {
  fitTo: { mode: 'width', value: 512 },
});
await writeFile(join(folder, 'icon.png'), icon.render().asPng());

if (!process.argv.includes('--folder')) {
  const packed = join(root, 'build', 'data-platforms-mcp.mcpb');
  // Its packer brings fifty packages that nothing else here needs.
  const npx = ['-y', '@anthropic-ai/mcpb@2.1.2', 'pack', folder, packed];
  await promisify(execFile)('npx', npx, { shell: process.platform === 'win32' });
  console.log(packed);
}
