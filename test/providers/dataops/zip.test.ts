import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readDirectory } from '../../../src/providers/dataops/zip.ts';
import { freshFolder } from '../../support/folder.ts';

const GiB = 2 ** 30;

interface Member {
  name: string;
  bytes: number;
}

/** An archive whose members are stored as they are: holes of a sparse file, and behind them the directory of zip64. */
async function sparseArchive(members: readonly Member[]): Promise<string> {
  const path = join(await freshFolder(), 'artifacts.zip');
  const file = await open(path, 'w');
  const entries: Buffer[] = [];
  let at = 0;
  for (const { name, bytes } of members) {
    const extra = Buffer.alloc(28);
    extra.writeUInt16LE(1, 0);
    extra.writeUInt16LE(24, 2);
    for (const [index, value] of [bytes, bytes, at].entries()) extra.writeBigUInt64LE(BigInt(value), 4 + 8 * index);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(45, 6);
    entry.writeUInt16LE(0x0800, 8);
    for (const where of [20, 24, 42]) entry.writeUInt32LE(0xffffffff, where);
    entry.writeUInt16LE(Buffer.byteLength(name), 28);
    entry.writeUInt16LE(extra.length, 30);
    entries.push(Buffer.concat([entry, Buffer.from(name), extra]));
    at += 30 + Buffer.byteLength(name) + bytes;
  }
  const directory = Buffer.concat(entries);
  const end64 = Buffer.alloc(56);
  end64.writeUInt32LE(0x06064b50, 0);
  end64.writeBigUInt64LE(44n, 4);
  end64.writeBigUInt64LE(BigInt(members.length), 24);
  end64.writeBigUInt64LE(BigInt(members.length), 32);
  end64.writeBigUInt64LE(BigInt(directory.length), 40);
  end64.writeBigUInt64LE(BigInt(at), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(at + directory.length), 8);
  locator.writeUInt32LE(1, 16);
  const end = Buffer.alloc(22, 0xff);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt32LE(0, 4);
  end.writeUInt16LE(0, 20);
  const tail = Buffer.concat([directory, end64, locator, end]);
  await file.write(tail, 0, tail.length, at);
  await file.close();
  return path;
}

it('an archive past 4 GiB is listed, with files past 4 GiB in it', async () => {
  const members = [
    { name: 'target/manifest.json', bytes: 12 },
    { name: 'exports/assays.csv', bytes: 5 * GiB },
    { name: 'exports/bohrlöcher.csv', bytes: 3 },
  ];
  const listed = await readDirectory(await sparseArchive(members));
  expect(listed).toEqual(members.map(({ name, bytes }) => ({ path: name, bytes })));
});

it('more files than anybody reads are not listed', async () => {
  const many = Array.from({ length: 200_001 }, (_, n) => ({ name: `f${n}`, bytes: 0 }));
  await expect(readDirectory(await sparseArchive(many))).rejects.toMatchObject({
    code: 'too_large',
    message: 'The artifacts hold 200001 files, too many to be listed.',
  });
});
