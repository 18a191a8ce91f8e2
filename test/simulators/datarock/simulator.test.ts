import { createHash, createPublicKey, createSign, generateKeyPairSync } from 'node:crypto';
import { Agent, request } from 'undici';
import { afterEach, beforeEach, expect, test } from 'vitest';
import contract from '../../../src/providers/datarock/contract.json' with { type: 'json' };
import { projects, rqdIntervals } from '../../../src/providers/datarock/simulator/seed/seed.ts';
import { hashOf, refusal } from '../../../src/providers/datarock/simulator/signature.ts';
import { datarockSimulatorWith } from '../../../src/providers/datarock/simulator/simulator.ts';
import type { DatarockState } from '../../../src/providers/datarock/simulator/state.ts';
import { type VirtualClock, virtualClock } from '../../../src/sandbox/clock.ts';
import { type Simulator, startSimulator } from '../../../src/sandbox/host.ts';

const newKeyPair = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
const keyPair = newKeyPair();
const otherKeyPair = newKeyPair();

const copperhead = '7c0d3a52-5b1e-4a57-9d36-2f1f0c6e8a11';
const ironKnoll = '1f94ab6d-3c72-4e8e-b0f5-d08c1b2a9e33';
const tinkers = 'e2b7f0c4-90aa-4d0b-8c53-6b1d5a7e4c22';
const deepwater = 'a85e1c07-d4f9-4b63-a7e2-93c0f6d1b544';

let clock: VirtualClock;
let simulator: Simulator<DatarockState>;
let agent: Agent;

beforeEach(async () => {
  clock = virtualClock();
  simulator = await startSimulator(
    datarockSimulatorWith(async () => keyPair),
    { clock },
  );
  agent = new Agent({ connections: 4 });
});
afterEach(async () => {
  await agent.destroy();
  await simulator.close();
});

// --- a client written for this test alone ---

interface Signing {
  user?: string;
  iat?: number;
  url?: string;
  key?: string;
  header?: object;
  payload?: object;
}

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function sign(url: string, signing: Signing = {}): string {
  const iat = signing.iat ?? Math.floor(clock.now() / 1000);
  const text = `${signing.user ?? 'geo@sandbox.example'}/${iat}/${signing.url ?? url}`;
  const requestHash = createHash('sha512').update(text).digest('hex');
  const head = part(signing.header ?? { alg: 'RS256', typ: 'JWT' });
  const signed = `${head}.${part(signing.payload ?? { requestHash, iat })}`;
  return `${signed}.${createSign('RSA-SHA256')
    .update(signed)
    .sign(signing.key ?? keyPair.privateKey, 'base64url')}`;
}

interface Answer {
  status: number;
  headers: Record<string, unknown>;
  text: string;
  json: Body;
}

/** Everything that some answer has; each test reads what its answer ought to have. */
interface Body {
  uuid: string;
  status: string;
  exportId: string;
  data: unknown[];
  artefacts: { data: [Hole, Hole, ...Hole[]]; total: number };
}

interface Hole {
  holeId: string;
  status: string;
  url: string;
  linkExpiryTime: number;
  runAt: number;
}

async function call(path: string, options: { signing?: Signing; json?: unknown; type?: string } = {}): Promise<Answer> {
  const url = simulator.baseUrl + path;
  const headers: Record<string, string> = {
    'x-api-user': options.signing?.user ?? 'geo@sandbox.example',
    signature: sign(url, options.signing),
  };
  const body = options.json === undefined ? {} : { method: 'POST', body: JSON.stringify(options.json) };
  if (options.json !== undefined) headers['content-type'] = options.type ?? 'application/json';
  return read(url, { headers, ...body });
}

async function read(url: string, init: object = {}): Promise<Answer> {
  const reply = await request(url, { dispatcher: agent, ...init });
  const text = await reply.body.text();
  const isJson = reply.headers['content-type'] === 'application/json';
  return { status: reply.statusCode, headers: reply.headers, text, json: isJson ? JSON.parse(text) : undefined };
}

