import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { promisify } from 'node:util';

/** Bytes on the disk: as they are, or in compressed blocks, so that they can be read from the middle. */
export interface StoredBytes {
  path: string;
  /** Absent for bytes that are as they are. */
  blocks?: Blocks;
}

export interface Blocks {
  /** Of each block but the last, before it was compressed. */
  size: number;
  /** Where each block ends in the file. */
  ends: readonly number[];
}

/** What was stored, from a byte on. `handle`: the file, where somebody has opened it already; it is closed here. */
export function openBytes({ path, blocks }: StoredBytes, start = 0, handle?: FileHandle): AsyncIterable<Uint8Array> {
  return blocks ? blocksFrom(handle ?? path, blocks, start) : createReadStream(path, { start });
}

async function* blocksFrom(
  given: string | FileHandle,
  { size, ends }: Blocks,
  start: number,
): AsyncGenerator<Uint8Array> {
  const { brotliDecompress } = await import('node:zlib');
  const decompress = promisify(brotliDecompress);
  const file = typeof given === 'string' ? await open(given) : given;
  try {
    for (let block = Math.floor(start / size); block < ends.length; block++) {
      const from = ends[block - 1] ?? 0;
      const packed = Buffer.alloc((ends[block] as number) - from);
      await file.read(packed, 0, packed.length, from);
      const bytes = await decompress(packed);
      const first = Math.max(0, start - block * size);
      for (let at = first; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
    }
  } finally {
    await file.close();
  }
}

const pieceBytes = 65_536;

/** Of one block: small enough that a row in the middle costs little, large enough to be compressed well. */
export const blockBytes = 1_048_576;
