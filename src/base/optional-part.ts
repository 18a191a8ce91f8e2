import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { buildFile } from './build-files.ts';
import { userFolders } from './folders.ts';
import { version } from './version.ts';

/** A package with native code that is no part of this one: `data-platforms-mcp add <name>` brings it. */
export interface OptionalPart {
  /** As people ask for it. */
  name: string;
  /** What is installed. */
  package: string;
  /** As it is told of, with what it weighs. */
  title: string;
  /** What works once it is there, as a sentence. */
  opens: string;
}

/** What a person runs to have it, wherever this program came from. */
export const addCommand = ({ name }: OptionalPart) => `npx -y data-platforms-mcp@${version} add ${name}`;

/** Folder with the package file and the lock that say which files the part consists of, with their hashes. */
export const partLock = ({ name }: OptionalPart): string => buildFile(name);

/** Where `add` puts it. Two versions of this program that need the same one share it. */
export async function partFolder(part: OptionalPart): Promise<string> {
  const { data } = await userFolders();
  const { dependencies } = JSON.parse(readFileSync(join(partLock(part), 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  return join(data, 'parts', `${part.name}-${dependencies[part.package]}`);
}

/** Folder of packages that has the part; undefined where it is not installed. Loads nothing. */
export async function findPart(part: OptionalPart): Promise<string | undefined> {
  const installed = createRequire(join(import.meta.dirname, 'program.js')).resolve.paths(part.package) ?? [];
  const added = await partFolder(part).catch(() => undefined);
  const folders = [...installed, ...(added === undefined ? [] : [join(added, 'node_modules')])];
  return folders.find(folder => existsSync(join(folder, part.package, 'package.json')));
}

/** Loads a part out of the folder that has it. */
export const loadPart = ({ package: name }: OptionalPart, folder: string): unknown =>
  createRequire(join(folder, 'program.js'))(name);
