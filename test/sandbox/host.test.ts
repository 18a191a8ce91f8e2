import { Readable } from 'node:stream';
import { Agent, request } from 'undici';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { virtualClock } from '../../src/sandbox/clock.ts';
import { type Simulator, type SimulatorDefinition, startSandbox, startSimulator } from '../../src/sandbox/host.ts';

interface ShopState {
  orders: unknown[];
  bigFile: string;
}

const shop: SimulatorDefinition<ShopState> = {
  platform: 'shop',
  origins: ['files'],
  async create({ origin, clock }) {
    const state: ShopState = { orders: [], bigFile: `${origin('files')}/big.csv` };
    const refuse = (status: number, message: string) => ({ status, json: { error: message } });
    return {
      baseUrl: `${origin('api')}/v1`,
      environment: { SHOP_URL: `${origin('api')}/v1` },
      settings: { base_url: `${origin('api')}/v1` },
      state,
      sites: {
        api: {
          refuse,
          nullable: ['note'],
          bodyLimit: 100,
          before: ({ headers }) => (headers['authorization'] ? undefined : refuse(401, 'Who are you?')),
          routes: {
            'GET /v1/items/:item': ({ params, query }) => ({
              status: 200,
              json: { id: params['item'], note: 'x', tags: [{ name: 'a', note: 'y' }], q: query.get('q') },
            }),
            'POST /v1/orders': ({ json }) => {
              const body = json();
              if (body === undefined) return refuse(400, 'not JSON');
              state.orders.push(body);
              return { status: 201, json: { at: clock.now() } };
            },
            'GET /v1/broken': () => {
              throw new Error('oops');
            },
          },
        },
        files: {
          refuse,
          routes: { 'GET /big.csv': () => ({ status: 200, body: Readable.from(lines()), headers: { etag: '1' } }) },
        },
      },
    };
  },
};

function* lines() {
  for (let i = 0; i < 8000; i += 1) yield `${i},${'x'.repeat(1000)}\n`;
}

let time = virtualClock(0);
let simulator: Simulator<ShopState>;
let agent: Agent;
const headers = { authorization: 'Bearer very-secret' };
const get = (path: string, init: object = {}) =>
  request(simulator.baseUrl + path, { headers, dispatcher: agent, ...init });
const post = (path: string, body: string) => get(path, { method: 'POST', body });

beforeEach(async () => {
  time = virtualClock(0);
  simulator = await startSimulator(shop, { clock: time });
  agent = new Agent({ connections: 4 });
});
afterEach(async () => {
  await agent.destroy();
  await simulator.close();
});

test('routes get decoded variables, query and body; the platform words its own refusals', async () => {
  const item = await get('/items/a%2Fb?q=1%202');
  expect(await item.body.json()).toMatchObject({ id: 'a/b', q: '1 2' });
  expect((await post('/orders', '{"n":1}')).statusCode).toBe(201);
  expect(simulator.state.orders).toEqual([{ n: 1 }]);
  const refusals = [
    await post('/orders', '{"n":'),
    await post('/orders', `"${'x'.repeat(200)}"`),
    await get('/nowhere'),
    await get('/orders'),
    await get('/broken'),
    await get('/items/1', { headers: {} }),
  ];
  expect(refusals.map(reply => reply.statusCode)).toEqual([400, 413, 404, 405, 500, 401]);
  expect(refusals[3]?.headers['allow']).toBe('POST');
  for (const reply of refusals) expect(await reply.body.json()).toHaveProperty('error');
});

test('the log tells targets, statuses and times, and no secrets', async () => {
  await (await get('/items/1?q=%20')).body.dump();
  expect(simulator.requests).toMatchObject([
    {
      site: 'api',
      method: 'GET',
      target: '/v1/items/1?q=%20',
      status: 200,
      at: 0,
      headers: { authorization: '(set)' },
    },
  ]);
  expect(JSON.stringify(simulator.requests)).not.toContain('very-secret');
});

test('a fault hits the requests it is meant for, so many times, after so many', async () => {
  simulator.faults.add({ match: { method: 'GET', path: /items\/2/ }, skip: 1, times: 2, kind: 'status', status: 503 });
  const statuses: number[] = [];
  for (const path of ['/items/2', '/items/1', '/items/2', '/items/2', '/items/2']) {
    const reply = await get(path);
    statuses.push(reply.statusCode);
    await reply.body.dump();
  }
  expect(statuses).toEqual([200, 200, 503, 503, 200]);
});

