import { expect, it } from 'vitest';
import { newToken } from '../../src/callers/static-tokens.ts';
import { legacy, startListening } from '../support/listening.ts';

const anna = newToken();
const branch = { project: 'meridian/data/drill-assays', branch: 'to-be-deleted' };

async function replica(stateKey?: string) {
  const env = stateKey === undefined ? {} : { DATA_PLATFORMS_HTTP_STATE_KEY: stateKey };
  const { post, dataops } = await startListening(
    { tokens: [{ name: 'anna', sha256: anna.sha256 }] },
    { platforms: ['dataops'], env, flags: { toolsets: 'dataops:repository' } },
  );
  async function call(name: string, args: object) {
    const headers = { authorization: `Bearer ${anna.token}` };
    const { result } = (await post(legacy('tools/call', { name, arguments: args }), headers)).message;
    const { content, structuredContent } = result as { content: { text: string }[]; structuredContent?: unknown };
    return { text: content[0]?.text ?? '', data: structuredContent as { page: { next: string } } };
  }
  await call('dataops_create_branch', { ...branch, ref: 'main' });
  return { call, dataops };
}

/** What one process hands out: a cursor, and a token of agreement. */
async function handOut({ call }: Awaited<ReturnType<typeof replica>>) {
  const { page } = (await call('dataops_list_projects', { limit: 1 })).data;
  const { text } = await call('dataops_delete_branch', branch);
  return { cursor: page.next, confirm: /confirm: "([^"]+)"/.exec(text)?.[1] };
}

it('processes with one state key take what each of them has handed out', async () => {
  const key = 'one key for all of them, of 32 characters';
  const [one, other] = await Promise.all([replica(key), replica(key)]);
  const { cursor, confirm } = await handOut(one);
  expect((await other.call('dataops_list_projects', { limit: 1, cursor })).text).toMatch(/^1 project; there are more/);
  expect((await other.call('dataops_delete_branch', { ...branch, confirm })).text).not.toMatch(/^needs_confirmation/);
  expect(other.dataops.requests.filter(({ method }) => method === 'DELETE')).toHaveLength(1);
});

it('processes without one do not', async () => {
  const [one, other] = await Promise.all([replica(), replica()]);
  const { cursor, confirm } = await handOut(one);
  expect((await other.call('dataops_list_projects', { limit: 1, cursor })).text).toMatch(/The cursor is damaged/);
  expect((await other.call('dataops_delete_branch', { ...branch, confirm })).text).toMatch(/^needs_confirmation/);
  expect(other.dataops.requests.filter(({ method }) => method === 'DELETE')).toEqual([]);
});

it('a state key that is too short is refused', async () => {
  await expect(replica('short')).rejects.toMatchObject({ code: 'not_configured' });
});