async function startExport(artefact: string, projectUuid: string, holes: string[], more: object = {}): Promise<string> {
  const { status, json } = await call(`/export/artefacts/${artefact}`, { json: { projectUuid, holes, ...more } });
  expect([status, json.status]).toEqual([200, 'Success']);
  return json.exportId;
}

async function finishedExport(artefact: string, projectUuid: string, holes: string[], more: object = {}) {
  const uuid = await startExport(artefact, projectUuid, holes, more);
  await clock.sleep(15 * 60_000);
  return (await call(`/export/artefacts/${uuid}`)).json;
}

const holesOf = (uuid: string) => projects.find(project => project.uuid === uuid)?.holes ?? [];
const idsOf = (uuid: string) => holesOf(uuid).map(hole => hole.id);

test('it hands out all that a client has to be told', () => {
  const base_url = simulator.baseUrl;
  const [user, private_key] = ['geo@sandbox.example', keyPair.privateKey];
  expect(simulator.settings).toEqual({ base_url, user, private_key });
  expect(simulator.environment).toEqual({
    DATAROCK_BASE_URL: base_url,
    DATAROCK_USER: user,
    DATAROCK_PRIVATE_KEY: private_key,
  });
});

// --- signatures ---

test('the hash rule gives the published vectors', () => {
  const api = 'https://api.prod.datarock.com.au/v3';
  const hashes = [
    hashOf('geo@example.com', 1700000000, `${api}/projects`),
    hashOf('geo@example.com', 1700000000, `${api}/export/artefacts/depth_registration/v1`),
    hashOf('geo@example.com', 1700000000, 'http://127.0.0.1:8080/v3/export/artefacts/3f0c?limit=2&offset=4'),
  ];
  expect(hashes).toEqual([
    '81539dfe723888fcae1a28e5f3d3bedc818d53305b90c4bbc93c2aca2cb5a2559f12aaecf9f80b20ba02fa05cc41f49fb770f5d912fbc11c32ba78d6bed15ea3',
    'd03d43be600bff2917d47d6f492188f653d6b417bb68194adcf5e0820e9e287345f9cdbef93a850e36e59a6cabc2de5f9d1b3f07425d0d1694d9ef7441cd8f66',
    '3f189cf27e52691343275cee73c9e628c1c6e8fe8b6d8cca2aa55fbe8b896daf7fca5266f112a5af05a555815b742af587228bc4f2d1f119570886bec2111185',
  ]);
});

test('the complete published token is good for its request and for no other', () => {
  const good = {
    user: 'geo@example.com',
    token: vectorToken,
    url: 'https://api.prod.datarock.com.au/v3/projects',
    now: 1700000000,
    key: createPublicKey(vectorKey),
    window: { past: 300, ahead: 60 },
  };
  expect(refusal(good)).toBeUndefined();
  expect(refusal({ ...good, now: 1700000300 })).toBeUndefined();
  expect(refusal({ ...good, now: 1700000301 })).toMatch(/iat/);
  expect(refusal({ ...good, now: 1699999939 })).toMatch(/iat/);
  expect(refusal({ ...good, url: `${good.url}?limit=1` })).toMatch(/requestHash/);
  expect(refusal({ ...good, user: 'Geo@example.com' })).toMatch(/requestHash/);
  expect(refusal({ ...good, key: createPublicKey(keyPair.publicKey) })).toMatch(/signature/);
});