test('refusing faults look as the platform, a firewall or a sign-in page would', async () => {
  const cases = [
    [{ kind: 'rate-limit', retryAfter: 7 }, 429, 'application/json', '7'],
    [{ kind: 'rate-limit' }, 429, 'application/json', undefined],
    [{ kind: 'rate-block' }, 403, 'text/plain', undefined],
    [{ kind: 'status', status: 502, body: 'Bad gateway' }, 502, 'text/plain', undefined],
    [{ kind: 'html' }, 200, 'text/html; charset=utf-8', undefined],
  ] as const;
  for (const [fault, status, type, wait] of cases) {
    const off = simulator.faults.add(fault);
    const reply = await post('/orders', '{}');
    expect([reply.statusCode, reply.headers['content-type'], reply.headers['retry-after']]).toEqual([
      status,
      type,
      wait,
    ]);
    await reply.body.dump();
    off();
  }
  expect(simulator.state.orders).toEqual([]);
});

test('spoiled JSON: nulls where the platform may leave out, strangers everywhere, half a document', async () => {
  const read = async (kind: 'null-fields' | 'unknown-fields' | 'malformed') => {
    simulator.faults.add({ kind, times: 1 });
    return (await get('/items/1')).body.text();
  };
  expect(JSON.parse(await read('null-fields'))).toMatchObject({
    id: '1',
    note: null,
    tags: [{ name: 'a', note: null }],
  });
  const strange = JSON.parse(await read('unknown-fields'));
  expect(strange).toMatchObject({ id: '1', x_sandbox_note: expect.any(String), tags: [{ x_sandbox_tree: {} }] });
  const half = await read('malformed');
  expect(half.startsWith('{"id"')).toBe(true);
  expect(() => JSON.parse(half)).toThrow();
});

test.each(['api', 'files'] as const)('connections are cut before and in the middle of an answer: %s', async site => {
  const read = async () => {
    const reply =
      site === 'api' ? await get('/items/1') : await request(simulator.state.bigFile, { dispatcher: agent });
    return reply.body.text();
  };
  const whole = await read();
  simulator.faults.add({ kind: 'drop', times: 1 });
  await expect(read()).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
  expect(simulator.requests.at(-1)).not.toHaveProperty('status');
  simulator.faults.add({ kind: 'truncate', times: 1 });
  await expect(read()).rejects.toThrow();
  expect(simulator.requests.at(-1)?.status).toBe(200);
  expect(await read()).toBe(whole);
});

test('a cut answer starts like the whole one, so that only its length gives it away', async () => {
  simulator.faults.add({ kind: 'truncate' });
  const reply = await request(simulator.state.bigFile, { dispatcher: agent });
  let text = '';
  const reading = (async () => {
    for await (const chunk of reply.body) text += chunk;
  })();
  await expect(reading).rejects.toThrow();
  expect(text.startsWith('0,xxx')).toBe(true);
  expect(text.length).toBeLessThan(Number(reply.headers['content-length']));
});

test('a hung request holds no time: whoever waits for it can run out of patience', async () => {
  simulator.faults.add({ kind: 'hang', times: 1 });
  const patience = new AbortController();
  time.alarm(30_000, () => patience.abort(new Error('no answer')));
  const hung = get('/items/1', { signal: patience.signal });
  const outcome = expect(hung).rejects.toThrow('no answer');
  await time.advance(31_000);
  await outcome;
  const reply = await get('/items/1');
  expect(reply.statusCode).toBe(200);
  await reply.body.dump();
});

test('a slow answer takes clock time, not real time', async () => {
  simulator.faults.add({ kind: 'slow', ms: 20_000, times: 1 });
  const reply = await post('/orders', '{}');
  expect(await reply.body.json()).toEqual({ at: 20_000 });
});

test('time stands still while an answer is on its way, however much there is to read', async () => {
  let woken = false;
  const reply = await request(simulator.state.bigFile, { dispatcher: agent });
  const nap = time.sleep(1000).then(() => {
    woken = true;
  });
  await new Promise(resolve => setTimeout(resolve, 8));
  expect([woken, time.now()]).toEqual([false, 0]);
  expect((await reply.body.text()).length).toBeGreaterThan(8_000_000);
  await nap;
  expect(time.now()).toBe(1000);
});

test('closing cuts open connections, hung ones too', async () => {
  simulator.faults.add({ kind: 'hang' });
  const outcome = expect(get('/items/1')).rejects.toMatchObject({ code: 'UND_ERR_SOCKET' });
  while (simulator.requests.length === 0) await new Promise(resolve => setImmediate(resolve));
  await simulator.close();
  await outcome;
  await expect(get('/items/1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('a sandbox starts every platform and gathers what connects to them', async () => {
  const twin = { ...shop, platform: 'twin' };
  const sandbox = await startSandbox([shop, twin], { clock: time });
  try {
    expect(Object.keys(sandbox.simulators)).toEqual(['shop', 'twin']);
    const reply = await request(`${sandbox.environment['SHOP_URL']}/items/1`, { headers, dispatcher: agent });
    expect(reply.statusCode).toBe(200);
    await reply.body.dump();
  } finally {
    await sandbox.close();
  }
});
