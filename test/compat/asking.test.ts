import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { ElicitRequestSchema, ErrorCode, McpError } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startWorld } from '../support/harness.ts';
import { modernClient } from '../support/modern.ts';

const project = 'meridian/data/drill-assays';
const branch = 'to-be-deleted';
const tool = 'dataops_delete_branch';

/** The program, with a branch that somebody may want to delete. */
async function start(flags: Record<string, unknown> = {}) {
  const world = await startWorld({ platforms: ['dataops'], flags: { toolsets: 'dataops:repository', ...flags } });
  await world.call('dataops_create_branch', { project, branch, ref: 'main' });
  const deletions = () => world.dataops.requests.filter(({ method }) => method === 'DELETE').length;
  return { ...world, deletions };
}

type Handler = () => unknown;

/** A client of the 2025 era that declares what it likes, and answers questions as it likes. */
async function oldClient(
  { server }: Awaited<ReturnType<typeof start>>,
  elicitation: Record<string, object>,
  answer?: Handler,
) {
  const client = new OldClient({ name: 'asking', version: '1.0.0' }, { capabilities: { elicitation } });
  let asked = 0;
  if (answer)
    client.setRequestHandler(ElicitRequestSchema, () => {
      asked += 1;
      return answer() as never;
    });
  const [near, far] = InMemoryTransport.createLinkedPair();
  await server.factory({ era: 'legacy' } as never).connect(far as never);
  await client.connect(near);
  onTestFinished(() => client.close());
  const call = async (args: Record<string, unknown> = {}) => {
    const { isError, content } = await client.callTool({ name: tool, arguments: { project, branch, ...args } });
    return { isError: isError === true, text: (content as { text: string }[])[0]?.text ?? '' };
  };
  const properties = async () => {
    const found = (await client.listTools()).tools.find(({ name }) => name === tool);
    return Object.keys(found?.inputSchema.properties ?? {});
  };
  return { call, properties, asked: () => asked };
}

const tokenIn = (text: string) => /confirm: "([^"]+)"/.exec(text)?.[1];

