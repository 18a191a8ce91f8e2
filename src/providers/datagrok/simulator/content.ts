import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';

/** Bytes of a file or table, wherever they are. */
export interface Content {
  size: number;
  etag: string;
  open(): Readable;
}

/** Content that is made anew each time it is read; it has to be the same each time. */
export function generated(produce: () => Iterable<string | Buffer>): Content {
  let known: { size: number; etag: string } | undefined;
  const measure = () => {
    known ??= measureOf(produce());
    return known;
  };
  return {
    get size() {
      return measure().size;
    },
    get etag() {
      return measure().etag;
    },
    open: () => Readable.from(produce(), { objectMode: true, highWaterMark: 1 }),
  };
}

export const fixed = (body: string | Buffer): Content => {
  const bytes = Buffer.from(body as string);
  return generated(() => (bytes.length > 0 ? [bytes] : []));
};

function measureOf(chunks: Iterable<string | Buffer>): { size: number; etag: string } {
  const hash = createHash('md5');
  let size = 0;
  for (const chunk of chunks) {
    hash.update(chunk);
    size += Buffer.byteLength(chunk as string);
  }
  return { size, etag: hash.digest('hex') };
}

/** Keeps what is uploaded, so that no upload is ever whole in memory. */
export interface Spool {
  /** Stores a body as it arrives. `look` sees every chunk first, and may throw when all have come. */
  keep(body: Readable, look?: (chunk: Buffer | undefined) => void): Promise<Content>;
  close(): Promise<void>;
}

interface Extent {
  offset: number;
  length: number;
}

const pieceBytes = 256 * 1024;

/** One temporary file for all uploads, out of the folder as soon as it is open: nothing is left behind by a crash. */
export function createSpool(): Spool {
  let file: Promise<FileHandle> | undefined;
  let end = 0;
  const handle = () => {
    file ??= openUnnamed();
    return file;
  };

  async function append(chunk: Buffer, extents: Extent[]): Promise<void> {
    const offset = end;
    end += chunk.length;
    await (await handle()).write(chunk, 0, chunk.length, offset);
    const last = extents.at(-1);
    // Uploads that arrive together take turns in the file.
    if (last && last.offset + last.length === offset) last.length += chunk.length;
    else extents.push({ offset, length: chunk.length });
  }

  async function* read(extents: readonly Extent[]): AsyncGenerator<Buffer> {
    const from = await handle();
    for (const { offset, length } of extents) {
      for (let done = 0; done < length; done += pieceBytes) {
        const piece = Buffer.alloc(Math.min(pieceBytes, length - done));
        await from.read(piece, 0, piece.length, offset + done);
        yield piece;
      }
    }
  }

  return {
    async keep(body, look) {
      const hash = createHash('md5');
      const extents: Extent[] = [];
      let size = 0;
      let complaint: unknown;
      for await (const chunk of body as AsyncIterable<Buffer>) {
        // To the end, come what may: leaving in the middle would cut the sender's connection.
        complaint ??= trouble(look, chunk);
        if (complaint) continue;
        hash.update(chunk);
        size += chunk.length;
        await append(chunk, extents);
      }
      complaint ??= trouble(look, undefined);
      if (complaint) throw complaint;
      return {
        size,
        etag: hash.digest('hex'),
        open: () => Readable.from(read(extents), { objectMode: true, highWaterMark: 1 }),
      };
    },
    async close() {
      await (await file)?.close();
    },
  };
}

function trouble(look: ((chunk: Buffer | undefined) => void) | undefined, chunk: Buffer | undefined): unknown {
  try {
    look?.(chunk);
    return undefined;
  } catch (error) {
    return error;
  }
}

async function openUnnamed(): Promise<FileHandle> {
  const path = join(tmpdir(), `datagrok-sandbox-${randomUUID()}`);
  const handle = await open(path, 'wx+', 0o600);
  await unlink(path);
  return handle;
}
