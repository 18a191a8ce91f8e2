import type { CallToolResult } from '@modelcontextprotocol/server';
import { expect, test } from 'vitest';
import { isReading } from '../../src/operations/operation.ts';
import { faultKey } from '../../src/tools/registry.ts';
import { startWorld } from '../support/harness.ts';

/** More than any argument may be, whatever it is for. Made once: there are some thousand calls. */
const oversized: Readonly<Record<string, unknown>> = {
  text: 'x'.repeat(16 * 2 ** 20 + 1),
  list: new Array(2_000_001).fill(1),
  depth: nested(100),
};

/** For one argument of each. */
const rarely: Readonly<Record<string, unknown>> = {
  'list as a text': `[${'1,'.repeat(8_388_608)}1]`,
  members: Object.fromEntries(Array.from({ length: 1_001 }, (_, at) => [at, new Array(2_000).fill(1)])),
  'depth in it': { inside: nested(100_000) },
  'name of a member': { ['x'.repeat(2_049)]: 1 },
  'text in it': { inside: ['x'.repeat(16 * 2 ** 20 + 1)] },
};

function nested(levels: number): unknown {
  let value: unknown = [];
  for (let level = 1; level < levels; level += 1) value = [value];
  return value;
}

const codeOf = ({ isError, _meta }: CallToolResult) =>
  isError === true ? (_meta?.[faultKey] as { code?: string } | undefined)?.code : 'answered';

async function everything() {
  const world = await startWorld({ platforms: 'all' });
  const { server } = world;
  const requests = () =>
    [world.datarock, world.dataops, world.datagrok, world.datamin, world.dx].flatMap(one => one.requests);
  const { operations } = server.shared.catalog;
  async function call(name: string, args: object) {
    if (server.tools.has(name)) return server.tools.call(name, args);
    const dispatcher = isReading(server.shared.catalog.get(name)) ? 'call_read_operation' : 'call_write_operation';
    return server.tools.call(dispatcher, { operation: name, arguments: args });
  }
  /** Names of arguments by tool and operation. */
  const taken = new Map<string, readonly string[]>();
  for (const { name, inputSchema } of await server.tools.list())
    taken.set(name, Object.keys(inputSchema.properties ?? {}));
  for (const facts of operations) {
    const { schema } = server.shared.inputOf(await server.shared.catalog.load(facts));
    taken.set(facts.name, Object.keys(schema.shape));
  }
  return { ...world, call, requests, taken };
}

test('every argument of every tool and operation is refused where it is too large, before anything is sent', async () => {
  const { call, requests, taken } = await everything();
  const wrong: string[] = [];
  let calls = 0;
  for (const [name, fields] of taken)
    for (const field of [...fields, 'x'.repeat(2_049)])
      for (const [kind, value] of Object.entries(field === fields[0] ? { ...oversized, ...rarely } : oversized)) {
        const code = codeOf(await call(name, { [field]: value }));
        calls += 1;
        if (code !== 'too_large') wrong.push(`${name} ${field.slice(0, 40)} (${kind}): ${code}`);
      }
  expect(wrong).toEqual([]);
  expect(calls).toBeGreaterThan(5_000);
  expect(requests()).toEqual([]);
}, 120_000);

test('what names something may not be as long as what is passed on', async () => {
  const { call, requests } = await everything();
  const long = 'n'.repeat(2_049);
  const named = [
    ['dataops_list_branches', { project: long }],
    ['dataops_list_branches', { project: '1', search: long }],
    ['datarock_create_export', { project: 'Copperhead North', artefact: long, holes: 'DDH001' }],
    ['wait_for_run', { run: `datarock://exports/${long}` }],
    ['read_result', { result: `result://${long}` }],
    ['find_operation', { query: 'word '.repeat(201) }],
    ['query_result', { sql: `SELECT 1 FROM "result://aaaaaaaaaaaa" --${'x'.repeat(100_000)}` }],
    [
      'query_result',
      { sql: Array.from({ length: 101 }, (_, at) => `"result://${String(at).padStart(12, '0')}"`).join() },
    ],
    ['call_read_operation', { operation: long }],
    ['dataops_list_projects', { fields: new Array(10_001).fill('id') }],
    ['dataops_list_projects', { cursor: 'c'.repeat(16_385) }],
  ] as const;
  for (const [name, args] of named) expect([name, codeOf(await call(name, args))]).toEqual([name, 'too_large']);
  expect(requests()).toEqual([]);
  // Passed on: the text of a merge request, which a model may have written at length.
  const described = {
    project: '1',
    source_branch: 'a',
    target_branch: 'b',
    title: 't',
    description: 'd'.repeat(100_000),
  };
  expect(codeOf(await call('dataops_create_merge_request', described))).not.toBe('too_large');
});

test('the name of a tool, an address and what is to be completed have a bound', async () => {
  const { server, requests } = await everything();
  const long = 'dataops://projects/'.padEnd(3_000_000, 'x');
  const answer = await server.tools.call(long, {});
  expect(codeOf(answer)).toBe('too_large');
  expect(JSON.stringify(answer).length).toBeLessThan(1_000);
  const { resources, runs } = server.served(server.shared.caller);
  const refused = { message: expect.stringMatching(/^too_large: .{0,300}$/) };
  await expect(resources.read(long)).rejects.toMatchObject(refused);
  const template = 'dataops://projects/{project}/branches';
  await expect(resources.complete(long, 'project', 'a', {})).rejects.toMatchObject(refused);
  await expect(resources.complete(template, long, 'a', {})).rejects.toMatchObject(refused);
  await expect(resources.complete(template, 'project', long, {})).rejects.toMatchObject(refused);
  await expect(resources.complete(template, 'project', 'a', { group: long })).rejects.toMatchObject(refused);
  expect(runs.accept([long.replace('projects', 'projects/1/pipelines')])).toEqual([]);
  expect(requests()).toEqual([]);
});