describe('a client that has nobody to ask', () => {
  it.each([
    ['declares questions by URL alone', { url: {} }, undefined],
    ['answers that there is no such method', {}, undefined],
    [
      'fails in its handler',
      {},
      () => {
        throw new McpError(ErrorCode.InternalError, 'no window');
      },
    ],
  ] as const)('and %s agrees in two calls', async (_, elicitation, answer) => {
    const world = await start();
    const { call } = await oldClient(world, elicitation, answer);
    const first = await call();
    expect(first.text).toMatch(/^needs_confirmation: Delete the branch "to-be-deleted" of /);
    expect(world.deletions()).toBe(0);
    expect((await call({ confirm: tokenIn(first.text) })).isError).toBe(false);
    expect((await call({ confirm: tokenIn(first.text) })).text).not.toMatch(/^\{/);
    expect(world.deletions()).toBe(1);
  });

  it('because the operator says so, is not asked', async () => {
    const world = await start({ consent: 'two-step' });
    const { call, properties, asked } = await oldClient(world, {}, () => ({ action: 'accept', content: {} }));
    expect(await properties()).toContain('confirm');
    expect((await call()).text).toMatch(/^needs_confirmation/);
    expect(asked()).toBe(0);
  });
});

describe('a client that asks its person', () => {
  it('is neither offered a token nor lets one pass', async () => {
    const world = await start();
    const { call, properties } = await oldClient(world, {}, () => ({ action: 'decline' }));
    expect(await properties()).toEqual(expect.arrayContaining(['ask_again']));
    expect(await properties()).not.toContain('confirm');
    const confirm = tokenIn((await world.call(tool, { project, branch })).text);
    expect(confirm).toBeDefined();
    expect((await call({ confirm })).text).toMatch(/^bad_arguments: .* takes no token here/);
    expect((await call()).text).toMatch(/^cancelled: The person did not agree/);
    // What the model tries next, and where, changes nothing.
    for (const tried of [
      await call(),
      await call({ confirm: 'x' }),
      await world.call(tool, { project, branch, confirm }),
    ])
      expect(tokenIn(tried.text)).toBeUndefined();
    expect(world.deletions()).toBe(0);
  });

  it('asks again when told to', async () => {
    const world = await start();
    const said = ['decline', 'accept'];
    const { call, asked } = await oldClient(world, {}, () => ({ action: said.shift(), content: {} }));
    await call();
    expect((await call()).text).toMatch(/has refused exactly this/);
    expect(asked()).toBe(1);
    expect((await call({ ask_again: true })).isError).toBe(false);
    expect(world.deletions()).toBe(1);
  });

  it('and closes the question has not refused; the second time it is told of the setting', async () => {
    const world = await start();
    const { call } = await oldClient(world, {}, () => ({ action: 'cancel' }));
    const [first, second] = [await call(), await call()];
    expect(first.text).toMatch(/nobody has refused.*\nNext: Tell the person/s);
    expect(second.text).toMatch(/consent: two-step/);
    expect(tokenIn(first.text + second.text)).toBeUndefined();
    expect(world.deletions()).toBe(0);
  });

  it('looks first: what is not there is said without asking anybody', async () => {
    const world = await start();
    const { call, asked } = await oldClient(world, {}, () => ({ action: 'accept', content: {} }));
    expect((await call({ branch: 'no-such-branch' })).text).toMatch(/^not_found/);
    expect(asked()).toBe(0);
  });
});

describe('in the 2026 era', () => {
  it('the state of a question that nobody answered is no agreement', async () => {
    const world = await start();
    const client = modernClient(world, { capabilities: { elicitation: {} } });
    const call = { name: tool, arguments: { project, branch } };
    const { result } = await client('tools/call', call);
    expect(result).toMatchObject({ resultType: 'input_required' });
    const requestState = (result as { requestState: string }).requestState;
    for (const inputResponses of [undefined, {}, { confirm: { action: 'perhaps' } }, { confirm: 'yes' }])
      await client('tools/call', { ...call, requestState, ...(inputResponses ? { inputResponses } : {}) });
    expect(world.deletions()).toBe(0);
    const agreed = { ...call, requestState, inputResponses: { confirm: { action: 'accept', content: {} } } };
    await client('tools/call', agreed);
    expect(world.deletions()).toBe(1);
    await world.call('dataops_create_branch', { project, branch, ref: 'main' });
    await client('tools/call', agreed);
    expect(world.deletions()).toBe(1);
  });

  describe('a client that fails in its handler, and never says so', () => {
    const call = { name: tool, arguments: { project, branch } };

    async function ask(client: ReturnType<typeof modernClient>, more: Record<string, unknown> = {}) {
      const { result } = await client('tools/call', { ...call, arguments: { ...call.arguments, ...more } });
      const { resultType, content } = result as { resultType?: string; content?: { text: string }[] };
      return { asks: resultType === 'input_required', text: content?.[0]?.text ?? '' };
    }

    it('agrees in two calls after two questions', async () => {
      const world = await start();
      const client = modernClient(world, { capabilities: { elicitation: {} } });
      for (const _ of [1, 2]) {
        expect(await ask(client)).toMatchObject({ asks: true });
        await world.clock.advance(2000);
      }
      const { text } = await ask(client);
      expect(text).toMatch(/^needs_confirmation: Delete the branch "to-be-deleted" of .*\nNext: Ask the person/s);
      const confirm = tokenIn(text);
      expect((await ask(client, { confirm, branch: 'dev' })).text).toMatch(/takes no token here/);
      expect(world.deletions()).toBe(0);
      await ask(client, { confirm });
      expect(world.deletions()).toBe(1);
      await world.call('dataops_create_branch', { project, branch, ref: 'main' });
      await ask(client, { confirm });
      expect(world.deletions()).toBe(1);
    });

    it('and whose person answers after all is heard; a refusal outranks the token', async () => {
      const world = await start();
      const client = modernClient(world, { capabilities: { elicitation: {} } });
      const { result } = await client('tools/call', call);
      const { requestState } = result as { requestState: string };
      await world.clock.advance(2000);
      await ask(client);
      await world.clock.advance(2000);
      const confirm = tokenIn((await ask(client)).text);
      const inputResponses = { confirm: { action: 'decline' } };
      await client('tools/call', { ...call, requestState, inputResponses });
      for (const more of [{}, { ask_again: true }])
        expect((await ask(client, { confirm, ...more })).text).toMatch(/refused exactly this|takes no token here/);
      expect(world.deletions()).toBe(0);
      // The next question is one again.
      expect(await ask(client, { ask_again: true })).toMatchObject({ asks: true });
    });
  });
});
