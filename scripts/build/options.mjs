import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const dist = join(root, 'dist');
export const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** What esbuild is told for whatever runs in Node. */
export const node = {
  absWorkingDir: root,
  platform: 'node',
  target: 'node20.18',
  bundle: true,
  charset: 'ascii',
  legalComments: 'none',
  // Lines and names are enough for a stack trace; the sources would be a quarter of the package, and are in the repository.
  sourcesContent: false,
  logLevel: 'warning',
  // Brought by `add`, or installed beside.
  // Its other form loads its parts in a way that cannot be bundled.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  external: ['@duckdb/node-api', '@napi-rs/keyring'],
};

/** For what is read or packed as a whole. Names stay, and lines stay short enough for a stack trace. */
export const small = { minifyWhitespace: true, minifySyntax: true, lineLimit: 120 };

/** Where a file of dist/ is: what `import.meta.dirname` says in an ES module. */
export const whereItIs = { 'import.meta.dirname': '__dirname' };