test('every way of signing wrongly is refused with 401', async () => {
  const now = Math.floor(clock.now() / 1000);
  const wrong: [string, Signing][] = [
    ['stale', { iat: now - 301 }],
    ['from the future', { iat: now + 61 }],
    ['path alone', { url: '/v3/projects' }],
    ['trailing slash', { url: `${simulator.baseUrl}/projects/` }],
    ['unknown user', { user: 'nobody@sandbox.example' }],
    ['other letter case', { user: 'Geo@sandbox.example' }],
    ['other key', { key: otherKeyPair.privateKey }],
    ['other algorithm', { header: { alg: 'RS512' } }],
    ['no algorithm', { header: { alg: 'none' } }],
    ['shared secret', { header: { alg: 'HS256' } }],
    ['text iat', { payload: { iat: String(now), requestHash: 'a'.repeat(128) } }],
    ['short hash', { payload: { iat: now, requestHash: 'abc' } }],
    ['payload is no object', { payload: [] }],
  ];
  for (const [name, signing] of wrong) {
    const { status, json } = await call('/projects', { signing });
    expect([name, status, json.status]).toEqual([name, 401, 'Error']);
  }
  for (const headers of [{}, { 'x-api-user': 'geo@sandbox.example' }, { signature: 'a.b.c' }]) {
    expect((await read(`${simulator.baseUrl}/projects`, { headers })).status).toBe(401);
  }
  const slack = { signing: { iat: now - 300 } };
  expect((await call('/projects', slack)).status).toBe(200);
});

test('the query is signed byte for byte as it was sent', async () => {
  const uuid = await startExport('rqd/v1', copperhead, ['DDH001']);
  const path = `/export/artefacts/${uuid}?offset=0&limit=%31`;
  expect((await call(path)).json.artefacts).toMatchObject({ limit: 1, offset: 0 });
  const decoded = { signing: { url: simulator.baseUrl + path.replace('%31', '1') } };
  expect((await call(path, decoded)).status).toBe(401);
});

test('one key per account: a new one ends the old one; no key, no entry', async () => {
  const next = await simulator.state.replaceKey(otherKeyPair);
  expect((await call('/projects')).status).toBe(401);
  expect((await call('/projects', { signing: { key: next.privateKey } })).status).toBe(200);
  simulator.state.registeredKeys.delete(simulator.state.user);
  expect((await call('/projects', { signing: { key: next.privateKey } })).status).toBe(401);
});

test('an account without permission gets 403 as JSON', async () => {
  simulator.state.permitted = false;
  expect(await call('/projects')).toMatchObject({ status: 403, json: { status: 'Error' } });
});

// --- listings ---

test('projects, artefacts and holes have the documented shapes', async () => {
  const listed = (await call('/projects')).json;
  expect(listed).toContainEqual({ uuid: copperhead, name: 'Copperhead North' });
  const { artefacts } = JSON.parse((await call(`/projects/${copperhead}/artefacts`)).text);
  expect(artefacts.find((one: { key: string }) => one.key === 'rqd')).toEqual({
    name: 'RQD',
    description: expect.any(String),
    key: 'rqd',
    versions: [{ version: 'v1' }, { version: 'v2' }],
    product: { name: expect.any(String) },
    productCategory: { name: expect.any(String) },
  });
  expect(artefacts.map((one: { key: string }) => one.key)).toContain('depth_registration');
  expect((await call(`/projects/${copperhead}/holes`)).json).toEqual(idsOf(copperhead).map(id => ({ id })));
  expect((await call(`/projects/${ironKnoll}/holes`)).json).toHaveLength(620);
});

test('a project that is not assigned to the user looks as if it did not exist', async () => {
  simulator.state.unassigned.add(copperhead);
  expect(JSON.stringify((await call('/projects')).json)).not.toContain(copperhead);
  const unknown = await call(`/projects/${copperhead.replace('7', '8')}/holes`);
  const hidden = await call(`/projects/${copperhead}/holes`);
  expect([hidden.status, hidden.text]).toEqual([404, unknown.text]);
});

// --- orders ---

