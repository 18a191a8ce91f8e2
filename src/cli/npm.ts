import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A script of the npm that came with the Node that runs this, which need not be on the PATH; undefined where it has none. */
export function npmScript(name: 'npm-cli.js' | 'npx-cli.js'): string | undefined {
  const home = dirname(process.execPath);
  return [join(home, '..', 'lib', 'node_modules'), join(home, 'node_modules')]
    .map(modules => join(modules, 'npm', 'bin', name))
    .find(path => existsSync(path));
}
