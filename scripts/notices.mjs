import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What the executable contains of other people's work, with the licence texts: the packages of esbuild's metafiles, and
 * the packages that those were published with inside (their bundlers leave a `#region` line for each module).
 */
export function notices(root, metafiles) {
  const found = new Map();
  for (const file of metafiles.flatMap(({ inputs }) => Object.keys(inputs))) {
    const name = packageOf(file);
    if (!name) continue;
    found.set(name, undefined);
    const inside = readFileSync(join(root, file), 'utf8').matchAll(
      /^\/\/#region .*\.pnpm\/@?[^/@]+@([\d.]+)[^/]*(\/.*)$/gm,
    );
    for (const [, version, path] of inside) found.set(packageOf(path), version);
  }
  const parts = [...found].sort().map(([name, version]) => notice(root, name, version));
  return `This program contains the following packages.\n\n${parts.join('\n')}`;
}

function packageOf(path) {
  return path.match(/.*node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1];
}

function notice(root, name, versionInside) {
  const folder = join(root, 'node_modules', name);
  const { version, license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find(entry => /^licen[cs]e/i.test(entry));
  const by = typeof author === 'string' ? author : author?.name;
  const text = file ? readFileSync(join(folder, file), 'utf8').trim() : [license, by].filter(Boolean).join(', ');
  return `${'='.repeat(80)}\n${name} ${versionInside ?? version} (${license})\n${'-'.repeat(80)}\n${text}\n`;
}