test('orders that make no sense are refused', async () => {
  const good = { projectUuid: copperhead, holes: ['DDH001'] };
  const order = (json: unknown, path = 'rqd/v1', type?: string) =>
    call(`/export/artefacts/${path}`, { json, ...(type ? { type } : {}) });
  const replies = await Promise.all([
    order({ ...good, holes: [] }),
    order({ ...good, holes: 'DDH001' }),
    order({ holes: ['DDH001'] }),
    order({ ...good, lastUpdatedSince: '2026-01-01' }),
    order({ ...good, lastUpdatedSince: 20, lastUpdatedBefore: 10 }),
    order([good]),
    order(good, 'rqd/v9'),
    order(good, 'rqd/toString'),
    order(good, 'gold/v1'),
    order({ ...good, projectUuid: tinkers }, 'weathering_intensity/v1'),
    order({ ...good, projectUuid: 'Copperhead North' }),
    order(good, 'rqd/v1', 'text/plain'),
    call('/export/artefacts/rqd/v1'),
    call('/export/artefacts/no-such-export'),
  ]);
  expect(replies.map(reply => reply.status)).toEqual([
    400, 400, 400, 400, 400, 400, 404, 404, 404, 404, 404, 415, 405, 404,
  ]);
  expect(simulator.state.exports.size).toBe(0);
});

// --- the life of an export ---

test('an export of 40 holes takes about 20 s, hole by hole, with links before the end', async () => {
  const uuid = await startExport('rqd/v1', copperhead, idsOf(copperhead));
  const began = clock.now();
  const done: number[] = [];
  for (;;) {
    const { json } = await call(`/export/artefacts/${uuid}`);
    const finished = json.artefacts.data.filter(hole => hole.status === 'completed');
    expect(finished.every(hole => hole.url && hole.linkExpiryTime && hole.runAt)).toBe(true);
    const open = json.artefacts.data.filter(hole => hole.status === 'in_progress');
    expect(open.some(hole => 'url' in hole)).toBe(false);
    done.push(finished.length);
    if (json.status === 'completed') break;
    expect(json.status).toBe('in_progress');
    await clock.sleep(5000);
  }
  expect(done[0]).toBe(0);
  expect(done.at(-1)).toBe(40);
  expect(done.slice(1, -1).every(count => count > 0 && count < 40)).toBe(true);
  expect(clock.now() - began).toBeGreaterThan(15_000);
  expect(clock.now() - began).toBeLessThanOrEqual(25_000);
});

test('the status has every documented field, spelled as documented', async () => {
  const created = Math.floor(clock.now() / 1000);
  const { uuid, ...json } = await finishedExport('depth_registration/v1', copperhead, ['DDH002', 'DDH002']);
  expect(json).toEqual({
    status: 'completed',
    projectId: copperhead,
    type: { name: 'Depth Registration', key: 'depth_registration' },
    expiryDate: created + 7 * 86_400,
    artefacts: {
      data: [
        {
          holeId: 'DDH002',
          status: 'completed',
          exportType: { name: 'Depth Registration', key: 'depth_registration' },
          url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/.*DDH002\.csv\?/),
          linkExpiryTime: Math.floor(clock.now() / 1000) + 3600,
          runAt: holesOf(copperhead)[1]?.runs.at(-1),
        },
      ],
      count: 1,
      limit: 500,
      offset: 0,
      total: 1,
    },
  });
  expect((await call('/export/artefacts')).json).toMatchObject({ data: [{ uuid, status: 'completed' }], total: 1 });
});

test('620 holes come in two pages that overlap nowhere', async () => {
  const { uuid, artefacts } = await finishedExport('rqd/v1', ironKnoll, idsOf(ironKnoll));
  expect(artefacts).toMatchObject({ count: 500, limit: 500, offset: 0, total: 620 });
  const rest = (await call(`/export/artefacts/${uuid}?limit=500&offset=500`)).json.artefacts;
  expect(rest).toMatchObject({ count: 120, limit: 500, offset: 500, total: 620 });
  expect([...artefacts.data, ...rest.data].map(hole => hole.holeId)).toEqual(idsOf(ironKnoll));
  const beyond = (await call(`/export/artefacts/${uuid}?offset=620`)).json.artefacts;
  expect(beyond).toMatchObject({ data: [], count: 0 });
  const statuses = await Promise.all(
    ['limit=x', 'limit=0', 'offset=-1'].map(query => call(`/export/artefacts/${uuid}?${query}`)),
  );
  expect(statuses.map(reply => reply.status)).toEqual([400, 400, 400]);
});

