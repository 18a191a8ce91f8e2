import { expect, it } from 'vitest';
import { newToken } from '../../src/callers/static-tokens.ts';
import { datarockSimulator } from '../../src/providers/datarock/simulator/simulator.ts';
import { legacy, modern, startListening } from '../support/listening.ts';

type Row = Record<string, unknown>;
const following = { extensions: { 'io.modelcontextprotocol/tasks': {} } };
const opening = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } };

/**
 * Anna has an account of Datarock, Ben another one, and they share one of DataOps.live. Carla has that one alone, and
 * Dora nothing.
 */
async function team() {
  const names = ['anna', 'ben', 'carla', 'dora'] as const;
  const tokens = Object.fromEntries(names.map(name => [name, newToken()]));
  const world = await startListening(
    {
      tokens: names.map(name => ({ name, sha256: tokens[name]?.sha256, groups: name === 'dora' ? [] : ['ops'] })),
      access: [
        { subjects: ['anna'], connections: ['west'] },
        { subjects: ['ben'], connections: ['east'] },
        { groups: ['ops'], connections: ['shared'] },
      ],
      legacy_sessions: true,
      sse: true,
    },
    {
      platforms: ['datarock', 'dataops'],
      also: [datarockSimulator],
      flags: { toolsets: 'dataops:repository' },
      connections: ({ datarock, dataops }, others) => ({
        west: { platform: 'datarock', ...datarock },
        east: { platform: 'datarock', ...others['datarock'] },
        shared: { platform: 'dataops', ...dataops },
      }),
    },
  );
  const caller = (name: (typeof names)[number]) => {
    const headers = { authorization: `Bearer ${tokens[name]?.token}` };
    const post = (message: object, more = {}) => world.post(message, { ...headers, ...more });
    const ask = async (method: string, params: Row = {}) => (await post(legacy(method, params))).message;
    return {
      headers,
      post,
      ask,
      stream: (path: string) => world.stream(path, undefined, headers),
      /** Of the 2026 era, as a client that follows tasks. */
      async follow(method: string, params: Row) {
        const { message, headers } = modern(method, params, following);
        const name = params['taskId'] === undefined ? {} : { 'mcp-name': String(params['taskId']) };
        return (await post(message, { ...headers, ...name })).message;
      },
      async call(name: string, args: Row = {}) {
        const { result } = await ask('tools/call', { name, arguments: args });
        const { content, structuredContent, isError } = result as {
          content: { text: string }[];
          structuredContent?: Row;
          isError?: boolean;
        };
        return { text: content[0]?.text ?? '', data: structuredContent ?? {}, isError: isError === true };
      },
    };
  };
  return { ...world, anna: caller('anna'), ben: caller('ben'), carla: caller('carla'), dora: caller('dora') };
}

const rqd = { project: 'Copperhead North', artefact: 'RQD', holes: ['DDH001'] };

it('shows each caller the connections of its own, and the tools that they give', async () => {
  const { anna, ben, carla, dora } = await team();
  const platforms = async ({ ask }: typeof anna) => {
    const { tools } = (await ask('tools/list')).result as { tools: { name: string }[] };
    return [...new Set(tools.map(({ name }) => name.split('_', 1)[0]).filter(name => /^data/.test(name ?? '')))];
  };
  expect(await platforms(anna)).toEqual(['datarock', 'dataops']);
  expect(await platforms(carla)).toEqual(['dataops']);
  expect(await platforms(dora)).toEqual([]);
  const seen = await Promise.all(
    [anna, ben, carla, dora].map(async ({ call }) => (await call('check_connections')).data),
  );
  const configured = seen.map(({ connections }) =>
    (connections as { connection: string; status: string }[])
      .filter(({ status }) => status === 'ok')
      .map(({ connection }) => connection),
  );
  expect(configured).toEqual([['west', 'shared'], ['east', 'shared'], ['shared'], []]);
  expect(JSON.stringify(seen[1])).not.toContain('west');
  expect(seen[2]?.['connections']).toContainEqual(
    expect.objectContaining({ platform: 'Datarock', problem: 'You have no connection to Datarock here.' }),
  );
});

