import { describe, expect, it, vi } from 'vitest';
import { dataopsCode } from '../../../src/providers/dataops/operations/index.ts';
import { operationsOf } from '../../../src/providers/provider.ts';
import { owner, project, start } from '../../support/dataops-world.ts';

const reads = operationsOf(dataopsCode).filter(({ risk }) => risk === 'reads');

describe('secrets', () => {
  it('are dropped from every listing and thing that has them', async () => {
    const { callTool, call } = await owner();
    const secret = /import-password|snowflake-password|lab-api-key|vault-password|GR1348/;
    for (const { name, example } of reads)
      expect(JSON.stringify((await callTool(name, example.arguments)).raw), name).not.toMatch(secret);
    const { data } = await call('get_group', { group: 'meridian', with_projects: true });
    expect(JSON.stringify(data)).not.toContain('runners_token');
  });

  it('shows one value of a variable where it is asked for', async () => {
    const { call, callRows, callFails } = await start();
    expect(await callRows('list_project_variables', { project })).toMatchObject([
      { key: 'SNOWFLAKE_USER', value: '[hidden]' },
      { key: 'SNOWFLAKE_PASSWORD', value: '[hidden]', protected: true },
      { key: 'SNOWFLAKE_PASSWORD', value: '[hidden]', environment_scope: 'dev' },
      { key: 'LAB_API_KEY', value: null },
    ]);
    const one = { project, key: 'SNOWFLAKE_PASSWORD', scope: 'dev' };
    expect((await call('get_project_variable', one)).data['value']).toBe('[hidden]');
    expect((await call('get_project_variable', { ...one, show_value: true })).data['value']).toBe(
      'snowflake-password-2',
    );
    expect(await callFails('get_project_variable', { project, key: 'SNOWFLAKE_PASSWORD' })).toMatch(
      /^conflict: .*multiple/,
    );
  });

  it('are not shown through a connection that may only look', async () => {
    const { callFails, call } = await start({ flags: { read_only: true } });
    const one = { project, key: 'SNOWFLAKE_USER' };
    expect((await call('get_project_variable', one)).data['value']).toBe('[hidden]');
    expect(await callFails('get_project_variable', { ...one, show_value: true })).toMatch(
      /^read_only: .*\nNext: .*show_value/,
    );
  });

  it('change only the variable that is meant, and do not come back', async () => {
    const { call, callRows, dataops } = await start();
    const { variables } = dataops.state.world.projects.get(101) ?? { variables: [] };
    const made = await call('create_project_variable', { project, key: 'LIMIT', value: 'new-limit-1', masked: true });
    expect(made.data).toMatchObject({ key: 'LIMIT', value: '[hidden]', masked: true, environment_scope: '*' });
    const change = { project, key: 'SNOWFLAKE_PASSWORD', value: 'snowflake-password-3', scope: 'dev' };
    expect((await call('update_project_variable', change)).text).not.toContain('snowflake-password-3');
    expect(variables.map(({ value }) => value)).toEqual([
      'LOADER',
      'snowflake-password-1',
      'snowflake-password-3',
      'lab-api-key-1',
      'new-limit-1',
    ]);
    expect(
      (await call('delete_project_variable', { project, key: 'SNOWFLAKE_PASSWORD', scope: 'dev' })).data,
    ).toMatchObject({
      done: true,
    });
    expect(await callRows('list_project_variables', { project })).toHaveLength(4);
  });

  it('holds for the variables of groups too', async () => {
    const { call, callRows } = await owner();
    const group = 'meridian';
    expect((await call('get_group_variable', { group, key: 'VAULT_PASSWORD' })).data['value']).toBe('[hidden]');
    await call('create_group_variable', { group, key: 'LIMIT', value: '0.5' });
    const changed = await call('update_group_variable', { group, key: 'LIMIT', value: '0.7', description: 'Of gold' });
    expect(changed.data).toMatchObject({ value: '[hidden]', description: 'Of gold' });
    const shown = await call('get_group_variable', { group, key: 'LIMIT', show_value: true });
    expect(shown.data['value']).toBe('0.7');
    await call('delete_group_variable', { group, key: 'LIMIT' });
    expect(await callRows('list_group_variables', { group })).toHaveLength(2);
  });
});

