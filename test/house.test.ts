import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { providers } from '../src/providers/index.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

/** Every folder of a tree with the names of its files, paths from the root of the repository. */
async function foldersOf(path: string): Promise<Map<string, string[]>> {
  const found = new Map<string, string[]>();
  for (const entry of await readdir(join(root, path), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const folder = entry.parentPath.slice(root.length).replaceAll('\\', '/').replace(/\/$/, '');
    found.set(folder, [...(found.get(folder) ?? []), entry.name]);
  }
  return found;
}

describe('the tree', async () => {
  const folders = await foldersOf('src');
  const guide = await readFile(join(root, 'docs/architecture.md'), 'utf8');
  /** The floors as the guide lists them, the lowest first. */
  const floors = [...guide.matchAll(/^\| `src\/([a-z]+)\/` /gm)].map(([, name]) => name as string);

  it('has two files at its root: the program and the library', () => {
    expect(folders.get('src')?.sort()).toEqual(['index.ts', 'main.ts']);
  });

  it('has a line of meaning for each folder in the guide', () => {
    const there = [...folders.keys()].map(path => path.split('/')[1]).filter(name => name !== undefined);
    expect(floors).toEqual(expect.arrayContaining([...new Set(there)]));
  });

  it('has at most 24 files in a folder; records and routes may be more', () => {
    const full = [...folders].filter(([path, files]) => files.length > 24 && !/\/(operations|routes)$/.test(path));
    expect(full.map(([path, { length }]) => `${path}: ${length}`)).toEqual([]);
  });

  it('has a folder where four files share a prefix', () => {
    const shared = [...folders].flatMap(([path, files]) => {
      const prefixes = files.flatMap(file => /^([a-z0-9]+)-/.exec(file)?.[1] ?? []);
      const often = [...new Set(prefixes)].filter(one => prefixes.filter(other => other === one).length >= 4);
      return often.map(prefix => `${path}/${prefix}-*`);
    });
    expect(shared).toEqual([]);
  });

  it('has names in kebab-case', () => {
    const names = [...folders].flatMap(([path, files]) => files.map(file => `${path}/${file}`));
    expect(names.filter(name => !/^src(\/[a-z0-9]+(-[a-z0-9]+)*)*\.(ts|d\.ts|json|css|html|tsx)$/.test(name))).toEqual(
      [],
    );
  });

  it('names a platform nowhere but in its own folder', async () => {
    const names = new RegExp(providers.flatMap(({ name, title }) => [`\\b${name}`, title]).join('|'), 'i');
    const own = (path: string) => path.startsWith('src/providers/') && path !== 'src/providers';
    for (const [path, files] of folders)
      for (const file of own(path) ? [] : files) {
        const text = await readFile(join(root, path, file), 'utf8');
        if (`${path}/${file}` !== 'src/providers/index.ts')
          expect(names.exec(text)?.[0], `${path}/${file}`).toBeUndefined();
      }
  });

  it('has the floors of the guide in the rules of the linter', async () => {
    const { overrides } = JSON.parse(await readFile(join(root, 'biome.json'), 'utf8')) as {
      overrides: { includes: string[] }[];
    };
    const ruled = overrides.flatMap(({ includes }) => /^src\/([a-z]+)\/\*\*$/.exec(includes[0] ?? '')?.[1] ?? []);
    expect(ruled).toEqual(floors);
  });
});

describe('the gate', () => {
  /** What somebody might write, and the rule that has to refuse it. */
  const planted: [path: string, text: string, rule: string][] = [
    ['src/base/circle-a.ts', `import type { B } from './circle-b.ts';\nexport type A = B[];\n`, 'noImportCycles'],
    [
      'src/base/circle-b.ts',
      `import type { A } from './circle-a.ts';\nexport type B = A | string;\n`,
      'noImportCycles',
    ],
    ['src/base/upwards.ts', `export type { Call } from '../http/call.ts';\n`, 'noRestrictedImports'],
    ['src/http/upwards.ts', `export { executeOperation } from '../calls/call.ts';\n`, 'noRestrictedImports'],
    ['src/calls/upwards.ts', `export type { ToolSet } from '../tools/registry.ts';\n`, 'noRestrictedImports'],
    [
      'src/providers/datarock/simulator/upwards.ts',
      `export { listProjects } from '../operations/projects.ts';\n`,
      'noRestrictedImports',
    ],
    [
      'src/providers/datarock/operations/door.ts',
      `export { datarockSimulator } from '../simulator/simulator.ts';\n`,
      'noRestrictedImports',
    ],
    ['src/tools/printing.ts', `console.log('a line that no protocol knows');\n`, 'noConsole'],
    [
      'src/tools/tangled.ts',
      `export function tangled(n: number): number {\n${'  if (n > 1) { for (let i = 0; i < n; i++) { if (i % 2) n -= 1; } }\n'.repeat(9)}  return n;\n}\n`,
      'noExcessiveCognitiveComplexity',
    ],
    // What is read most is held to less.
    [
      'src/answers/tangled.ts',
      `export function tangled(n: number): number {\n${'  if (n > 1) { for (let i = 0; i < n; i++) { if (i % 2) n -= 1; } }\n'.repeat(3)}  return n;\n}\n`,
      'noExcessiveCognitiveComplexity',
    ],
  ];

  it('refuses each violation of the rules', { timeout: 300_000 }, async () => {
    const copy = await mkdtemp(join(tmpdir(), 'data-platforms-house-'));
    onTestFinished(() => rm(copy, { recursive: true }));
    await cp(join(root, 'src'), join(copy, 'src'), { recursive: true });
    await cp(join(root, 'package.json'), join(copy, 'package.json'));
    const config = JSON.parse(await readFile(join(root, 'biome.json'), 'utf8'));
    await writeFile(join(copy, 'biome.json'), JSON.stringify({ ...config, vcs: { enabled: false } }));
    await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
    for (const [path, text] of planted) {
      await mkdir(dirname(join(copy, path)), { recursive: true });
      await writeFile(join(copy, path), text);
    }
    const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
    const files = planted.map(([path]) => path);
    const failed = await run(process.execPath, [biome, 'lint', '--reporter=json', '--max-diagnostics=none', ...files], {
      cwd: copy,
      maxBuffer: 64 << 20,
    }).then(
      () => undefined,
      (error: { stdout: string }) => error.stdout,
    );
    const { diagnostics } = JSON.parse(failed ?? '{"diagnostics":[]}') as {
      diagnostics: { category: string; severity: string; location: { path: string | { file: string } } }[];
    };
    const seen = diagnostics.map(({ category, severity, location: { path } }) =>
      [typeof path === 'string' ? path : path.file, category.split('/').at(-1), severity].join(' '),
    );
    for (const [path, , rule] of planted) expect(seen, `${path} breaks ${rule}`).toContain(`${path} ${rule} error`);
  });
});