test('the time filter takes the newest run inside the range, bounds included', async () => {
  const [march = 0, june = 0, september = 0] = holesOf(copperhead)[2]?.runs ?? [];
  const runAt = async (more: object) =>
    (await finishedExport('rqd/v1', copperhead, ['DDH003'], more)).artefacts.data[0].runAt;
  expect(await runAt({})).toBe(september);
  expect(await runAt({ lastUpdatedBefore: september - 1 })).toBe(june);
  expect(await runAt({ lastUpdatedBefore: june })).toBe(june);
  expect(await runAt({ lastUpdatedSince: march, lastUpdatedBefore: march })).toBe(march);
  expect(await runAt({ lastUpdatedSince: september + 1 })).toBeUndefined();
});

test('holes without a run fail and the rest goes on; or they are left out; or everything fails', async () => {
  simulator.state.failedHoles.add('DDH002');
  const some = await finishedExport('rqd/v1', copperhead, ['DDH001', 'DDH002', 'NOPE']);
  expect(some.status).toBe('completed');
  expect(some.artefacts.data).toMatchObject([{ status: 'completed' }, { status: 'failed' }, { status: 'failed' }]);
  expect(some.artefacts.data[1]).not.toHaveProperty('url');
  expect((await finishedExport('rqd/v1', copperhead, ['DDH002'])).status).toBe('failed');
  simulator.state.omitFailed = true;
  const left = await finishedExport('rqd/v1', copperhead, ['DDH001', 'DDH002']);
  expect(left.artefacts).toMatchObject({ data: [{ holeId: 'DDH001' }], total: 1 });
});

test('an export lapses after seven days, its listing too', async () => {
  const { uuid } = await finishedExport('rqd/v1', copperhead, ['DDH001']);
  await clock.sleep(7 * 86_400_000 - 15 * 60_000 - 1000);
  const last = await call(`/export/artefacts/${uuid}`);
  expect(last.status).toBe(200);
  await clock.sleep(1000);
  expect((await call(`/export/artefacts/${uuid}`)).status).toBe(404);
  expect((await call('/export/artefacts')).json.data).toEqual([]);
  expect((await read(last.json.artefacts.data[0].url)).status).toBe(404);
});

// --- files ---

test('the files hold what the seed says, so averages can be checked', async () => {
  const { artefacts } = await finishedExport('rqd/v1', copperhead, ['DDH001', 'DDH002']);
  for (const [index, { url }] of artefacts.data.entries()) {
    const { headers, text } = await read(url);
    expect(headers['content-type']).toBe('text/csv');
    const [header, ...rows] = text.trimEnd().split('\r\n');
    expect(header).toBe('hole_id,depth_from,depth_to,recovered_m,rqd_percent,fracture_count');
    const hole = holesOf(copperhead)[index];
    const truth = hole ? [...rqdIntervals(hole)] : [];
    expect(rows.map(row => row.split(',')[4])).toEqual(truth.map(({ rqd }) => String(rqd ?? '')));
    expect(Number(rows.at(-1)?.split(',')[2])).toBe(hole?.endOfHoleM);
  }
});

test('the seeded rock is plausible: worse near the surface, neighbours alike, some core lost, 0 to 100', () => {
  const intervals = holesOf(copperhead).flatMap(hole => [...rqdIntervals(hole)].map(one => ({ ...one, hole })));
  const known = intervals.flatMap(({ fromM, rqd }) => (rqd === undefined ? [] : [{ fromM, rqd }]));
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const shallow = mean(known.filter(({ fromM }) => fromM < 10).map(({ rqd }) => rqd));
  const deep = mean(known.filter(({ fromM }) => fromM > 40).map(({ rqd }) => rqd));
  const steps = known.slice(1).map(({ rqd }, index) => Math.abs(rqd - (known[index]?.rqd ?? rqd)));
  expect(known.every(({ rqd }) => rqd >= 0 && rqd <= 100)).toBe(true);
  expect(known.length).toBeLessThan(intervals.length);
  expect(deep - shallow).toBeGreaterThan(25);
  expect(mean(steps)).toBeLessThan(8);
  expect([intervals.length, mean(known.map(({ rqd }) => rqd)).toFixed(3)]).toEqual([8540, '84.627']);
});

