import { createHash, randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Agent, request } from 'undici';
import { describe, expect, onTestFinished, test } from 'vitest';
import contract from '../../../src/providers/datagrok/contract.json' with { type: 'json' };
import { datagrokSimulator, datagrokSimulatorWith } from '../../../src/providers/datagrok/simulator/simulator.ts';
import { virtualClock } from '../../../src/sandbox/clock.ts';
import { startSimulator } from '../../../src/sandbox/host.ts';

// --- a client written for this test alone ---

// biome-ignore lint/suspicious/noExplicitAny: what each answer ought to have is what the tests are about
type Json = any;

interface Answer {
  status: number;
  headers: Record<string, unknown>;
  bytes: Buffer;
  text: string;
  json: Json;
}

interface Sent {
  json?: unknown;
  body?: string | Buffer | Readable;
  type?: string;
  key?: string;
  authorization?: string;
}

async function start(definition = datagrokSimulator) {
  const clock = virtualClock();
  const simulator = await startSimulator(definition, { clock });
  const agent = new Agent({ connections: 4 });
  onTestFinished(async () => {
    await agent.destroy();
    await simulator.close();
  });
  const { state, baseUrl } = simulator;

  const open = (method: string, url: string, sent: Sent = {}) => {
    const { json, body, key = state.key, authorization = `Bearer ${key}` } = sent;
    const type = sent.type ?? (json === undefined ? undefined : 'application/json');
    const payload = json === undefined ? body : JSON.stringify(json);
    return request(url, {
      method: method as 'GET',
      dispatcher: agent,
      headers: { ...(authorization && { authorization }), ...(type && { 'content-type': type }) },
      ...(payload !== undefined && { body: payload }),
    });
  };
  async function send(line: string, sent: Sent = {}): Promise<Answer> {
    const [method = '', path = ''] = [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)];
    const reply = await open(method, baseUrl + path, sent);
    const bytes = Buffer.from(await reply.body.arrayBuffer());
    const text = bytes.toString('utf8');
    const isJson = /^(\[|\{|"|null|true|false|-?\d)/.test(text) && reply.headers['content-type'] === 'application/json';
    return {
      status: reply.statusCode,
      headers: reply.headers,
      bytes,
      text,
      json: isJson ? JSON.parse(text) : undefined,
    };
  }
  /** The status, or the code within a 200. */
  async function codeOf(line: string, sent: Sent = {}): Promise<number> {
    const { status, json } = await send(line, sent);
    return json?.['#type'] === 'ApiError' ? (json.errorCode ?? 0) : status;
  }
  const call = (name: string, given: object = {}) => send(`POST /public/v1/functions/${name}/call`, { json: given });
  return { clock, simulator, state, open, send, codeOf, call };
}

const csvType = 'text/csv';
const byteType = 'application/octet-stream';
const demo = '/public/v1/files/System.DemoFiles';
const archive = '/public/v1/files/Geology.CoreArchive';
const encoded = (path: string) => path.split('/').map(encodeURIComponent).join('/');

test('it hands out all that a client has to be told', async () => {
  const { simulator, state } = await start();
  expect(simulator.baseUrl).toMatch(/\/api$/);
  expect(simulator.settings).toEqual({ base_url: simulator.baseUrl, api_key: state.key });
  expect(simulator.environment).toEqual({ DATAGROK_BASE_URL: simulator.baseUrl, DATAGROK_API_KEY: state.key });
});

// Without a caller, or behind the route of another endpoint.
const alwaysThere = ['LOGIN', 'C6-health', 'C5-file-list'];

test('every endpoint of the contract has a route, and can be switched off', async () => {
  const { state, send } = await start();
  const ids = contract.endpoints.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { id, method, path } of contract.endpoints) {
    const line = `${method} ${path.replace(/\{\w+\}/g, () => randomUUID())}`;
    const { status } = await send(line, { type: byteType, body: method === 'GET' ? undefined : '' } as Sent);
    expect([id, status === 404 || status === 405]).toEqual([id, false]);
    if (alwaysThere.includes(id)) continue;
    state.absent.set(id, 405);
    expect([id, (await send(line)).status]).toEqual([id, 405]);
  }
});

// --- keys ---

test('only a well-formed Bearer with a known key gets in', async () => {
  const { state, send } = await start();
  const wrong = ['', state.key, `Bearer ${state.key}x`, `Bearer Bearer ${state.key}`, `Token ${state.key}`, 'Bearer '];
  for (const authorization of wrong) {
    const { status, json } = await send('GET /public/v1/users/current', { authorization });
    expect([authorization, status, json['#type'], json.errorCode]).toEqual([authorization, 401, 'ApiError', 401]);
  }
  expect((await send('GET /public/v1/users/current')).json).toMatchObject({ login: 'mara.okafor', status: 'active' });
  state.keys.delete(state.key);
  expect((await send('GET /public/v1/users/current')).status).toBe(401);
});

test('a developer key gives a token that is sent raw and ends', async () => {
  const { state, send, clock } = await start();
  const [key = ''] = state.developerKeys.keys();
  const { json } = await send(`POST /users/login/dev/${key}`, { authorization: '' });
  const raw = { authorization: json.token };
  expect((await send('GET /public/v1/users/current', raw)).json.login).toBe('priya.raman');
  expect((await send('GET /public/v1/users/current', { key: json.token })).status).toBe(401);
  await clock.sleep(state.sessionSeconds * 1000);
  expect((await send('GET /public/v1/users/current', raw)).status).toBe(401);
  expect((await send('POST /users/login/dev/nonsense', { authorization: '' })).status).toBe(401);
});

test('a wrong root shows the web interface; a root without /api works as well', async () => {
  const { simulator, open } = await start();
  const reply = await open('GET', `${simulator.baseUrl.replace('/api', '')}/public/v1/users/current`);
  expect([reply.statusCode, reply.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  expect(await reply.body.text()).toMatch(/^<!DOCTYPE html>/);
  const local = await start(datagrokSimulatorWith({ root: '' }));
  expect((await local.send('GET /public/v1/users/current')).json.login).toBe('mara.okafor');
  expect((await local.send('POST /public/v1/tables/A', { body: 'a\n1\n', type: csvType })).json.ID).toBeDefined();
});

// --- how it says no ---

describe.each([
  ['header', 200, 'true'],
  ['status', 404, 'true'],
  ['body', 200, undefined],
] as const)('errors in form %s', (form, status, header) => {
  test('are ApiErrors; what the front door refuses has a real status', async () => {
    const { state, send } = await start();
    state.errors.form = form;
    const missing = await send('GET /public/v1/tables/Nowhere');
    expect([missing.status, missing.headers['api-error']]).toEqual([status, header]);
    expect(missing.json).toMatchObject({ '#type': 'ApiError', errorCode: 404, stackTrace: expect.any(String) });
    for (const line of ['GET /public/v1/nothing', 'GET /public/v1/tables/A:B', 'GET /public/v1/tables/A%3AB'])
      expect([line, (await send(line)).status]).toEqual([line, 404]);
    expect((await send('PUT /public/v1/tables/A')).status).toBe(405);
    expect((await send('GET /public/v1/functions', { authorization: '' })).status).toBe(401);
  });
});

test('errors come as text, in older words, and without a code where the server failed', async () => {
  const { state, send, call } = await start();
  state.errors.contentType = 'text/plain';
  const plain = await send('GET /public/v1/tables/Nowhere');
  expect([plain.headers['content-type'], JSON.parse(plain.text)['#type']]).toEqual(['text/plain', 'ApiError']);
  state.errors.contentType = 'application/json';
  state.errors.fields = 'older';
  const { json } = await send('GET /public/v1/tables/Nowhere');
  expect(json).toMatchObject({ error: expect.stringMatching(/Nowhere/), innerError: { '#type': 'ApiError' } });
  expect(json.message).toBeUndefined();
  state.errors.fields = 'current';
  for (const { json: body } of [await call('Sqrt', { x: -1 }), await send('GET /public/v1/tables/OldGrid')]) {
    expect(body['#type']).toBe('ApiError');
    expect(body.errorCode).toBeUndefined();
  }
});

// --- files ---

test('files come and go byte for byte, whatever their names and contents', async () => {
  const { send } = await start();
  const bodies: [string, Buffer][] = [
    ['exports/empty.bin', Buffer.alloc(0)],
    ['exports/a #b?c%20d & "e".csv', Buffer.from('a,b\r\n1,"x\ny"\n')],
    ['Ñandú/07:30', Buffer.from([0, 255, 13, 10, 0xc3])],
  ];
  for (const [path, body] of bodies) {
    const line = `/public/v1/files/MaraOkafor.Home/${encoded(path)}`;
    const up = await send(`POST ${line}`, { body, type: byteType });
    expect([up.status, up.bytes.length]).toEqual([200, 0]);
    expect((await send(`GET ${line}`)).bytes).toEqual(body);
  }
  const replaced = `/public/v1/files/maraokafor.home/${encoded('Ñandú/07:30')}`;
  await send(`POST ${replaced}`, { body: Readable.from(['in ', 'pieces']), type: byteType });
  expect((await send(`GET ${replaced}`)).text).toBe('in pieces');
  await send(`DELETE ${replaced}`);
  expect((await send(`GET ${replaced}`)).json.errorCode).toBe(404);
});

test('the seed has the files that make trouble', async () => {
  const { send } = await start();
  const read = async (path: string) => (await send(`GET ${demo}/${encoded(path)}`)).bytes;
  expect((await read('geology/empty.csv')).length).toBe(0);
  expect((await read('odd names/Ñandú #04 100%?.csv')).toString()).toMatch(/^hole_id,depth_m\nÑandú-04/);
  expect([...(await read('odd names/shift 07:30'))]).toEqual([0, 255, 10, 13, 128]);
  expect((await read('geology/logo.png')).subarray(1, 4).toString()).toBe('PNG');
});

test('what cannot be written or is no file is refused', async () => {
  const { codeOf, state } = await start();
  const body = { body: 'x', type: byteType };
  expect(await codeOf(`POST ${demo}/new.txt`, body)).toBe(403);
  expect(await codeOf('POST /public/v1/files/Geology.Laboratory/x', body)).toBe(400);
  expect(await codeOf('GET /public/v1/files/Geology.Laboratory/x')).toBe(400);
  expect(await codeOf('POST /public/v1/files/MaraOkafor.Home/x', { body: '"x"', type: 'application/json' })).toBe(415);
  expect(await codeOf('POST /public/v1/files/MaraOkafor.Home/exports', body)).toBe(400);
  expect(await codeOf('GET /public/v1/files/MaraOkafor.Home/a/..%2F..%2Fb')).toBe(400);
  expect(await codeOf('GET /public/v1/files/TomasLindqvist.Home/private.txt')).toBe(404);
  expect(await codeOf('GET /public/v1/files/Home/notes.txt')).toBe(200);
  expect(await codeOf('GET /public/v1/files/System:DemoFiles/readme.txt')).toBe(404);
  expect(await codeOf('GET /public/v1/files/MaraOkafor.Home')).toBe(404);
  const tomas = { key: state.addKey('tomas.lindqvist') };
  expect(await codeOf(`POST ${archive}/logs/x.las`, { ...body, ...tomas })).toBe(200);
});

test('listings are internal: by UUID, with a slash at the end', async () => {
  const { send, codeOf } = await start();
  const quoted = async (text: string) =>
    (await send(`GET /public/v1/connections?text=${encodeURIComponent(text)}`)).json.map(({ name }: Json) => name);
  expect(await quoted("dataSource='Postgres'")).toEqual(await quoted('dataSource="Postgres"'));
  expect(await quoted("dataSource='Postgres'")).not.toEqual([]);
  const [{ id }] = (await send('GET /public/v1/connections?text=DemoFiles')).json;
  const list = async (dir: string) => (await send(`GET /connectors/connections/${id}/files/${dir}`)).json;
  const names = (rows: Json[]) => rows.map(row => `${row.path}${row.isFile ? '' : '/'}`);
  expect(names(await list(''))).toEqual(['geology/', 'nothing here/', 'odd names/', 'readme.txt']);
  expect(await list('nothing%20here/')).toEqual([]);
  expect((await list('geology/'))[2]).toMatchObject({ path: 'geology/empty.csv', isFile: true, size: 0 });
  const all = await list('?recursive=true');
  expect(names(all)).toEqual(expect.arrayContaining(['odd names/no.extension/', 'odd names/no.extension/README']));
  expect(all.find((row: Json) => row.isFile).updatedOn).toMatch(/^2026-.*Z$/);
  expect(await codeOf(`GET /connectors/connections/${id}/files/geology`)).toBe(400);
  expect(await codeOf(`GET /connectors/connections/${id}/files/gone/`)).toBe(404);
  expect(await codeOf('GET /connectors/connections/System.DemoFiles/files/')).toBe(404);
});

interface Part {
  path: string;
  status: string;
  etag: string;
  bytes: Buffer;
}

function partsOf({ headers, bytes }: Answer): Part[] {
  const boundary = /boundary=(.+)$/.exec(String(headers['content-type']))?.[1];
  const raw = bytes.toString('latin1').split(`--${boundary}`).slice(1, -1);
  return raw.map(part => {
    const end = part.indexOf('\r\n\r\n');
    const head = Buffer.from(part.slice(0, end), 'latin1').toString();
    const of = (pattern: RegExp) => pattern.exec(head)?.[1] ?? '';
    return {
      path: of(/filename="(.*)"/).replace(/\\(.)/g, '$1'),
      status: of(/X-File-Status: (.*)/),
      etag: of(/X-File-E-Tag: (.*)/),
      bytes: Buffer.from(part.slice(end + 4, -2), 'latin1'),
    };
  });
}

test('a directory comes as parts, as far as it is not there already', async () => {
  const { send } = await start();
  const sync = async (dir: string, query: string, held: object) =>
    send(`POST /public/v1/files/sync/System.DemoFiles/${encoded(dir)}?${query}`, { json: held });
  const first = partsOf(await sync('odd names', 'recursive=true', {}));
  expect(first.map(({ path, status }) => [path, status])).toEqual([
    ['TT+03 & "wedge".txt', 'new'],
    ['no.extension/README', 'new'],
    ['shift 07:30', 'new'],
    ['Ñandú #04 100%?.csv', 'new'],
  ]);
  expect([...(first[2]?.bytes ?? [])]).toEqual([0, 255, 10, 13, 128]);
  expect(first[2]?.etag).toBe(
    createHash('md5')
      .update(Buffer.from([0, 255, 10, 13, 128]))
      .digest('hex'),
  );
  const held = { 'shift 07:30': first[2]?.etag, 'gone.txt': 'x', 'TT+03 & "wedge".txt': 'old' };
  const second = partsOf(await sync('odd names', '', held));
  expect(second.map(({ path, status, bytes }) => [path, status, bytes.length])).toEqual([
    ['TT+03 & "wedge".txt', 'modified', 15],
    ['shift 07:30', 'not-modified', 0],
    ['Ñandú #04 100%?.csv', 'new', 32],
    ['gone.txt', 'deleted', 0],
  ]);
  expect(partsOf(await sync('geology', 'ext=csv', {})).map(({ path }) => path)).toEqual([
    'assays.csv',
    'collars.csv',
    'empty.csv',
  ]);
  expect((await sync('nothing here', '', {})).status).toBe(204);
  expect((await sync('gone', '', {})).json.errorCode).toBe(404);
  expect((await sync('geology', '', [])).json.errorCode).toBe(400);
});

// --- tables ---

test('a table goes up under any name that it may have, and comes back unchanged', async () => {
  const { simulator, send } = await start();
  const upload = async (name: string, body: string) =>
    (await send(`POST /public/v1/tables/${name}`, { body, type: csvType })).json;
  const bare = await upload('MyTable', 'a,b\r\n1,\r\n');
  expect(bare).toEqual({
    ID: expect.stringMatching(/^[0-9a-f-]{36}$/),
    'Grok name': 'MaraOkafor:MyTable:MyTable',
    Markup: '#{x.MaraOkafor:MyTable:MyTable."MyTable"}',
    URL: `${simulator.baseUrl.replace('/api', '')}/p/MaraOkafor.MyTable.MyTable`,
  });
  expect((await upload('MyTable', 'a\n2\n')).ID).toBe(bare.ID);
  expect((await upload('CopperheadNorth.Extra', 'a\n3\n'))['Grok name']).toBe('MaraOkafor:CopperheadNorth:Extra');
  expect((await upload('MaraOkafor.New.Other', 'a\n4\n'))['Grok name']).toBe('MaraOkafor:New:Other');
  for (const name of [bare.ID, 'MyTable', 'MaraOkafor.MyTable.MyTable']) {
    const { text, headers } = await send(`GET /public/v1/tables/${name}`);
    expect([text, headers['content-type']]).toEqual(['a\n2\n', 'text/csv; charset=utf-8']);
  }
  expect((await upload(bare.ID, 'a\n5\n')).ID).toBe(bare.ID);
  expect((await send('GET /public/v1/tables/MyTable')).text).toBe('a\n5\n');
});

test('tables that cannot be stored or found are refused', async () => {
  const { send, codeOf } = await start();
  const csv = { body: 'a\n1\n', type: csvType };
  const d42 = await send('POST /public/v1/tables/T', { body: 'd42', type: byteType });
  expect(d42.json).toMatchObject({ errorCode: 415, message: expect.stringMatching(/d42.*text\/csv/) });
  expect(await codeOf('POST /public/v1/tables/T', { body: 'a', type: 'text/plain' })).toBe(415);
  expect(await codeOf('POST /public/v1/tables/T', { body: '', type: csvType })).toBe(400);
  expect(await codeOf('POST /public/v1/tables/T', { body: Buffer.from([97, 10, 255]), type: csvType })).toBe(400);
  expect(await codeOf('GET /public/v1/tables/T')).toBe(404);
  expect(await codeOf('GET /public/v1/tables/Collars')).toBe(400);
  expect(await codeOf('GET /public/v1/tables/TomasLindqvist.GradeControl.BlastHoles')).toBe(200);
  expect(await codeOf('POST /public/v1/tables/TomasLindqvist.GradeControl.BlastHoles', csv)).toBe(403);
  expect(await codeOf('POST /public/v1/tables/TomasLindqvist.GradeControl.New', csv)).toBe(403);
  expect(await codeOf('POST /public/v1/tables/TomasLindqvist.New.New', csv)).toBe(403);
  expect(await codeOf('GET /public/v1/tables/TomasLindqvist.Drafts.Secret')).toBe(404);
});

test('60 MB go up and come back without being held in memory', async () => {
  const { simulator, open } = await start();
  const chunks = 960;
  const sent = createHash('md5');
  const line = `${'0123456789,'.repeat(93)}\n`;
  let peak = 0;
  function* body() {
    for (let index = 0; index < chunks; index += 1) {
      const chunk = Buffer.alloc(64 * 1024, `${index},${line}`);
      sent.update(chunk);
      if (index % 240 === 120) peak = Math.max(peak, held());
      yield chunk;
    }
  }
  // Other tests share this process, so what could be collected must not count.
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const held = () => {
    collect();
    const { heapUsed, external } = process.memoryUsage();
    return (heapUsed + external) / 2 ** 20;
  };
  const before = held();
  const url = `${simulator.baseUrl}/public/v1/tables/Large`;
  const up = await open('POST', url, { body: Readable.from(body()), type: csvType });
  expect(((await up.body.json()) as Json).ID).toBeDefined();
  const received = createHash('md5');
  const down = await open('GET', url);
  let size = 0;
  for await (const chunk of down.body) {
    received.update(chunk);
    if (size % 2 ** 24 < chunk.length) peak = Math.max(peak, held());
    size += chunk.length;
  }
  expect([size, down.headers['content-length']]).toEqual([chunks * 64 * 1024, String(chunks * 64 * 1024)]);
  expect(received.digest('hex')).toBe(sent.digest('hex'));
  expect(peak - before).toBeLessThan(55);
});

test('a large upload that is refused is answered, not cut off', async () => {
  const { codeOf } = await start();
  const large = { body: Buffer.alloc(8 * 2 ** 20, 'a'), type: csvType };
  expect(await codeOf('POST /public/v1/tables/T', { ...large, key: 'wrong' })).toBe(401);
  expect(await codeOf('POST /public/v1/tables/T', { ...large, type: byteType })).toBe(415);
  expect(await codeOf('POST /public/v1/tables/a:b', large)).toBe(404);
  expect(await codeOf('GET /public/v1/tables/T')).toBe(404);
});

test('uploads that arrive together do not mix', async () => {
  const { send } = await start();
  const bodies = [1, 2, 3, 4].map(index => Buffer.alloc(300_000 + index, String(index)));
  const line = (index: number) => `/public/v1/files/MaraOkafor.Home/together/${index}`;
  await Promise.all(bodies.map((body, index) => send(`POST ${line(index)}`, { body, type: byteType })));
  const back = await Promise.all(bodies.map((_, index) => send(`GET ${line(index)}`)));
  expect(back.map(({ bytes }, index) => bytes.equals(bodies[index] ?? Buffer.alloc(0)))).toEqual(Array(4).fill(true));
});

// --- dashboards and shares ---

test('a dashboard is made, made again, and shared', async () => {
  const { send, codeOf, state } = await start();
  const collars = 'MaraOkafor.CopperheadNorth.Collars';
  const made = (await send(`POST /public/v1/dashboards/Overview/${collars},Assays`, { json: { '#type': 'x' } })).json;
  expect(made).toMatchObject({ 'Grok name': 'MaraOkafor:Overview', URL: `${state.server}/p/MaraOkafor.Overview` });
  expect(state.world.projects.get(made.ID)?.layout).toEqual({ '#type': 'x' });
  expect((await send(`POST /public/v1/dashboards/MaraOkafor.Overview/${collars}`)).json.ID).toBe(made.ID);
  expect(await codeOf(`POST /public/v1/dashboards/D/${collars}`, { body: '{', type: 'application/json' })).toBe(400);
  expect(await codeOf(`POST /public/v1/dashboards/D/${collars},Nowhere`)).toBe(404);
  expect(await codeOf('POST /public/v1/dashboards/D/MaraOkafor:X:Y')).toBe(404);

  const ines = { key: state.addKey('ines.ferreira') };
  expect(await codeOf(`GET /public/v1/tables/${collars}`, ines)).toBe(404);
  const shared = await send(`GET /public/v1/dashboards/${made.ID}/shares?groups=Geology,hana.sato&access=View`);
  expect([shared.status, shared.text]).toEqual([200, '']);
  expect(await codeOf(`GET /public/v1/tables/${collars}`, ines)).toBe(200);
  const rows = (await send(`GET /privileges/permissions?entityId=${made.ID}&all=true`)).json;
  expect(rows.map((row: Json) => [row.userGroup.friendlyName, row.permission.name])).toEqual([
    ['Geology', 'View'],
    ['Hana Satō', 'View'],
  ]);
});

test('a share by GET is all or nothing; one by POST says what failed', async () => {
  const { send, codeOf, state } = await start();
  const name = 'MaraOkafor.CopperheadOverview';
  const get = (query: string) => codeOf(`GET /public/v1/dashboards/${name}/shares?${query}`);
  const grants = state.world.grants.size;
  expect(await get('groups=Geology,Nobody')).toBe(404);
  expect(await get('groups=Geology&access=Own')).toBe(400);
  expect(await get('access=View')).toBe(400);
  expect(state.world.grants.size).toBe(grants);
  expect(await codeOf('GET /public/v1/dashboards/TomasLindqvist.ShiftReport/shares?groups=Geology')).toBe(403);
  const post = async (query: string) => (await send(`POST /public/v1/entities/${name}/shares?${query}`)).json;
  const empty = { shared: [], alreadyShared: [], failed: [] };
  expect(await post('groups=Geology')).toEqual({ ...empty, status: 'success', shared: ['Geology'] });
  expect(await post('groups=Geology,Nobody')).toEqual({
    status: 'partial_success',
    shared: [],
    alreadyShared: ['Geology'],
    failed: ['Nobody'],
  });
  expect(await post('groups=Nobody&access=Edit')).toEqual({ ...empty, status: 'failed', failed: ['Nobody'] });
  expect(await post('groups=Geology&access=Edit')).toMatchObject({ shared: ['Geology'] });
  state.shareAnswer = 'json';
  const answer = await send(`GET /public/v1/dashboards/${name}/shares?groups=Geology`);
  expect(answer.json.alreadyShared).toEqual(['Geology']);
  state.absent.set('A6', 404);
  expect(await get('groups=Geology')).toBe(404);
});

// --- functions ---

test('functions of every kind run by name, on both paths', async () => {
  const { send, call } = await start();
  const value = async (name: string, given: object) => (await call(name, given)).json;
  expect(await value('Sin', { x: 0 })).toBe(0);
  expect(await value('Chem.smilesToMw', { smiles: 'CCO' })).toBe(46.069);
  expect(await value('Chem.smilesToMw', { smiles: 'unheard of' })).toBeNull();
  expect(await value('IsEmpty', { s: '' })).toBe(true);
  expect((await call('Uppercase', { s: 'ddh' })).text).toBe('"DDH"');
  expect(await value('MaraOkafor.RockQuality', { from_m: 10, to_m: 12, long_pieces: 1.6 })).toEqual({
    rqd: 80,
    rock_class: 'good',
    note: null,
  });
  expect(await value('Geology.Laboratory.AssaysByHole', { hole: 'DDH001', min_cu: 2 })).toMatch(
    /^hole_id,depth_from,depth_to,cu_percent,au_gpt\nDDH001,/,
  );
  expect((await send('POST /public/v1/Abs/call', { json: { x: -3 } })).json).toBe(3);
  expect((await send('POST /public/v1/functions/call', { json: {} })).json).toBe(42);
  expect(await value('functions', {})).toBe(42);
});

test('each path of a call can be missing, and nothing runs then', async () => {
  const { send, call, state } = await start();
  state.absent.set('A7', 404);
  expect((await call('Sin', { x: 0 })).status).toBe(404);
  expect(state.calls).toEqual([]);
  expect((await send('POST /public/v1/Sin/call', { json: { x: 0 } })).status).toBe(200);
  state.absent.clear();
  state.absent.set('A7-short', 404);
  expect((await send('POST /public/v1/Sin/call', { json: { x: 0 } })).status).toBe(404);
  expect((await call('Sin', { x: 0 })).json).toBe(0);
  expect(state.calls.map(({ name, given }) => [name, given])).toEqual([
    ['Sin', { x: 0 }],
    ['Sin', { x: 0 }],
  ]);
});

test('calls are refused for what they lack or have too much', async () => {
  const { codeOf } = await start();
  const code = (name: string, json: unknown) => codeOf(`POST /public/v1/functions/${name}/call`, { json });
  expect(await code('Nowhere', {})).toBe(404);
  expect(await code('Sin', {})).toBe(400);
  expect(await code('Sin', { x: '0' })).toBe(400);
  expect(await code('Sin', { x: 0, y: 0 })).toBe(400);
  expect(await code('Sin', [0])).toBe(400);
  expect(await code('GeoTools.OpenCoreViewer', { hole: 'DDH001' })).toBe(400);
  expect(await code('TomasLindqvist.Draft', {})).toBe(404);
  expect(await code('Chem:smilesToMw', { smiles: 'O' })).toBe(404);
});

test('heavy calls hold the connection for minutes; answers may come as plain text', async () => {
  const { call, clock, state } = await start();
  const begun = clock.now();
  expect((await call('Geology.KrigeBlocks')).json).toBe(120_000);
  expect(clock.now() - begun).toBe(240_000);
  state.durations.set('Geology:KrigeBlocks', 0);
  await call('Geology.KrigeBlocks');
  expect(clock.now() - begun).toBe(240_000);
  state.plainAnswers = true;
  const { text, headers } = await call('Uppercase', { s: 'ddh' });
  expect([text, headers['content-type']]).toEqual(['DDH', 'text/plain; charset=utf-8']);
});

test('a caller who leaves a heavy call leaves no clock behind', async () => {
  const { simulator, state, clock, send } = await start();
  const gone = new AbortController();
  const waiting = request(`${simulator.baseUrl}/public/v1/functions/Geology.KrigeBlocks/call`, {
    method: 'POST',
    headers: { authorization: `Bearer ${state.key}`, 'content-type': 'application/json' },
    body: '{"search_m":80}',
    signal: gone.signal,
  });
  const release = clock.hold();
  while (state.calls.length === 0) await new Promise(setImmediate);
  gone.abort();
  await expect(waiting).rejects.toThrow();
  release();
  const before = clock.now();
  expect((await send('GET /public/v1/healthcheck')).status).toBe(200);
  await clock.sleep(1000);
  expect(clock.now() - before).toBe(1000);
});

test('functions are listed by smart filter, saved, and deleted where the browser does it', async () => {
  const { send, codeOf } = await start();
  const names = async (text: string) =>
    (await send(`GET /public/v1/functions?text=${encodeURIComponent(text)}`)).json.map((row: Json) => row.nqName);
  expect(await names('source="data-query"')).toEqual([
    'Geology:Laboratory:AssaysByHole',
    'Geology:Laboratory:LatestBatch',
  ]);
  expect(await names('source="function" and #text')).toEqual(['Uppercase', 'IsEmpty']);
  expect(await names('Draft')).toEqual([]);
  const { json: sin } = await send('GET /public/v1/functions/Sin');
  expect(sin).toMatchObject({
    '#type': 'Func',
    params: [
      { name: 'x', propertyType: 'double', isInput: true },
      { name: 'result', propertyType: 'double', isInput: false },
    ],
    parameterInfos: { x: { name: 'x', isInput: true } },
  });
  expect(sin.source).toBeUndefined();
  const script = { '#type': 'Script', name: 'Mine', language: 'python', script: 'x = 1' };
  const params = [{ name: 'x', propertyType: 'int', isInput: false }];
  expect(await codeOf('POST /public/v1/functions', { json: script })).toBe(400);
  const id = randomUUID();
  const saved = (await send('POST /public/v1/functions', { json: { ...script, id, params } })).json;
  expect(saved).toMatchObject({ id, nqName: 'MaraOkafor:Mine', source: 'script', params });
  expect(await codeOf('POST /public/v1/functions', { json: { ...script, id: randomUUID() } })).toBe(409);
  expect((await send('POST /public/v1/functions/Mine/call', { json: {} })).json).toBeNull();
  const query = { '#type': 'DataQuery', id: randomUUID(), name: 'Q', query: 'select 1' };
  expect(await codeOf('POST /connectors/queries', { json: query })).toBe(400);
  const connection = { id: (await send('GET /public/v1/connections/Geology.Laboratory')).json.id };
  expect((await send('POST /connectors/queries', { json: { ...query, connection } })).json.connection.name).toBe(
    'Laboratory',
  );
  expect(await codeOf(`DELETE /connectors/queries/${id}`)).toBe(404);
  expect(await codeOf(`DELETE /scripts/${id}`)).toBe(200);
  expect(await codeOf('DELETE /scripts/Geology.Composite')).toBe(403);
});

// --- connections, credentials ---

test('connections and credentials are saved, tested and deleted', async () => {
  const { send, codeOf } = await start();
  const of = async (query: string) =>
    (await send(`GET /public/v1/connections?${query}`)).json.map((row: Json) => row.name);
  expect(await of('dataSource=S3')).toEqual(['CoreArchive']);
  expect(await of('tags=core,photos')).toEqual(['CoreArchive']);
  expect(await of('text=home')).toEqual(['Home']);
  const body = {
    name: 'Survey',
    dataSource: 'Postgres',
    parameters: { server: 'survey.sandbox.example' },
    credentials: { parameters: { password: 'p' }, openParameters: { login: 'l' } },
  };
  const saved = (await send('POST /public/v1/connections?saveCredentials=true', { json: body })).json;
  expect(saved.credentials).toMatchObject({ parameters: {}, openParameters: { login: 'l' } });
  const { json: secret } = await send(`GET /public/v1/credentials/for/${saved.id}`);
  expect(secret).toMatchObject({ entityBindId: saved.id, parameters: { password: 'p' } });
  expect(await codeOf(`DELETE /public/v1/credentials/${secret.id}`)).toBe(200);
  expect(await codeOf(`GET /public/v1/credentials/for/${saved.id}`)).toBe(404);
  expect(await codeOf('POST /public/v1/credentials', { json: { parameters: {} } })).toBe(400);
  expect(await codeOf('GET /public/v1/credentials/for/Geology.GroundWater')).toBe(403);
  const tested = async (json: object) => (await send('POST /public/v1/connections/test', { json })).json;
  expect(await tested(saved)).toBe('ok');
  expect(await tested({ ...saved, parameters: { server: 'lab-db-old.sandbox.example' } })).toMatch(/timed out/);
  expect(await tested({ ...saved, dataSource: 'AWS' })).toMatch(/cannot be tested/);
  expect(await codeOf(`DELETE /public/v1/connections/${saved.id}`)).toBe(200);
  expect(await codeOf(`DELETE /public/v1/connections/${saved.id}`)).toBe(200);
  expect(await codeOf(`GET /public/v1/connections/${saved.id}`)).toBe(404);
  expect(await codeOf('DELETE /public/v1/connections/System.DemoFiles')).toBe(403);
});

// --- users, groups, requests ---

test('users go by login or id, and are blocked at once', async () => {
  const { send, codeOf, state } = await start();
  const { json: hana } = await send('GET /public/v1/users/hana.sato');
  expect(hana).toMatchObject({ firstName: 'Hana', status: 'active', group: { personal: true } });
  expect((await send('GET /public/v1/users')).json[0].group.name).toBeUndefined();
  expect((await send('GET /public/v1/users?include=group')).json[0].group.name).toBe('System');
  const key = state.addKey('hana.sato');
  expect(await codeOf('GET /public/v1/users/current', { key })).toBe(200);
  expect(await codeOf('POST /public/v1/users/block', { json: { id: hana.id } })).toBe(400);
  expect((await send('POST /public/v1/users/block', { json: hana })).json.status).toBe('blocked');
  expect(await codeOf('GET /public/v1/users/current', { key })).toBe(401);
  await send('POST /public/v1/users/unblock', { json: hana });
  expect(await codeOf('GET /public/v1/users/current', { key })).toBe(200);
  const body = { '#type': 'User', login: 'new.person', firstName: 'New', lastName: 'Person', status: 'active' };
  expect(await codeOf('POST /public/v1/users', { json: body, key })).toBe(403);
  expect((await send('POST /public/v1/users', { json: body })).json.group.personal).toBe(true);
  expect((await send('POST /public/v1/users', { json: body })).json.message).toMatch(/already exists/);
});

test('relations that are sent replace those that were there', async () => {
  const { send, codeOf } = await start();
  const [found] = (await send('GET /public/v1/groups/lookup?query=geol')).json;
  expect([found.name, found.children]).toEqual(['Geology', undefined]);
  const path = `/public/v1/groups/${found.id}`;
  const members = async (query = '') =>
    (await send(`GET ${path}/members${query}`)).json.map((row: Json) => row.friendlyName);
  expect(await members()).toEqual(['Mara Okafor', 'Tomas Lindqvist', 'Inês Ferreira', 'Mine geology']);
  expect(await members('?admin=True')).toEqual(['Mara Okafor']);
  const { json: group } = await send(`GET ${path}`);
  expect(group.children.map((row: Json) => row.isAdmin)).toEqual([true, null, null, null]);
  await send('POST /public/v1/groups', { json: { ...group, children: [], description: 'd' } });
  expect(await members()).toHaveLength(4);
  const save = (json: object) => codeOf('POST /public/v1/groups?saveRelations=true', { json });
  expect(await save({ ...group, children: [{ child: group.children[0].child }] })).toBe(400);
  expect(await save({ ...group, children: group.children.slice(0, 2) })).toBe(200);
  expect(await members()).toEqual(['Mara Okafor', 'Tomas Lindqvist']);
  expect(await save({ name: 'Geology' })).toBe(409);
  expect(await codeOf(`DELETE ${path}`)).toBe(400);
  const { json: added } = await send('POST /public/v1/groups', { json: { name: 'Short lived' } });
  expect(await codeOf(`DELETE /public/v1/groups/${added.id}`)).toBe(200);
  expect(await codeOf('DELETE /public/v1/groups/Administrators')).toBe(400);
  const all = (await send('GET /public/v1/groups?text=personal%3Dfalse&include=children.child')).json;
  expect(all.every((row: Json) => !row.personal && Array.isArray(row.children) && row.parents === undefined)).toBe(
    true,
  );
});

test('membership is asked for and decided on once', async () => {
  const { send, codeOf, state } = await start();
  const pending = async () =>
    (await send('GET /public/v1/groups/Geology/requests')).json.filter((row: Json) => row.approved === null);
  const [priya, lena] = await pending();
  expect([priya.from.friendlyName, lena.to.name, priya.resolutionDate]).toEqual(['Priya Raman', 'Geology', null]);
  expect((await send(`POST /public/v1/groups/requests/${priya.id}/approve`)).json.approved).toBe(true);
  expect((await send(`POST /public/v1/groups/requests/${lena.id}/deny`)).json.approved).toBe(false);
  expect(await codeOf(`POST /public/v1/groups/requests/${lena.id}/approve`)).toBe(409);
  const key = state.addKey('priya.raman');
  expect(await codeOf('GET /public/v1/connections/Geology.CoreArchive', { key })).toBe(200);
  expect(await codeOf('POST /public/v1/groups/Geology/request', { key })).toBe(400);
  const hana = { key: state.addKey('hana.sato') };
  expect(await codeOf('POST /public/v1/groups/Geology/request', hana)).toBe(200);
  expect(await codeOf('POST /public/v1/groups/Geology/request', hana)).toBe(409);
  expect(await codeOf('GET /public/v1/groups/Geology/requests', hana)).toBe(403);
  expect(await pending()).toHaveLength(1);
  expect((await send('GET /public/v1/user/group', hana)).json.name).toBe('HanaSato');
});

// --- packages, health, batch ---

test('packages and health', async () => {
  const { send, state } = await start();
  const { json: chem } = await send('GET /public/v1/packages/Chem');
  const published = (await send(`GET /public/v1/packages/published?packageId=${chem.id}`)).json;
  expect(published.map((row: Json) => [row.version, row.isCurrent])).toEqual([
    ['1.13.2', false],
    ['1.14.0', true],
  ]);
  expect((await send('GET /public/v1/healthcheck')).json).toMatchObject({ status: 'ok', services: { length: 5 } });
  state.failedServices.add('jupyter');
  expect((await send('GET /public/v1/healthcheck')).json.status).toBe('degraded');
  const { json } = await send('GET /public/v1/healthcheck?module=jupyter');
  expect(json.services).toMatchObject([{ key: 'jupyter', status: 'Failed', started: false }]);
  expect((await send('GET /public/v1/healthcheck', { authorization: '' })).status).toBe(401);
  expect((await send('GET /admin/health', { authorization: '' })).status).toBe(200);
});

test('a batch runs in order, skips what depends on failures, and can be taken back', async () => {
  const { send, codeOf, clock } = await start();
  const batch = async (operations: object[], options?: object) =>
    (await send('POST /public/v1/batch', { json: { operations, options } })).json;
  const content = Buffer.from('in a batch').toString('base64');
  const file = { connector: 'MaraOkafor:Home', path: 'batch.txt' };
  const begun = clock.now();
  const { summary, results } = await batch([
    { id: 'a', action: 'files.put', params: { ...file, content } },
    { id: 'b', action: 'files.get', params: file, dependsOn: ['a'] },
    { id: 'c', action: 'scripts.get', params: { id: 'Geology:Nothing' } },
    { id: 'd', action: 'functions.run', params: { name: 'Sin', params: { x: 0 } }, dependsOn: ['c'] },
    { action: 'users.get', params: { ids: ['hana.sato', 'nobody'] } },
    { action: 'functions.run', params: { name: 'Geology:KrigeBlocks' } },
    { action: 'users.delete', params: { id: 'hana.sato' } },
  ]);
  expect(summary).toEqual({ total: 7, succeeded: 3, partial: 1, failed: 2, skipped: 1 });
  expect(results[1]).toEqual({ id: 'b', action: 'files.get', status: 'success', result: { content } });
  expect(results[2].error).toEqual({ error: expect.any(String), errorCode: 404 });
  expect(results[3]).toMatchObject({ status: 'skipped', reason: expect.stringMatching(/depends on c/) });
  expect(results[4].results.map((row: Json) => row.status)).toEqual(['success', 'error']);
  expect(clock.now() - begun).toBe(240_000);
  const undone = await batch(
    [
      { action: 'groups.create', params: { name: 'Half' } },
      { action: 'nonsense', params: {} },
      { action: 'files.list' },
    ],
    { transaction: true },
  );
  expect(undone.summary).toMatchObject({ succeeded: 0, failed: 1, skipped: 2 });
  expect(await codeOf('GET /public/v1/groups/Half')).toBe(404);
  expect(await codeOf('POST /public/v1/batch', { json: {} })).toBe(400);
});

// --- internal routes ---

test('lists of the browser are paged from 1', async () => {
  const { send, codeOf } = await start();
  const { json: total } = await send('GET /users/count');
  const page = async (query: string) => (await send(`GET /users?${query}`)).json.map((row: Json) => row.login);
  const all = [...(await page('limit=4&page=1')), ...(await page('limit=4&page=2')), ...(await page('limit=4&page=3'))];
  expect([all.length, new Set(all).size]).toEqual([total, total]);
  expect(await page('limit=1&order=!login')).toEqual(['visitor']);
  expect(await codeOf('GET /users?page=0')).toBe(400);
  expect((await send('GET /tables?text=Collars')).json).toHaveLength(2);
});

test('projects and spaces', async () => {
  const { send, codeOf } = await start();
  const [found] = (await send('GET /projects/search?name=overview')).json;
  expect(found).toMatchObject({ name: 'CopperheadOverview', isDashboard: true, author: { login: 'mara.okafor' } });
  const { json: made } = await send('POST /projects', { json: { name: 'Fresh', description: 'd' } });
  await send('POST /public/v1/tables/Fresh.T', { body: 'a\n1\n', type: csvType });
  expect(await codeOf('DELETE /projects/TomasLindqvist.GradeControl')).toBe(403);
  await send(`DELETE /projects/${made.id}`);
  expect(await codeOf('GET /public/v1/tables/Fresh.T')).toBe(404);
  const [geology] = (await send('GET /spaces?text=Geology')).json;
  const path = `/spaces/${geology.id}`;
  const children = async (query: string) =>
    (await send(`GET ${path}/children?${query}`)).json.map((row: Json) => row.name);
  expect(await children('')).toEqual(['Drilling', 'CoreArchive']);
  expect(await children('includeLinked=true&types=Project')).toEqual(['CopperheadOverview']);
  await send(`DELETE ${path}/entities/${found.id}`);
  expect(await children('includeLinked=true&types=Project')).toEqual([]);
  expect((await send(`GET ${path}/files/plans/`)).json).toMatchObject([{ path: 'plans/2027.txt', isFile: true }]);
  await send(`POST ${path}/files/plans/b.bin`, { body: Buffer.from([1, 0]), type: byteType });
  expect([...(await send(`GET ${path}/files/plans/b.bin`)).bytes]).toEqual([1, 0]);
  const { json: sub } = await send(`POST ${path}/subspaces`, { json: { name: 'Maps' } });
  expect((await send(`GET ${path}/subspaces`)).json.map((row: Json) => row.name)).toEqual(['Drilling', 'Maps']);
  expect(await codeOf(`DELETE /spaces/${sub.id}`)).toBe(200);
  expect(await codeOf('GET /spaces/Scratch')).toBe(404);
});
