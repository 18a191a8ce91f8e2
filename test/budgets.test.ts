import type { Tool } from '@modelcontextprotocol/server';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { expect, it } from 'vitest';
import { providers } from '../src/providers/index.ts';
import { operationsOf } from '../src/providers/provider.ts';
import { instructionsFor } from '../src/server/instructions.ts';
import { generalTools } from '../src/tools/general.ts';
import { startWorld } from './support/harness.ts';

/** What a model reads of a tool before it has called anything. */
const visible = ({ name, description, inputSchema }: Tool) =>
  countTokens(JSON.stringify({ name, description, input_schema: inputSchema }));
const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);

/** A platform that can do little leaves a model room for the others. */
const small = { operations: 20, tools: 10, tokens: 2_500 };
const bounds = { tools: 16, tokens: 3_500 };

it('keeps every tool below 400 tokens', async () => {
  const { server } = await startWorld({ platforms: 'all', flags: { toolsets: 'all' } });
  for (const tool of await server.tools.list()) expect(visible(tool), tool.name).toBeLessThanOrEqual(400);
});

it('keeps the default tools of a platform below 3,500 tokens, and of small ones below less', async () => {
  const { server } = await startWorld({ platforms: 'all' });
  for (const { name, load } of providers) {
    const most = operationsOf(await load()).length <= small.operations ? small : bounds;
    const tools = (await server.tools.list()).filter(tool => tool.name.startsWith(`${name}_`));
    expect(tools.length, name).toBeGreaterThan(0);
    expect(tools.length, name).toBeLessThanOrEqual(most.tools);
    expect(sum(tools.map(visible)), name).toBeLessThanOrEqual(most.tokens);
  }
});

it('keeps the instructions below 2 kB, and says in them what a read-only server lacks', async () => {
  const { server } = await startWorld({ platforms: 'all' });
  const told = (readOnly: boolean) => instructionsFor(server.shared.connections, readOnly);
  expect(Buffer.byteLength(told(true))).toBeLessThanOrEqual(2048);
  const [readOnly, ...guides] = told(true).split('\n').slice(1);
  expect(readOnly).toMatch(/^Read-only: .* are absent\.$/);
  for (const { title } of providers) expect(guides).toContainEqual(expect.stringMatching(new RegExp(`^${title}: `)));
  expect(told(false)).not.toMatch(/read-only/i);
});

it('keeps everything that is listed by default below 10,000 tokens, and the whole answer below 25,000', async () => {
  const { server } = await startWorld({ platforms: 'all' });
  const names = (await server.tools.list()).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(generalTools.slice(0, 3).map(({ name }) => name)));
  expect(sum((await server.tools.list()).map(visible))).toBeLessThanOrEqual(10_000);
  expect(countTokens(JSON.stringify({ tools: await server.tools.list() }))).toBeLessThanOrEqual(25_000);
});