test('odd hole names survive the link, the path and the file', async () => {
  const { artefacts } = await finishedExport('rqd/v2', tinkers, idsOf(tinkers));
  expect(artefacts.data.map(hole => hole.holeId)).toEqual(idsOf(tinkers));
  for (const { holeId, url } of artefacts.data) {
    const [, first] = (await read(url)).text.split('\r\n');
    const name = holeId.includes('"') ? `"${holeId.replaceAll('"', '""')}"` : holeId;
    expect(first?.startsWith(`${name},0,1,`)).toBe(true);
  }
});

test('links are fresh at each look, lapse after an hour and cannot be bent', async () => {
  const { uuid, artefacts } = await finishedExport('rqd/v1', copperhead, ['DDH001', 'DDH002']);
  const [{ url }, { url: other }] = artefacts.data;
  const again = (await call(`/export/artefacts/${uuid}`)).json.artefacts.data[0].url;
  expect(again).not.toBe(url);
  const bent = [url.replace('DDH001', 'DDH003'), url.replace('token=', 'token=x'), url.replace(/\?.*/, '')];
  for (const link of bent) expect((await read(link)).status).toBe(403);
  expect((await read(url.replace(new URL(url).search, new URL(other).search))).status).toBe(403);
  await clock.sleep(3599_000);
  expect((await read(url)).status).toBe(200);
  await clock.sleep(1000);
  const lapsed = await read(url);
  expect([lapsed.status, lapsed.headers['content-type']]).toEqual([403, 'application/xml']);
  expect(lapsed.text).toContain('Request has expired');
});

test('credentials on the way to the file store are caught', async () => {
  const { artefacts } = await finishedExport('rqd/v1', copperhead, ['DDH001']);
  const [{ url }] = artefacts.data;
  expect((await read(url, { headers: { 'x-api-user': 'a', signature: 'b' } })).status).toBe(400);
  expect(simulator.state.leaks).toEqual([{ target: expect.any(String), headers: ['x-api-user', 'signature'] }]);
});

test('a file may be broken, or lack a column', async () => {
  simulator.state.brokenFiles.add('DDH001');
  simulator.state.missingColumns.set('DDH002', 'rqd_percent');
  const { artefacts } = await finishedExport('rqd/v1', copperhead, ['DDH001', 'DDH002']);
  const [broken, odd] = await Promise.all(artefacts.data.map(hole => read(hole.url)));
  expect([broken?.status, odd?.status]).toEqual([500, 200]);
  expect(odd?.text.split('\r\n').slice(0, 2)).toEqual([
    'hole_id,depth_from,depth_to,recovered_m,fracture_count',
    'DDH002,0,1,0,25',
  ]);
});

test('a hole of the large project is 10,000 rows, streamed', async () => {
  const { artefacts } = await finishedExport('weathering_intensity/v1', deepwater, idsOf(deepwater));
  expect(artefacts.total).toBe(25);
  const reply = await request(artefacts.data[0].url, { dispatcher: agent });
  expect(reply.headers['content-length']).toBeUndefined();
  const text = await reply.body.text();
  expect(text.trimEnd().split('\r\n')).toHaveLength(10_001);
  expect(text.length * 25).toBeGreaterThan(50_000_000);
});

// --- quotas ---

