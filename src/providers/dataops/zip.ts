import { type FileHandle, open } from 'node:fs/promises';
import { Fault } from '../../base/errors.ts';

export interface ArchiveMember {
  path: string;
  /** Unpacked. */
  bytes: number;
}

// Own reader, because listing needs only the directory at the end, which is a table of fixed layout (APPNOTE 4.3.12).
const endRecord = { signature: 0x06054b50, bytes: 22, longestComment: 65_535 };
const entry = { signature: 0x02014b50, bytes: 46 };
const largestDirectory = 64 * 1024 * 1024;

/**
 * The files of a zip archive by its directory; nothing is unpacked.
 * @throws Fault `bad_upstream_reply` when it is no zip archive, `too_large` when its directory is beyond reason
 */
export async function readDirectory(file: string): Promise<ArchiveMember[]> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const tail = await read(handle, Math.max(0, size - endRecord.bytes - endRecord.longestComment), size);
    const end = findEnd(tail);
    if (end === undefined) throw damaged('it has no directory');
    const [length, start] = [tail.readUInt32LE(end + 12), tail.readUInt32LE(end + 16)];
    if (start === 0xffffffff || length > largestDirectory) throw tooLarge();
    if (start + length > size) throw damaged('its directory lies beyond its end');
    return [...entries(await read(handle, start, start + length))];
  } finally {
    await handle.close();
  }
}

async function read(handle: FileHandle, from: number, to: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(to - from), 0, to - from, from);
  return buffer.subarray(0, bytesRead);
}

function findEnd(tail: Buffer): number | undefined {
  for (let at = tail.length - endRecord.bytes; at >= 0; at -= 1)
    if (tail.readUInt32LE(at) === endRecord.signature) return at;
  return undefined;
}

function* entries(directory: Buffer): Generator<ArchiveMember> {
  for (let at = 0; at + entry.bytes <= directory.length; ) {
    if (directory.readUInt32LE(at) !== entry.signature) throw damaged('its directory is no directory');
    const [name, extra, comment] = [28, 30, 32].map(offset => directory.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ];
    const path = directory.toString('utf8', at + entry.bytes, at + entry.bytes + name);
    if (!path.endsWith('/')) yield { path, bytes: directory.readUInt32LE(at + 24) };
    at += entry.bytes + name + extra + comment;
  }
}

const damaged = (why: string) =>
  new Fault({
    code: 'bad_upstream_reply',
    message: `The artifacts are no zip archive that can be read: ${why}.`,
    hint: 'Read one file with dataops_read_artifact, or store the archive with dataops_download_artifacts.',
  });

const tooLarge = () =>
  new Fault({
    code: 'too_large',
    message: 'The directory of the artifacts is too large to be listed.',
    hint: 'Read one file with dataops_read_artifact, or store the archive with dataops_download_artifacts.',
  });
