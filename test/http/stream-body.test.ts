import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { formBody } from '../../src/http/multipart/multipart.ts';
import type { StreamBody } from '../../src/http/stream-body.ts';
import { connectionTo, newCall, post, respond, upstream, world } from '../support/upstream.ts';

const mebibyte = Buffer.alloc(2 ** 20, 'drill core ');

/** A body of so many MiB that notes how often it was opened and how much of it was in memory at once. */
function large(count: number, size?: number) {
  const seen = { opened: 0 };
  const body: StreamBody = {
    mediaType: 'text/csv',
    ...(size === undefined ? {} : { size }),
    open() {
      seen.opened += 1;
      return Readable.from(
        Array.from({ length: count }, () => mebibyte),
        { objectMode: false },
      );
    },
  };
  return { body, seen };
}

test('a body streams with its size and type, says how far it is, and is not bound by the time of an attempt', async () => {
  const { clock, client, call } = world();
  const { origin, arrivals } = await upstream(clock, async (_, response) => {
    await clock.sleep(40_000);
    respond(response, 200, {}, { ok: true });
  });
  const { body } = large(8, 8 * 2 ** 20);
  const reply = await client.send(connectionTo(origin), post(`${origin}/x`, { body }), call);
  expect(reply.body).toEqual({ ok: true });
  const [{ headers, body: sent } = { headers: {}, body: '' }] = arrivals;
  expect([headers['content-type'], headers['content-length']]).toEqual(['text/csv', String(8 * 2 ** 20)]);
  expect(createHash('md5').update(sent).digest('hex')).toBe(
    createHash('md5')
      .update(Buffer.concat(Array(8).fill(mebibyte)))
      .digest('hex'),
  );
  expect(call.messages.at(-1)).toBe('acme_create_thing: sent 8.0 of 8.0 MiB');
});

test('a body of unknown size goes in chunks, an empty one with its length', async () => {
  const { clock, client } = world();
  const { origin, arrivals } = await upstream(clock, [201]);
  const send = (body: StreamBody) => client.send(connectionTo(origin), post(`${origin}/x`, { body }), newCall(clock));
  await send({ mediaType: 'text/csv', open: () => Readable.from([Buffer.from('a\n'), Buffer.from('1\n')]) });
  await send({ mediaType: 'text/csv', size: 0, open: () => Readable.from([]) });
  await send({ mediaType: 'text/csv', open: () => Readable.from([]) });
  expect(arrivals.map(({ headers, body }) => [headers['transfer-encoding'], headers['content-length'], body])).toEqual([
    ['chunked', undefined, 'a\n1\n'],
    [undefined, '0', ''],
    [undefined, '0', ''],
  ]);
});

test('a body is opened anew where no connection came about, and never again once it was read', async () => {
  const { clock, client, call } = world();
  const server = createServer((request, response) => {
    request.resume().once('end', () => response.end('{"ok":true}'));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => server.close(resolve));
  const origin = `http://127.0.0.1:${port}`;
  const { body, seen } = large(1);
  // It comes up while the client waits before its second try.
  call.progress = () => void server.listen(port, '127.0.0.1');
  const reply = await client.send(connectionTo(origin), post(`${origin}/x`, { body, repeatable: true }), call);
  server.closeAllConnections();
  server.close();
  expect([reply.body, seen.opened]).toEqual([{ ok: true }, 2]);

  for (const answer of [[429, { 'retry-after': '1' }], [503, { 'retry-after': '1' }], [502], [401]] as const) {
    const asked = await upstream(clock, answer as never, [200]);
    const again = large(1);
    const write = client.send(
      connectionTo(asked.origin),
      post(`${asked.origin}/x`, { body: again.body, repeatable: true }),
      newCall(clock),
    );
    await expect(write, String(answer[0])).rejects.toMatchObject({ status: answer[0] });
    expect([asked.arrivals.length, again.seen.opened], String(answer[0])).toEqual([1, 1]);
  }
});

test('a source that fails, or ends early, is not half a success', async () => {
  const { clock, client } = world();
  const { origin, arrivals } = await upstream(clock, [200]);
  async function* broken() {
    yield Buffer.from('a\n');
    throw new Error('the disk is gone');
  }
  const send = (body: StreamBody) => client.send(connectionTo(origin), post(`${origin}/x`, { body }), newCall(clock));
  await expect(send({ mediaType: 'text/csv', open: () => Readable.from(broken()) })).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('meanwhile: the disk is gone.'),
  });
  const short = { mediaType: 'text/csv', size: 9, open: () => Readable.from([Buffer.from('a\n')]) };
  await expect(send(short)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('it has 2 of 9 bytes left'),
  });
  expect(arrivals.filter(({ body }) => body !== '')).toEqual([]);
});

test('a form has its fields, its files unchanged, and a size where all sizes are known', async () => {
  const csv = Buffer.from('a,b\n1,2\n');
  const file = { mediaType: 'text/csv', size: csv.length, open: () => Readable.from([csv]) };
  const form = formBody([
    { name: 'upload_type', text: 'team' },
    { name: 'file', fileName: 'te"am\n.csv', file },
  ]);
  const boundary = form.mediaType.split('boundary=')[1];
  const bytes = await buffer(form.open());
  expect(bytes.length).toBe(form.size);
  expect(bytes.toString()).toBe(
    `--${boundary}\r\nContent-Disposition: form-data; name="upload_type"\r\n\r\nteam\r\n` +
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="te%22am%0A.csv"\r\n` +
      `Content-Type: text/csv\r\n\r\na,b\n1,2\n\r\n--${boundary}--\r\n`,
  );
  const { size: _, ...unknown } = file;
  expect(formBody([{ name: 'file', fileName: 'x', file: unknown }]).size).toBeUndefined();
  const parsed = await new Response(bytes, { headers: { 'content-type': form.mediaType } }).formData();
  expect(parsed.get('upload_type')).toBe('team');
  expect(await (parsed.get('file') as File).text()).toBe('a,b\n1,2\n');
});
