import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type AnyClient, newClient, oldClient } from '../support/clients.ts';
import { type Server, startServers, type TransportName } from '../support/servers.ts';

const project = 'Copperhead North';
// Every column starts one of its own, though all of them ask one server for the same.
const rqd = { project, artefact: 'RQD', holes: 'all', wait_seconds: 45, again: true };
const little = { ...rqd, holes: ['DDH001', 'DDH002'] };

/** One client over one transport. */
interface Column {
  client: AnyClient;
  server: Server;
  /** Nobody else's, for what is made and deleted. */
  branch: string;
}

/** One contract, whoever asks over whatever. */
const contract: Record<string, (column: Column) => Promise<void>> = {
  async list({ client }) {
    expect(await client.tools()).toEqual(
      expect.arrayContaining(['datarock_create_export', 'dataops_delete_branch', 'wait_for_run', 'read_result']),
    );
  },
  async call({ client }) {
    const { text, data, isError } = await client.call('datarock_list_projects', {});
    expect([isError, data['page']]).toEqual([false, { returned: 4, total: 4, complete: true, next: null }]);
    expect(text).toMatch(/^All 4 projects\.\nuuid,name\n/);
  },
  async error({ client }) {
    const wrong = await client.call('datarock_list_holes', { project: 'Coperhead North' });
    expect([wrong.isError, wrong.text.includes('Did you mean "Copperhead North"')]).toEqual([true, true]);
    const unknown = await client.call('datarock_list_hole', {});
    expect([unknown.isError, unknown.text]).toEqual([
      true,
      expect.stringContaining('Did you mean datarock_list_holes?'),
    ]);
  },
  async 'long run'({ client }) {
    const started = await client.call('datarock_create_export', { ...rqd, wait_seconds: 0 });
    const { uri, final } = started.data['run'] as { uri: string; final: boolean };
    expect(final).toBe(false);
    const ended = await client.call('wait_for_run', { run: uri, wait_seconds: 45 });
    expect(ended.data['run']).toMatchObject({ uri, status: 'succeeded', final: true });
  },
  async progress({ client }) {
    const told: [string, number][] = [];
    const progress = (message: string, done: number) => told.push([message, done]);
    await client.call('datarock_create_export', little, { progress });
    expect(told.map(([message]) => message)).toContain('2 of 2 files');
    const counts = told.map(([, done]) => done);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  },
  cancel: column => cancelled(column, 'cancelled'),
  async 'big result'({ client }) {
    const made = await client.call('datarock_create_export', rqd);
    expect(made.data['result']).toMatchObject({ kind: 'table', rows: 8540 });
    expect(made.text.length).toBeLessThan(2000);
    const { uri } = made.data['result'] as { uri: string };
    const rows = await client.call('read_result', { result: uri, offset: 8000, limit: 3 });
    expect(rows.data['items']).toHaveLength(3);
  },
  async elicitation(column) {
    const { client, branch } = column;
    await makeBranch(column);
    const before = client.asked.length;
    const deleted = await client.call('dataops_delete_branch', { project: repository, branch });
    expect([deleted.isError, deleted.text]).toEqual([false, expect.any(String)]);
    expect(client.asked.slice(before)).toEqual([expect.stringContaining(`${branch}`)]);
  },
  async 'resource read'({ client }) {
    expect(JSON.parse(await client.read('datarock://projects'))).toMatchObject({
      page: { complete: true, returned: 4 },
    });
    await expect(client.read('datarock://nothing')).rejects.toThrow(/not found/i);
  },
  async template({ client }) {
    const templates = await client.templates();
    expect(templates).toEqual(expect.arrayContaining(['datarock://projects/{project}/holes', 'result://{id}']));
    const uri = `datarock://projects/${encodeURIComponent(project)}/holes`;
    expect(JSON.parse(await client.read(uri))).toMatchObject({ page: { complete: true, total: 40 } });
  },
  async completion({ client }) {
    expect(await client.complete('datarock://projects/{project}/holes', 'project', 'cop')).toEqual([project]);
  },
};

const repository = 'meridian/data/drill-assays';

async function makeBranch({ client, branch }: Column): Promise<void> {
  const made = await client.call('dataops_create_branch', { project: repository, branch, ref: 'main' });
  expect([made.isError, made.text]).toEqual([false, expect.any(String)]);
}

/** Gives an export up while it is running, and sees what that comes to at the server. */
async function cancelled({ client, server }: Column, outcome: string): Promise<void> {
  const giveUp = new AbortController();
  const calls = (name: string) => server.log().filter(({ msg, tool }) => msg === 'call' && tool === name);
  const lines = (name: string, more: number) =>
    vi.waitFor(() => expect(calls(name).length).toBeGreaterThan(more), { timeout: 10_000 });
  // A line follows its answer. The one of this call is the last of those that were there before.
  const earlier = calls('datarock_list_artefacts').length;
  await client.call('datarock_list_artefacts', { project });
  await lines('datarock_list_artefacts', earlier);
  const before = calls('datarock_create_export').length;
  const progress = () => giveUp.abort();
  const call = client.call('datarock_create_export', rqd, { progress, signal: giveUp.signal });
  await expect(call).rejects.toThrow();
  await lines('datarock_create_export', before);
  expect(calls('datarock_create_export').at(-1)).toMatchObject({ outcome });
}

/**
 * What the protocol rules out, and how it is refused instead. Before 2026, one POST cannot reach another without a
 * session: nobody can be asked, and nothing can be cancelled.
 */
const withoutSession: typeof contract = {
  cancel: column => cancelled(column, 'ok'),
  async elicitation(column) {
    const { client, branch } = column;
    await makeBranch(column);
    const refused = await client.call('dataops_delete_branch', { project: repository, branch });
    expect([refused.isError, client.asked]).toEqual([true, []]);
    const confirm = /^needs_confirmation: .*confirm: "([^"]+)"/s.exec(refused.text)?.[1];
    const deleted = await client.call('dataops_delete_branch', { project: repository, branch, confirm });
    expect([deleted.isError, deleted.text]).toEqual([false, expect.any(String)]);
  },
};

const clients = {
  'the 1.x client': oldClient,
  'the 2.x client, old era': (server: Server) => newClient('legacy', server),
  'the 2.x client, new era': (server: Server) => newClient('pinned', server),
};
const transports: readonly TransportName[] = ['stdio', 'HTTP stateless', 'HTTP with sessions', 'SSE'];

let running: Awaited<ReturnType<typeof startServers>>;
beforeAll(async () => {
  running = await startServers();
});
afterAll(() => running.stop());

describe.each(Object.entries(clients))('%s', (name, connect) => {
  const isNew = name.endsWith('new era');
  describe.each(transports)('over %s', transport => {
    if (isNew && transport === 'SSE') {
      it('is refused: 2026-07-28 has no such transport', async () => {
        await expect(connect(running.servers.SSE)).rejects.toThrow(/2026-07-28/);
      });
      return;
    }
    let column: Column;
    beforeAll(async () => {
      const server = running.servers[transport];
      column = {
        client: await connect(server),
        server,
        branch: `${name} ${transport}`.replace(/\W+/g, '-').toLowerCase(),
      };
    });
    afterAll(() => column.client.close());
    const ruledOut = transport === 'HTTP stateless' && !isNew ? withoutSession : {};
    for (const [cell, holds] of Object.entries({ ...contract, ...ruledOut })) it(cell, () => holds(column));
  });
});
