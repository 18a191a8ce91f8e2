import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { diskFault, replaceFile, saving } from '../disk.ts';
import { workFolder } from './places.ts';
import { fileFacts, makeFolder } from './record-files.ts';
import { removeArea } from './sweep.ts';

/**
 * Where the parts of an interrupted download wait to be resumed, by any process. A part is there whole or not at
 * all. Idle areas are removed when results would have expired, and count in the quota.
 */
export interface Workspace {
  readonly directory: string;
  /** The most that one record of a part may have. */
  readonly recordBytes: number;
  has(part: string): Promise<boolean>;
  /** Where the part is, or would be. */
  path(part: string): string;
  write(part: string, bytes: AsyncIterable<Uint8Array>, signal?: AbortSignal): Promise<void>;
  remove(part: string): Promise<void>;
  discard(): Promise<void>;
}

export function openWorkspace(root: string, key: string, bytes: { part: number; record: number }): Workspace {
  const directory = join(root, workFolder, digest(key));
  const path = (part: string) => join(directory, digest(part));
  return {
    directory,
    recordBytes: bytes.record,
    path,
    async has(part) {
      const facts = await fileFacts(path(part)).catch(error => {
        throw diskFault(error, root);
      });
      return facts !== undefined;
    },
    async write(part, source, signal) {
      try {
        await makeFolder(directory);
        await replaceFile(path(part), { bytes: bytes.part, signal }, async save => {
          for await (const _ of saving(source, save));
        });
      } catch (error) {
        throw signal?.aborted ? signal.reason : diskFault(error, root);
      } finally {
        // Nobody else reads what was not read, and it would keep its connection open.
        if (source instanceof Readable) source.destroy();
      }
    },
    remove: part => rm(path(part), { force: true }),
    discard: () => removeArea(directory),
  };
}

/** Names of parts come from platforms: they may hold slashes, or differ only in the case of a letter. */
function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
