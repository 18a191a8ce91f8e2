import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../base/errors.ts';
import { suggestion } from '../base/nearest.ts';
import type { Chain } from '../operations/chain.ts';
import { diskFault, ifMissing, replaceFile } from '../results/disk.ts';
import { readChain } from './form.ts';

/** A chain, and where it stands. */
export interface FoundChain {
  chain: Chain;
  /** Its text, for what points into it. */
  text: string;
  /** Absent: it came with the program. */
  path?: string;
}

/** The chains of one caller, and those that came with the program. A saved one goes before one of the same name. */
export interface Library {
  list(): Promise<FoundChain[]>;
  /** @throws Fault `not_found`, `bad_arguments` */
  get(name: string): Promise<FoundChain>;
  /** Its path. */
  save(chain: Chain): Promise<string>;
}

const largestBytes = 1 << 20;

/** `shipped`: asked for when they are needed. */
export function openLibrary(directory: string, shipped: () => Promise<readonly Chain[]>): Library {
  const own = async (): Promise<FoundChain[]> => {
    const names = await readdir(directory).catch(ifMissing<string[]>([]));
    const files = names.filter(name => /^[a-z0-9-]{1,60}\.json$/.test(name));
    const found = await Promise.all(
      files.map(async file => {
        const path = join(directory, file);
        const text = await readFile(path, 'utf8');
        try {
          return [{ chain: readChain(text, file), text, path }];
        } catch {
          // Whoever asks for it by name is told what is wrong with it.
          return [];
        }
      }),
    );
    return found.flat();
  };
  const list = async (): Promise<FoundChain[]> => {
    const saved = await own();
    const others = (await shipped()).filter(({ name }) => !saved.some(({ chain }) => chain.name === name));
    return [...saved, ...others.map(chain => ({ chain, text: JSON.stringify(chain, null, 2) }))];
  };
  return {
    list,
    async get(name) {
      const path = join(directory, `${name}.json`);
      const isName = /^[a-z0-9-]{1,60}$/.test(name);
      const text = isName ? await readFile(path, 'utf8').catch(ifMissing(undefined)) : undefined;
      if (text !== undefined) return { chain: readChain(text, path), text, path };
      const all = await list();
      const found = all.find(({ chain }) => chain.name === name);
      if (found) return found;
      const names = all.map(({ chain }) => chain.name);
      throw new Fault({
        code: 'not_found',
        message: `There is no chain "${name}".`,
        hint: suggestion(name, names, `There are: ${names.join(', ')}.`),
      });
    },
    async save(chain) {
      const path = join(directory, `${chain.name}.json`);
      try {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        await replaceFile(path, { bytes: largestBytes }, async save => {
          await save(Buffer.from(`${JSON.stringify(chain, null, 2)}\n`));
        });
      } catch (error) {
        throw diskFault(error, directory);
      }
      return path;
    },
  };
}