it('lets nobody reach a connection of another caller by its name', async () => {
  const { anna, ben, carla, others } = await team();
  expect((await anna.call('datarock_list_projects', { connection: 'east' })).text).toMatch(
    /^bad_arguments: .*no argument "connection"/,
  );
  expect((await anna.call('datarock_list_projects', { connection: 'west' })).isError).toBe(false);
  expect((await anna.ask('resources/read', { uri: 'datarock://projects?connection=east' })).error?.message).toMatch(
    /no argument "connection"/,
  );
  expect((await anna.call('wait_for_run', { run: 'datarock://exports/1?connection=east' })).text).toMatch(
    /^not_configured: There is no connection "east"/,
  );
  expect((await carla.call('datarock_list_projects')).text).toMatch(/^not_configured: Datarock is not connected/);
  expect((await carla.call('call_read_operation', { operation: 'datarock_list_holes' })).isError).toBe(true);
  expect(others['datarock']?.requests).toEqual([]);
  expect((await ben.call('datarock_list_projects')).isError).toBe(false);
  expect(others['datarock']?.requests).toHaveLength(1);
});

it('keeps results for the caller that made them, by whatever they are asked for', async () => {
  const { anna, ben, carla } = await team();
  const made = await anna.call('datarock_create_export', { ...rqd, wait_seconds: 45 });
  const { uri } = made.data['result'] as { uri: string };
  expect((await anna.call('read_result', { result: uri })).isError).toBe(false);
  const id = uri.slice('result://'.length);
  for (const other of [ben, carla]) {
    const { tools } = (await other.ask('tools/list')).result as { tools: { name: string; inputSchema: Row }[] };
    const takers = tools.filter(({ inputSchema }) => 'result' in (inputSchema['properties'] as Row));
    expect(takers.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['read_result', 'describe_result', 'pin_result', 'delete_result']),
    );
    const tries = [
      ...takers.map(({ name }) => [name, { result: uri }] as const),
      ...takers.map(({ name }) => [name, { result: id }] as const),
      ['pin_result', { result: uri, pinned: true }] as const,
      ['query_result', { sql: `SELECT * FROM "${uri}"` }] as const,
    ];
    for (const [name, args] of tries) {
      const { isError, text } = await other.call(name, args);
      expect([name, isError]).toEqual([name, true]);
      expect(text).not.toMatch(/DDH001|Copperhead|rqd/i);
    }
    expect((await other.ask('resources/read', { uri })).error?.message).toMatch(/There is no stored result/);
    const listed = (await other.ask('resources/list')).result as { resources: { uri: string }[] };
    expect(listed.resources.filter(one => one.uri.startsWith('result:'))).toEqual([]);
    expect((await other.ask('resources/list', { cursor: uri })).error?.code).toBe(-32602);
    expect((await other.call('list_results')).text).not.toContain(id);
    const completion = {
      ref: { type: 'ref/resource', uri: 'result://{id}' },
      argument: { name: 'id', value: id.slice(0, 3) },
    };
    expect((await other.ask('completion/complete', completion)).result).toMatchObject({ completion: { values: [] } });
  }
  expect((await anna.call('read_result', { result: uri })).isError).toBe(false);
}, 40_000);

it('finds no run of another account', async () => {
  const { anna, ben, carla } = await team();
  const made = await anna.call('datarock_create_export', { ...rqd, wait_seconds: 0 });
  const { uri } = made.data['run'] as { uri: string };
  expect((await anna.call('wait_for_run', { run: uri, wait_seconds: 45 })).data).toMatchObject({
    run: { status: 'succeeded' },
  });
  expect((await ben.call('wait_for_run', { run: uri })).text).toMatch(/^not_found: /);
  expect((await carla.call('wait_for_run', { run: uri })).text).toMatch(/^bad_arguments: .*not the URI of a run/);
});

