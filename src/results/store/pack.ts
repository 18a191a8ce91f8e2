import { type FileHandle, open } from 'node:fs/promises';
import { promisify } from 'node:util';
import { createFile } from '../disk.ts';
import { type Blocks, blockBytes } from './stored-bytes.ts';

/** Compresses a file into another one, block by block, on the threads of the runtime. */
export async function packFile(
  path: string,
  target: string,
  signal?: AbortSignal,
): Promise<{ blocks: Blocks; bytes: number }> {
  const { brotliCompress, constants } = await import('node:zlib');
  const compress = promisify(brotliCompress);
  // The least effort: five times as much gains a tenth to a half of what is left.
  const options = { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } };
  const ends: number[] = [];
  const source = await open(path);
  try {
    const { bytes } = await createFile(target, { bytes: Number.POSITIVE_INFINITY }, async save => {
      let end = 0;
      for (let at = 0; ; at += blockBytes) {
        signal?.throwIfAborted();
        const block = await readBlock(source, at);
        if (block.length === 0) return;
        const packed = await compress(block, options);
        await save(packed);
        end += packed.length;
        ends.push(end);
      }
    });
    return { blocks: { size: blockBytes, ends }, bytes };
  } finally {
    await source.close();
  }
}

/** A whole block; the last may be shorter. */
async function readBlock(source: FileHandle, position: number): Promise<Buffer> {
  const block = Buffer.allocUnsafe(blockBytes);
  let length = 0;
  while (length < blockBytes) {
    const { bytesRead } = await source.read(block, length, blockBytes - length, position + length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return block.subarray(0, length);
}
