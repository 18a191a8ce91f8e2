import { describe, expect, test } from 'vitest';
import { datagrokSimulatorWith } from '../../../src/providers/datagrok/simulator/simulator.ts';
import { virtualClock } from '../../../src/sandbox/clock.ts';
import { startSimulator } from '../../../src/sandbox/host.ts';
import { startDatagrok } from '../../support/datagrok-world.ts';
import { startWorld } from '../../support/harness.ts';

const lost = { table: 'MaraOkafor:CopperheadNorth:Lost' };

describe('a refusal', () => {
  test.each([
    { form: 'status', fields: 'current', contentType: 'application/json' },
    { form: 'header', fields: 'current', contentType: 'application/json' },
    { form: 'header', fields: 'older', contentType: 'text/plain' },
    { form: 'body', fields: 'current', contentType: 'text/plain' },
    { form: 'body', fields: 'older', contentType: 'application/json' },
  ] as const)('is read in the form $form, $fields, $contentType', async style => {
    const { callFails, ask, state } = await startDatagrok();
    Object.assign(state.errors, style);
    for (const [tool, args, words] of [
      ['datagrok_download_table', lost, 'Table not found: MaraOkafor:CopperheadNorth:Lost'],
      ['datagrok_download_file', { connector: 'System:DemoFiles', path: 'x.bin' }, 'File not found: x.bin'],
      ['datagrok_get_function', { function: 'NoSuch' }, 'Function not found: NoSuch'],
    ] as const) {
      const text = await callFails(tool, args);
      expect(text).toMatch(new RegExp(`^not_found: Datagrok refused ${tool} \\(404\\): "${words}"`));
      expect(text).not.toMatch(/package:|dart|stack/i);
    }
    const broken = await callFails('datagrok_download_table', { table: 'MaraOkafor:Legacy:OldGrid' });
    expect(broken).toMatch(/^upstream_down: .*"Unable to read the data of table/);
    expect(
      await callFails('datagrok_upload_file', { connector: 'System:DemoFiles', path: 'x', source: [{ a: 1 }] }),
    ).toMatch(/^missing_scope: .*\(403\)/);
    expect(await ask('datagrok_call_function', { function: 'Sin', arguments: { x: 0 } })).toEqual({ value: 0 });
  });

  test('of a route that is not there is told from one of a thing that is not there', async () => {
    const { callFails, state } = await startDatagrok();
    state.absent.set('B8-list', 404).set('B10-list', 405);
    expect(await callFails('datagrok_list_groups')).toMatch(
      /^not_found: This server does not offer datagrok_list_groups \(404\)\.\nNext: Check that DATAGROK_BASE_URL is the API root/,
    );
    expect(await callFails('datagrok_list_packages')).toMatch(
      /^not_found: This server does not offer datagrok_list_packages \(405\)/,
    );
  });
});

describe('the key', () => {
  test.each([
    ['without Bearer', (key: string) => ` ${key} `],
    ['with Bearer', (key: string) => `bearer ${key}`],
  ])('goes %s', async (_, written) => {
    const clock = virtualClock();
    const other = await startSimulator(datagrokSimulatorWith({ root: '' }), { clock });
    const env = { DATAGROK_BASE_URL: `${other.baseUrl}/`, DATAGROK_API_KEY: written(other.state.key) };
    const world = await startWorld({ platforms: [], env, clock });
    const answer = await world.call('datagrok_call_function', { function: 'Sin', arguments: { x: 0 } });
    await other.close();
    expect(answer.data, answer.text).toEqual({ value: 0 });
  });

  test('goes raw where the operator says so, and a wrong one is told without showing it', async () => {
    const { state, datagrok } = await startDatagrok();
    const token = 'f3b1c9d2e4a5968778695a4b3c2d1e0f';
    state.sessions.set(token, { login: 'priya.raman', until: Number.POSITIVE_INFINITY });
    const connected = (env: Record<string, string>) =>
      startWorld({ platforms: [], env: { DATAGROK_BASE_URL: datagrok.baseUrl, DATAGROK_API_KEY: token, ...env } });
    const raw = await connected({ DATAGROK_RAW_KEY: 'true' });
    const order = { function: 'Sin', arguments: { x: 0 } };
    expect((await raw.call('datagrok_call_function', order)).data).toEqual({ value: 0 });
    const wrong = await (await connected({})).call('datagrok_call_function', order);
    expect(wrong.text).toMatch(
      /^unauthorized: .*\(401\).*\nNext: Check DATAGROK_API_KEY: it is on the user profile page/,
    );
    expect(wrong.text).not.toContain(token);
  });
});

test('the web interface in place of the API is told as a wrong root, in every direction', async () => {
  const { datagrok, state } = await startDatagrok();
  const env = { DATAGROK_BASE_URL: state.server, DATAGROK_API_KEY: state.key };
  const world = await startWorld({ platforms: [], env, flags: { toolsets: 'datagrok:all', yes: true } });
  for (const [tool, args] of [
    ['datagrok_download_table', lost],
    ['datagrok_download_file', { connector: 'System:DemoFiles', path: 'geology/collars.csv' }],
    ['datagrok_upload_table', { table: 'New', source: [{ a: 1 }] }],
    ['datagrok_upload_file', { connector: 'MaraOkafor:Home', path: 'a.csv', source: [{ a: 1 }] }],
    ['datagrok_share_dashboard', { dashboard: 'X', groups: ['Geology'] }],
  ] as const)
    expect((await world.call(tool, args)).text, tool).toMatch(
      new RegExp(
        `^bad_upstream_reply: ${tool} got the web interface of Datagrok, not its API\\.( It may have been stored\\.)?\n` +
          'Next: DATAGROK_BASE_URL has to be the whole API root, usually the server address and /api\\.',
      ),
    );
  expect((await world.call('datagrok_list_groups')).text).toMatch(
    /^bad_upstream_reply: .*a web page instead of JSON.*\nNext: Check the base URL/,
  );
  expect(datagrok.requests.every(({ target }) => !target.startsWith('/api'))).toBe(true);
});

test('what a platform in trouble answers is never taken for success', async () => {
  const { call, faults, ask, requests, clock } = await startDatagrok();
  faults.add({ kind: 'drop', match: { method: 'POST' } });
  const upload = await call('datagrok_upload_table', { table: 'New', source: [{ a: 1 }] });
  expect(upload.text).toMatch(
    /^upstream_down: .*may have arrived.*\nNext: datagrok_download_table shows what is there now\./,
  );
  expect(requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
  faults.clear();
  faults.add({ kind: 'truncate', match: { path: /BlockModel/ }, times: 1 });
  const cut = await call('datagrok_download_table', { table: 'MaraOkafor:CopperheadNorth:BlockModel' });
  expect(cut.text).toMatch(/^bad_upstream_reply: .*broke off after/);
  faults.clear();
  faults.add({ kind: 'hang', match: { path: /BlockModel/ } });
  const hanging = call('datagrok_download_table', { table: 'MaraOkafor:CopperheadNorth:BlockModel' });
  await clock.advance(50_000);
  const hung = await hanging;
  expect(hung.text).toMatch(/^timed_out: .*\nNext: Nothing was stored\. .*DATAGROK_TIMEOUT_SECONDS\./);
  faults.clear();
  faults.add({ kind: 'rate-limit', retryAfter: 2, times: 1, match: { method: 'GET' } });
  expect(await ask('datagrok_download_table', { table: 'MaraOkafor:CopperheadNorth:Collars' })).toHaveProperty(
    'result',
  );
  faults.add({ kind: 'unknown-fields' });
  expect(
    await ask('datagrok_create_dashboard', { name: 'X', tables: ['MaraOkafor:CopperheadNorth:Collars'] }),
  ).toHaveProperty('id');
});
