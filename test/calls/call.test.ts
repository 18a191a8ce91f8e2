import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { faultKey } from '../../src/tools/registry.ts';
import { startWorld } from '../support/harness.ts';

describe('tools', () => {
  it('have title, description, all four hints and both schemas', async () => {
    const { server } = await startWorld({ flags: { toolsets: 'all' } });
    for (const tool of (await server.tools.list()).filter(({ name }) => name.startsWith('datarock_'))) {
      expect(tool.title, tool.name).toMatch(/^Datarock: /);
      expect(tool.description, tool.name).toBeTruthy();
      expect(Object.values(tool.annotations ?? {}).filter(hint => typeof hint === 'boolean')).toHaveLength(4);
      expect(tool.inputSchema['type']).toBe('object');
      expect(tool.outputSchema?.['type']).toBe('object');
    }
  });

  it('say of themselves whether they may lose something', async () => {
    const { server } = await startWorld({ platforms: ['datagrok'], flags: { toolsets: 'all' } });
    const tools = await server.tools.list();
    const hintOf = (name: string) => tools.find(tool => tool.name === name)?.annotations?.destructiveHint;
    // Deletes, shows to others, may replace, only adds, only reads.
    const names = ['delete_file', 'share_dashboard', 'upload_table', 'create_space', 'list_functions'];
    expect(names.map(name => hintOf(`datagrok_${name}`))).toEqual([true, true, true, false, false]);
  });

  it('are those of the default toolsets, and of those asked for', async () => {
    const names = async (flags = {}) => {
      const { server } = await startWorld({ flags });
      return (await server.tools.list()).map(({ name }) => name);
    };
    expect(await names()).not.toContain('datarock_list_exports');
    expect(await names()).toContain('find_operation');
    const all = await names({ toolsets: 'datarock:unconfirmed' });
    expect(all).toContain('datarock_list_exports');
    expect(all).not.toContain('find_operation');
    await expect(startWorld({ flags: { toolsets: 'datarock:unconfirmd' } })).rejects.toThrow(
      /no toolset "datarock:unconfirmd"/,
    );
  });

  it('are only reading ones when the server is read-only, and a writing one says why', async () => {
    const { server, call } = await startWorld({ flags: { read_only: true } });
    expect((await server.tools.list()).every(({ annotations }) => annotations?.readOnlyHint)).toBe(true);
    expect((await call('datarock_create_export', {})).text).toMatch(/^read_only: .*\nNext: .*--read-only/);
  });

  it('of a platform nobody connected are absent, and check_connections says what is missing', async () => {
    const none = { DATAROCK_USER: undefined, DATAROCK_PRIVATE_KEY: undefined, DATAROCK_BASE_URL: undefined };
    const { server, call } = await startWorld({ env: none });
    expect((await server.tools.list()).map(({ name }) => name)).toEqual([
      'read_result',
      'describe_result',
      'query_result',
      'chart_result',
      'export_result',
      'list_results',
      'pin_result',
      'delete_result',
      'check_connections',
    ]);
    const { data } = await call('check_connections');
    const hints = [/DATAROCK_USER and DATAROCK_PRIVATE_KEY \(or DATAROCK_PRIVATE_KEY_FILE\)/, /set DATAOPS_TOKEN \(or/];
    for (const hint of hints)
      expect(data['connections']).toContainEqual(
        expect.objectContaining({ status: 'not_configured', hint: expect.stringMatching(hint) }),
      );
    expect((await call('datarock_list_projects')).text).toMatch(/^not_configured: Datarock is not connected/);
  });
});

describe('check_connections', () => {
  it('says that a credential works, and what it sees', async () => {
    const { call } = await startWorld();
    expect((await call('check_connections')).data['connections']).toContainEqual({
      connection: 'datarock',
      platform: 'Datarock',
      account: 'geo@sandbox.example',
      status: 'ok',
      facts: ['4 projects visible'],
    });
  });

  it('says why one does not', async () => {
    const { call, datarock } = await startWorld();
    datarock.faults.add({ kind: 'status', status: 401 });
    expect((await call('check_connections')).data['connections']).toContainEqual(
      expect.objectContaining({
        status: 'failed',
        problem: expect.stringMatching(/401/),
        hint: expect.stringMatching(/DATAROCK_USER/),
      }),
    );
  });
});

describe('dispatchers', () => {
  it('find an operation that is not listed, and run it', async () => {
    const { call } = await startWorld();
    const found = await call('find_operation', { query: 'list my exports' });
    expect(found.data['operations']).toMatchObject([
      { name: 'datarock_list_exports', run_with: 'call_read_operation' },
    ]);
    await call('datarock_create_export', { project: 'Copperhead North', artefact: 'rqd', holes: ['DDH001'] });
    const listed = await call('call_read_operation', { operation: 'datarock_list_exports', arguments: { limit: 5 } });
    expect(listed.data['items']).toHaveLength(1);
  });

  it('name what is a tool already, and leave out what every list takes', async () => {
    const { call } = await startWorld({ platforms: ['dataops'] });
    const { data } = await call('find_operation', { query: 'why did the pipeline fail' });
    expect(data['tools']).toEqual(expect.arrayContaining([expect.stringMatching(/^dataops_get_pipeline: /)]));
    const { operations } = (await call('find_operation', { query: 'variables a pipeline was started with' })).data as {
      operations: { name: string; arguments: Record<string, unknown> }[];
    };
    const list = operations.find(({ name }) => name === 'dataops_list_pipeline_variables');
    expect(Object.keys(list?.arguments ?? {})).toEqual(['project*', 'pipeline*']);
    expect((await call('find_operation', { query: 'xyzzy' })).data).toEqual({
      operations: [],
      hint: expect.stringMatching(/^"xyzzy" is not offered here\./),
    });
  });

  it('correct a name that does not exist, and an operation of the other kind', async () => {
    const { call } = await startWorld();
    expect((await call('call_read_operation', { operation: 'datarock_list_export' })).text).toMatch(
      /^unknown_operation: .*\nNext: Did you mean datarock_list_exports\?/,
    );
    expect((await call('call_read_operation', { operation: 'datarock_create_export' })).text).toMatch(
      /^bad_arguments: .*\nNext: Use call_write_operation/,
    );
    expect((await call('datarock_list_exports')).text).toMatch(/Next: Run it with call_read_operation/);
    expect((await call('datarok_list_projects')).text).toMatch(/Did you mean datarock_list_projects/);
  });
});

describe('several connections of a platform', () => {
  async function twoAccounts() {
    const first = await startWorld();
    const {
      DATAROCK_BASE_URL: base_url,
      DATAROCK_USER: user,
      DATAROCK_PRIVATE_KEY: private_key,
    } = first.datarock.environment;
    const settings = { platform: 'datarock', base_url, user, private_key };
    const path = join(mkdtempSync(join(tmpdir(), 'data-platforms-')), 'config.json');
    writeFileSync(path, JSON.stringify({ connections: { west: settings, east: { ...settings, read_only: true } } }));
    return startWorld({ clock: first.clock, file: path });
  }

  it('adds the argument, asks for it, and keeps runs apart', async () => {
    const { call, server } = await twoAccounts();
    const tool = (await server.tools.list()).find(({ name }) => name === 'datarock_list_projects');
    expect(tool?.inputSchema.properties?.['connection']).toMatchObject({ enum: ['west', 'east'] });
    expect((await call('datarock_list_projects')).text).toMatch(
      /^bad_arguments: .*"connection" is missing \(west, east\)/,
    );
    const args = { project: 'Copperhead North', artefact: 'rqd', holes: ['DDH001'], connection: 'west' };
    const started = await call('datarock_create_export', args);
    const { uri } = started.data['run'] as { uri: string };
    expect(uri).toMatch(/[?&]connection=west$/);
    expect((await call('wait_for_run', { run: uri })).data['run']).toMatchObject({ status: 'succeeded' });
    // An answer is the next call's argument: it says which account it is of.
    expect((await call('datarock_get_export', { export: uri })).data['items']).toHaveLength(1);
    const next = 'Next: Give connection: one of west, east; in a URI, ?connection=west.';
    const [bare = ''] = uri.split('?');
    expect((await call('wait_for_run', { run: bare })).text).toBe(
      `bad_arguments: There are 2 connections to Datarock.\n${next}`,
    );
    expect((await call('wait_for_run', { run: `${bare}?connection=nord` })).text).toBe(
      `bad_arguments: There is no connection "nord" to Datarock.\n${next}`,
    );
  });

  it('takes the name of the only one, and no other', async () => {
    const { call } = await startWorld();
    expect((await call('datarock_list_projects', { connection: 'datarock' })).isError).toBe(false);
    expect((await call('datarock_list_projects', { connection: 'east' })).text).toMatch(
      /^bad_arguments: datarock_list_projects has no argument "connection"/,
    );
  });

  it('refuses to write through a read-only one', async () => {
    const { call } = await twoAccounts();
    const args = { project: 'Copperhead North', artefact: 'rqd', holes: ['DDH001'], connection: 'east' };
    expect((await call('datarock_create_export', args)).text).toMatch(/^read_only: The connection east/);
    expect((await call('datarock_list_projects', { connection: 'east' })).isError).toBe(false);
  });

  it('refuses a cursor of the other account', async () => {
    const { call } = await twoAccounts();
    const { data } = await call('datarock_list_projects', { connection: 'west', limit: 1 });
    const { next } = data['page'] as { next: string };
    expect((await call('datarock_list_projects', { connection: 'east', limit: 1, cursor: next })).text).toMatch(
      /^bad_arguments/,
    );
  });
});

it('an answer that is an error hides nothing in what it quotes', async () => {
  const { call } = await startWorld();
  const { text } = await call('datarock_list_holes', { project: 'no\u202ewhere \ud83d' });
  expect(text).toMatch(/^not_found: datarock_list_projects shows nothing called "nowhere "\./);
});

it('a call that was given up before it began asks nobody', async () => {
  const { call, datarock } = await startWorld();
  const { text } = await call('datarock_list_projects', {}, { signal: AbortSignal.abort() });
  expect(text).toMatch(/^cancelled: datarock_list_projects was cancelled\./);
  expect(datarock.requests).toEqual([]);
});

it('an answer that is an error has its code in _meta and no structure to validate', async () => {
  const { call } = await startWorld();
  const { raw } = await call('datarock_list_holes', { project: 'nowhere' });
  expect(raw.structuredContent).toBeUndefined();
  expect(raw._meta?.[faultKey]).toMatchObject({ code: 'not_found' });
});