describe('access tokens', () => {
  const wanted = { name: 'report', scopes: ['read_api'], expires_at: '2027-01-31', role: 'reporter' };

  it('of projects and groups are made, replaced and revoked, and seen only where asked for', async () => {
    const { call, callRows, dataops } = await owner();
    for (const [kind, holder] of [
      ['project', { project }],
      ['group', { group: 'meridian/data' }],
    ] as const) {
      const made = await call(`create_${kind}_token`, { ...holder, ...wanted });
      expect(made.data).toMatchObject({ name: 'report', access_level: 20, scopes: ['read_api'] });
      expect(made.data).not.toHaveProperty('value');
      expect(made.data).not.toHaveProperty('token');
      const one = { ...holder, token_id: made.data['id'] };
      const rotated = await call(`rotate_${kind}_token`, { ...one, show_value: true });
      const current = dataops.state.world.tokens.find(({ id }) => String(id) === rotated.data['id']);
      expect(rotated.data['value']).toBe(current?.value);
      await call(`revoke_${kind}_token`, { ...holder, token_id: rotated.data['id'] });
      const left = await callRows(`list_${kind}_tokens`, { ...holder, state: 'active' });
      expect(left.map(({ name }) => name)).not.toContain('report');
    }
  });

  it('shows the one in use, and the release', async () => {
    const { call } = await start();
    expect((await call('get_current_token')).data).toMatchObject({ name: 'assistant', scopes: ['api'], active: true });
    expect((await call('get_current_user')).data).toMatchObject({ username: 'maya.lindqvist' });
    expect((await call('get_version')).data).toMatchObject({ version: '17.4.2-ee' });
    expect((await call('get_metadata')).data).toMatchObject({ enterprise: true });
  });
});

describe('when the platform is not at its best', () => {
  it('does not write a comment twice, and says how to see whether it was written', async () => {
    const { callFails, callRows, dataops, clock } = await start();
    const one = { project, issue: 3 };
    const post = { method: 'POST', path: /notes/ };
    dataops.faults.add({ kind: 'truncate', match: post, times: 1 });
    expect(await callFails('create_issue_note', { ...one, body: 'Only once.' })).toMatch(
      /^bad_upstream_reply: .* may have (arrived|been stored)\.\nNext: dataops_list_issue_notes/,
    );
    expect(await callRows('list_issue_notes', one)).toMatchObject([{ body: 'Only once.' }]);
    dataops.faults.add({ kind: 'hang', match: post, times: 1 });
    const posts = () => dataops.requests.filter(({ method }) => method === 'POST').length;
    const pending = callFails('create_issue_note', { ...one, body: 'Twice?' });
    await vi.waitFor(() => expect(posts()).toBe(2));
    await clock.advance(31_000);
    expect(await pending).toMatch(/^timed_out: [\s\S]*\nNext: dataops_list_issue_notes/);
    expect(posts()).toBe(2);
  });

  it('keeps secrets of an answer that was cut short', async () => {
    const { callTool, dataops } = await start();
    const kinds = ['truncate', 'malformed'] as const;
    for (const kind of kinds) {
      const switchedOff = dataops.faults.add({ kind });
      const value = `cut-value-${kind}`;
      const made = await callTool('dataops_create_project_variable', {
        project,
        key: `CUT_${kind.toUpperCase()}`,
        value,
      });
      const read = await callTool('dataops_get_project_variable', { project, key: 'SNOWFLAKE_USER' });
      const token = await callTool('dataops_create_project_token', {
        ...{ project, name: kind, scopes: ['read_api'], expires_at: '2027-01-31', role: 'reporter' },
      });
      switchedOff();
      const secret = dataops.state.world.tokens.find(({ name }) => name === kind)?.value;
      expect(secret).toMatch(/^glpat-/);
      const all = JSON.stringify([made, read, token].map(({ raw }) => raw));
      for (const one of [value, 'LOADER', secret]) expect(all).not.toContain(one);
      // Not letter by letter either.
      expect(all).not.toContain('"0":');
    }
  });

  it.each(['null-fields', 'unknown-fields'] as const)('reads on with %s', async kind => {
    const { callTool, dataops } = await owner();
    const outcome = async ({ name, example }: (typeof reads)[number]) =>
      (await callTool(name, example.arguments)).isError;
    const before: unknown[] = [];
    for (const one of reads) before.push([one.name, await outcome(one)]);
    dataops.faults.add({ kind });
    for (const [index, one] of reads.entries()) expect([one.name, await outcome(one)]).toEqual(before[index]);
  });
});
