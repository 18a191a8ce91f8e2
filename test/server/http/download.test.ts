import { expect, test } from 'vitest';
import { newToken } from '../../../src/callers/static-tokens.ts';
import { legacy, startListening } from '../../support/listening.ts';

type Row = Record<string, unknown>;

async function team(settings: Row = {}) {
  const [anna, ben] = [newToken(), newToken()];
  const tokens = [
    { name: 'anna', sha256: anna.sha256 },
    { name: 'ben', sha256: ben.sha256 },
  ];
  const world = await startListening({ tokens, ...settings }, { platforms: ['datarock'] });
  const call = async ({ token }: { token: string }, name: string, args: Row) => {
    const { message } = await world.post(legacy('tools/call', { name, arguments: args }), {
      authorization: `Bearer ${token}`,
    });
    const { structuredContent, content } = message.result as { structuredContent: Row; content: { text: string }[] };
    return { data: structuredContent, text: content[0]?.text ?? '' };
  };
  /** A link to three rows as CSV, as a person gets it. */
  async function link(who = anna) {
    const asked = await call(who, 'query_result', {
      sql: "SELECT * FROM (VALUES (1, 'å'), (2, 'b'), (3, 'c')) AS t(n, name)",
    });
    const { uri } = asked.data['result'] as { uri: string };
    const { data, text } = await call(who, 'export_result', { result: uri, format: 'csv' });
    return {
      uri: data['result'] as string,
      url: new URL(String(data['download'])),
      until: data['download_until'],
      text,
    };
  }
  return { ...world, anna, ben, call, link };
}

const csv = 'n,name\r\n1,å\r\n2,b\r\n3,c\r\n';

test('a person gets a stored result by a link of the server, without being asked who they are', async () => {
  const { send, link, anna } = await team();
  const { url, text } = await link();
  expect(text).toContain(url.href);
  expect(url.href).not.toContain(anna.token);
  expect(Buffer.from(url.pathname.slice('/download/'.length).split('.')[0] ?? '', 'base64url').toString()).not.toMatch(
    /anna/,
  );
  const { status, headers, body } = await send(url.pathname);
  expect({ status, body }).toEqual({ status: 200, body: csv });
  expect(headers).toMatchObject({
    'content-type': 'text/csv',
    'content-length': String(Buffer.byteLength(csv)),
    'content-disposition': expect.stringMatching(/^attachment; filename="[\x20-\x7e]+"; filename\*=UTF-8''\S+\.csv$/),
    'accept-ranges': 'bytes',
    'cache-control': 'private, no-store',
    'x-content-type-options': 'nosniff',
  });
  const head = await send(url.pathname, { method: 'HEAD' });
  expect(head).toMatchObject({ status: 200, body: '', headers: { 'content-length': headers['content-length'] } });
});

test('a part of a file is given out', async () => {
  const { send, link } = await team();
  const { url } = await link();
  const bytes = Buffer.from(csv);
  const part = (range: string, more = {}) => send(url.pathname, { headers: { range, ...more } });
  for (const [range, from, to] of [
    ['bytes=0-5', 0, 6],
    ['bytes=8-', 8, bytes.length],
    ['bytes=-4', bytes.length - 4, bytes.length],
    ['bytes=3-999', 3, bytes.length],
  ] as const) {
    const { status, headers, body } = await part(range);
    expect({ status, body }).toEqual({ status: 206, body: bytes.subarray(from, to).toString() });
    expect(headers['content-range']).toBe(`bytes ${from}-${to - 1}/${bytes.length}`);
  }
  expect(await part('bytes=99-')).toMatchObject({
    status: 416,
    headers: { 'content-range': `bytes */${bytes.length}` },
  });
  // Several at once, and what is no range, is the whole file.
  for (const range of ['bytes=0-1,3-4', 'rows=1-2', 'bytes=5-2']) expect((await part(range)).status).toBe(200);
  const { headers } = await send(url.pathname);
  expect((await part('bytes=0-5', { 'if-range': headers.etag as string })).status).toBe(206);
  expect((await part('bytes=0-5', { 'if-range': '"another"' })).status).toBe(200);
});

test('a link is good for its result, for a while, and as it was signed', async () => {
  const { send, link, call, anna, ben, clock } = await team();
  const { url, uri } = await link();
  expect((await send(url.pathname, { method: 'POST' })).status).toBe(405);
  const [, , token = ''] = url.pathname.split('/');
  const [subject = '', signature = ''] = token.split('.');
  const other = Buffer.from(
    Buffer.from(subject, 'base64url')
      .toString()
      .replace(/^\["\w/, '["f'),
  ).toString('base64url');
  for (const path of [`${other}.${signature}`, `${subject}.${signature.slice(1)}`, subject, '', '../mcp'])
    expect((await send(`/download/${path}`)).status).not.toBe(200);
  // Ben finds nothing of Anna's.
  expect((await call(ben, 'export_result', { result: uri, format: 'file' })).text).toMatch(/^not_found/);
  await call(anna, 'delete_result', { result: uri });
  expect((await send(url.pathname)).status).toBe(410);
  const late = await link();
  await clock.advance(Date.parse(String(late.until)) - clock.now());
  expect(await send(late.url.pathname)).toMatchObject({
    status: 410,
    body: expect.stringMatching(/expired.*export_result/),
  });
});

test('behind a public address links begin with it', async () => {
  const { send, link } = await team({ public_url: 'https://data.example/platforms/mcp' });
  const { url } = await link();
  expect(url.href).toMatch(/^https:\/\/data\.example\/platforms\/download\/[\w-]+\.[\w-]+$/);
  const path = url.pathname.replace('/platforms', '');
  expect((await send(path, { headers: { host: 'data.example' } })).body).toBe(csv);
  expect((await send(path, { headers: { host: 'evil.example' } })).status).toBe(403);
});