it('takes a cursor from the caller alone that it was given to', async () => {
  const { anna, ben } = await team();
  const page = (await anna.call('dataops_list_projects', { limit: 1 })).data['page'] as { next: string };
  expect((await ben.call('dataops_list_projects', { limit: 1, cursor: page.next })).text).toMatch(
    /^bad_arguments: The cursor is damaged/,
  );
  expect((await anna.call('dataops_list_projects', { limit: 1, cursor: page.next })).isError).toBe(false);
});

it('takes an agreement from the caller alone that gave it', async () => {
  const { anna, ben, dataops } = await team();
  const branch = { project: 'meridian/data/drill-assays', branch: 'to-be-deleted' };
  await anna.call('dataops_create_branch', { ...branch, ref: 'main' });
  const token = (text: string) => /confirm: "([^"]+)"/.exec(text)?.[1];
  const confirm = token((await anna.call('dataops_delete_branch', branch)).text);
  const stolen = await ben.call('dataops_delete_branch', { ...branch, confirm });
  expect(stolen.text).toMatch(/^needs_confirmation: The token does not fit this call/);
  expect(dataops.requests.filter(({ method }) => method === 'DELETE')).toEqual([]);
  expect((await anna.call('dataops_delete_branch', { ...branch, confirm })).isError).toBe(false);
});

it('serves a task, a session and a stream to the caller alone that began it', async () => {
  const { anna, ben, send } = await team();
  const started = await anna.follow('tools/call', { name: 'datarock_create_export', arguments: rqd });
  const { taskId } = started.result as { taskId: string };
  expect((await anna.follow('tasks/get', { taskId })).result).toMatchObject({ taskId });
  for (const method of ['tasks/get', 'tasks/cancel', 'tasks/update'])
    expect((await ben.follow(method, { taskId })).error).toMatchObject({ code: -32602 });

  const session = (await anna.post(legacy('initialize', opening))).headers['mcp-session-id'] as string;
  const inSession = { 'mcp-session-id': session };
  expect((await anna.post(legacy('tools/list'), inSession)).status).toBe(200);
  expect((await ben.post(legacy('tools/list'), inSession)).status).toBe(404);

  const stream = await anna.stream('/sse');
  const path = await stream.endpoint();
  const body = JSON.stringify(legacy('initialize', opening));
  const speak = async ({ headers }: typeof anna) =>
    (await send(path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body })).status;
  expect(await speak(ben)).toBe(404);
  expect(await speak(anna)).toBe(202);
  expect((await stream.next())?.result).toMatchObject({ protocolVersion: '2025-06-18' });
});

it('remembers names for each caller', async () => {
  const { anna, ben, datarock, others } = await team();
  await anna.call('datarock_list_holes', { project: 'Copperhead North' });
  const before = datarock.requests.length;
  await anna.call('datarock_list_holes', { project: 'Copperhead North' });
  expect(datarock.requests.length - before).toBe(1);
  await ben.call('datarock_list_holes', { project: 'Copperhead North' });
  expect(others['datarock']?.requests.map(({ target }) => target.replace(/\?.*/, '').split('/').length)).toHaveLength(
    2,
  );
});

it('is refused where rules could not hold', async () => {
  const access = [{ subjects: ['*'], connections: ['datarock'] }];
  await expect(startListening({ access })).rejects.toMatchObject({ code: 'not_configured' });
  const tokens = [{ name: 'anna', sha256: newToken().sha256 }];
  await expect(
    startListening({ tokens, access: [{ subjects: ['*'], connections: ['datarok'] }] }),
  ).rejects.toMatchObject({ code: 'not_configured', hint: 'Did you mean datarock?' });
});
