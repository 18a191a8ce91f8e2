import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Path of a file or folder that the build makes. From main.cjs it is beside, from a piece of the library one folder up,
 * from the source in what was built last.
 */
export function buildFile(name: string): string {
  const here = import.meta.dirname;
  const folders = [here, join(here, '..'), join(here, '..', '..', 'dist')];
  const found = folders.map(folder => join(folder, name)).find(path => existsSync(path));
  if (!found) throw new Error(`${name} is not there: it is made by npm run build`);
  return found;
}