test('quotas slide, are kept apart, and say how long to wait', async () => {
  Object.assign(simulator.state.quota, { general: 3, exports: 2 });
  const burst = async (path: string, count: number) => {
    const replies: Answer[] = [];
    for (let i = 0; i < count; i += 1) replies.push(await call(path));
    return replies;
  };
  await burst('/projects', 1);
  await clock.sleep(100_500);
  const replies = await burst('/projects', 3);
  expect(replies.map(reply => reply.status)).toEqual([200, 200, 429]);
  expect(replies[2]?.headers['retry-after']).toBe('200');
  expect((await burst('/export/artefacts', 3)).map(reply => reply.status)).toEqual([200, 200, 429]);
  await clock.sleep(200_000);
  expect((await burst('/projects', 2)).map(reply => reply.status)).toEqual([200, 429]);
  simulator.state.quota.answer = 'block';
  const blocked = await call('/projects');
  expect([blocked.status, blocked.json, blocked.headers['retry-after']]).toEqual([403, undefined, undefined]);
});

// --- contract ---

test('the simulator knows every route of the contract, and the contract is well formed', async () => {
  const exportUuid = await startExport('rqd/v1', copperhead, ['DDH001']);
  const values: Record<string, string> = { projectUuid: copperhead, artefactKey: 'rqd', version: 'v1', exportUuid };
  for (const { id, method, path, parameters, evidence, source } of contract.endpoints) {
    expect([id, source]).toEqual([id, expect.stringMatching(/^https:/)]);
    expect(['documented', 'unofficial-v2', 'inferred']).toContain(evidence);
    if (path === null) continue;
    const named = parameters.filter(one => one.in === 'path').map(one => one.name);
    expect([...path.matchAll(/\{(\w+)\}/g)].map(match => match[1])).toEqual(named);
    const json = method === 'POST' ? { json: { projectUuid: copperhead, holes: ['DDH001'] } } : {};
    const reply = await call(
      path.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? ''),
      json,
    );
    expect([id, reply.status]).toEqual([id, 200]);
  }
});

const vectorToken =
  'eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJyZXF1ZXN0SGFzaCI6IjgxNTM5ZGZlNzIzODg4ZmNhZTFhMjhlNWYzZDNiZWRjODE4ZDUzMzA1YjkwYzRiYmM5M2MyYWNhMmNiNWEyNTU5ZjEyYWFlY2Y5ZjgwYjIwYmEwMmZhMDVjYzQxZjQ5ZmI3NzBmNWQ5MTJmYmMxMWMzMmJhNzhkNmJlZDE1ZWEzIiwiaWF0IjoxNzAwMDAwMDAwfQ.U0uvq7OA1CHW4HgtH3Zkm-2JDkky53-DHYQ6uVZiM32pZlL7xmm_jrITaT44-AB8D4tKg-kekdy4JN-9o2x-NB0HiSYsOut7fZzP50N7TyIa_h3n_6kJOm-2Vm-wO4MyScB3jy7lvNq6-N153XoremqsxS6TJbXwzhcL9WYzkoC56-VRc4BMLuTCHB2BI2SKHtT9Q_tgjIoJvlI-ZO5ilxn8teO9q1tTOd-tpHk7sgBHRSIbZYdVQSXpOzlnNuecAjx0JFfcgBGYv20cqDpC3YUridUTO4V2DwWSmHoYEP6wpIhmXzTLt5i793l7Vwb1Vx_XsnThPKBeu-W-mO-xxQ';
const vectorKey = `-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEApd2GLyo02N7i9uZY9mjE
I2R1+AHzm42h5z4ZYzi8UN5170tp7aSM+TGigfnUfzA0mErNq6BBlsHwFRuIUKkB
d4HgV34+qsFU4tPJcHPT2RnMGtWj3FL9mmqWrKilSE6SEIym6DmVtojkoFjixZfm
5/VsYoUqlDYKxtvnNiloyHnMOLTCcIQlfRRMgazztT5VWK0gNFVZrRkyXeQQdtDi
o9HI01XdomD7ZMq2jFluUZKGWi5YV3g+3F2ImOBrO8tM8YO3OZiIG5NQ5SZiwY8G
SHDZjo19Q4zUIOt0x9Ao50lMyiODJuqaQi0Lrotc1LYNBXwPs3MQIHuRZfmqL5v1
FwIDAQAB
-----END PUBLIC KEY-----`;
