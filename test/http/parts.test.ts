import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { Fault } from '../../src/base/errors.ts';
import { bodyParts } from '../../src/http/multipart/parts.ts';

const type = 'multipart/mixed; boundary=edge';
const partOf = (name: string, content: string | Buffer) =>
  Buffer.concat([
    Buffer.from(`--edge\r\nContent-Disposition: attachment; filename="${name}"\r\nX-File-Status: new\r\n\r\n`),
    Buffer.from(content),
    Buffer.from('\r\n'),
  ]);
const end = Buffer.from('--edge--\r\n');

/** The body in pieces of so many bytes. */
function pieces(body: Buffer, size: number): Readable {
  const count = Math.ceil(body.length / size);
  return Readable.from(Array.from({ length: count }, (_, i) => body.subarray(i * size, (i + 1) * size)));
}

async function read(body: Readable, contentType = type) {
  const found: [string, string][] = [];
  for await (const { headers, bytes } of bodyParts(body, contentType)) {
    expect(headers['x-file-status']).toBe('new');
    const [, name = ''] = /filename="(.*)"/.exec(headers['content-disposition'] ?? '') ?? [];
    found.push([name, (await buffer(bytes)).toString('latin1')]);
  }
  return found;
}

describe('parts of a body', () => {
  const near = Buffer.from('x--edge\r\n--edg-\r\n-\r\n--\0\xff\r\n', 'latin1');
  const large = Buffer.alloc(50_000, 'core ');
  const parts: [string, Buffer][] = [
    ['Ñandú #1.csv', Buffer.from('a\r\n1\r\n')],
    ['empty', Buffer.alloc(0)],
    ['near', near],
    ['large', large],
  ];
  const body = Buffer.concat([...parts.map(([name, content]) => partOf(name, content)), end]);

  test.each([3, 64, 1024, 1_000_000])('are read whole, however they are cut: pieces of %i bytes', async size => {
    expect(await read(pieces(body, size))).toEqual(parts.map(([name, content]) => [name, content.toString('latin1')]));
  });

  test('may be many, and may be none', async () => {
    const many = Array.from({ length: 500 }, (_, i) => [`f${i}`, `${i}`] as [string, string]);
    expect(await read(pieces(Buffer.concat([...many.map(one => partOf(...one)), end]), 65_536))).toEqual(many);
    expect(await read(pieces(end, 100), 'multipart/mixed; boundary="edge"')).toEqual([]);
  });

  test('that end in the middle, break off, or are none, are no success', async () => {
    const short = read(pieces(body.subarray(0, body.length - 20_000), 5000));
    await expect(short).rejects.toMatchObject({ code: 'bad_upstream_reply' });
    async function* broken() {
      yield body.subarray(0, 20_000);
      throw new Fault({ code: 'timed_out', message: 'It stalled.', hint: '' });
    }
    await expect(read(Readable.from(broken()))).rejects.toMatchObject({ code: 'timed_out' });
    await expect(read(Readable.from(['x']), 'text/html')).rejects.toMatchObject({ code: 'bad_upstream_reply' });
  });
});
