import { describe, expect, test } from 'vitest';
import { idOf } from '../../../src/providers/datagrok/simulator/seed/people.ts';
import { startDatagrok } from '../../support/datagrok-world.ts';

type Row = Record<string, unknown>;

const items = (data: Row) => data['items'] as Row[];

const names = (data: Row) => items(data).map(({ name }) => name);

describe('functions', () => {
  test('are listed with their parameters, found by filter, and shown', async () => {
    const { ask } = await startDatagrok();
    const queries = await ask('datagrok_list_functions', { text: 'source="data-query"' });
    expect(items(queries).map(row => row['grok_name'])).toEqual([
      'Geology:Laboratory:AssaysByHole',
      'Geology:Laboratory:LatestBatch',
    ]);
    expect(queries['page']).toMatchObject({ total: 2, complete: true });
    const all = items(await ask('datagrok_list_functions', { limit: 'all' }));
    expect(all.find(({ name }) => name === 'Sin')).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      name: 'Sin',
      grok_name: 'Sin',
      friendlyName: 'Sin',
      description: 'Sin of x',
      source: 'function',
      tags: ['math'],
      updatedOn: '2026-02-02T08:00:00.000Z',
      inputs: 'x: double',
      outputs: 'result: double',
    });
    expect(await ask('datagrok_get_function', { function: 'Geology:Composite' })).toMatchObject({
      grok_name: 'Geology:Composite',
      language: 'r',
      script: expect.stringContaining('aggregate(assays'),
    });
  });

  test('are saved under an id of their own, changed under the same', async () => {
    const { ask, state, callFails } = await startDatagrok();
    const script = { name: 'Depth', source: 'script', language: 'python', script: '#name: Depth\n' };
    const saved = await ask('datagrok_save_function', script);
    expect(saved).toMatchObject({ name: 'Depth', grok_name: 'MaraOkafor:Depth', source: 'script', language: 'python' });
    const id = String(saved['id']);
    expect(state.world.functions.get(id)?.script).toBe('#name: Depth\n');
    await ask('datagrok_save_function', { ...script, id, script: '#name: Depth\nd = 1\n' });
    expect(state.world.functions.get(id)?.script).toBe('#name: Depth\nd = 1\n');
    const query = {
      name: 'Holes',
      source: 'data-query',
      query: 'select * from holes',
      data_connection: { id: idOf('connection Geology:Laboratory') },
    };
    expect(await ask('datagrok_save_function', query)).toMatchObject({
      query: 'select * from holes',
      source: 'data-query',
    });
    expect(await callFails('datagrok_save_function', { ...query, data_connection: undefined })).toMatch(
      /source data-query needs data_connection/,
    );
  });
});

describe('connections', () => {
  test('are listed and shown without their secrets', async () => {
    const { ask, callFails, call } = await startDatagrok();
    const shares = await ask('datagrok_list_connections', { data_source: 'Files' });
    expect(items(shares).map(row => row['grok_name'])).toEqual([
      'System:DemoFiles',
      'System:AppData',
      'MaraOkafor:Home',
    ]);
    expect(names(await ask('datagrok_list_connections', { tags: ['core', 'photos'] }))).toEqual(['CoreArchive']);
    const laboratory = await ask('datagrok_get_connection', { data_connection: 'Geology:Laboratory' });
    expect(laboratory).toMatchObject({
      dataSource: 'Postgres',
      parameters: { server: 'lab-db.sandbox.example', port: 5432, db: 'assays' },
      credentials: { openParameters: { login: 'lab_reader' } },
    });
    const credentials = await call('datagrok_get_credentials', { entity: 'Geology:Laboratory' });
    expect(credentials.data).toMatchObject({
      entityBindId: idOf('connection Geology:Laboratory'),
      parameters: { password: expect.stringMatching(/^\[(hidden|redacted)\]$/) },
      openParameters: { login: 'lab_reader' },
    });
    expect(JSON.stringify(credentials.raw)).not.toContain('sandbox-lab-password');
    expect(await callFails('datagrok_get_credentials', { entity: 'Geology:GroundWater' })).toMatch(/^missing_scope: /);
  });

  test('are saved, tried and deleted; what is not there is not deleted', async () => {
    const { ask, agreed, state, callFails, call } = await startDatagrok({ flags: { yes: false } });
    const archive = { name: 'Archive', dataSource: 'S3', parameters: { bucket: 'core' } };
    expect((await agreed('datagrok_test_connection', archive)).data).toEqual({ works: true });
    const old = { name: 'Old', dataSource: 'Postgres', parameters: { server: 'lab-db-old.sandbox.example' } };
    expect((await agreed('datagrok_test_connection', old)).data).toEqual({
      works: false,
      said: 'Connection to lab-db-old.sandbox.example timed out',
    });
    const saved = await ask('datagrok_save_connection', {
      ...archive,
      save_credentials: true,
      credentials: { parameters: { accessKey: 'a-secret-access-key' } },
    });
    expect(saved).toMatchObject({ name: 'Archive', grok_name: 'MaraOkafor:Archive', dataSource: 'S3' });
    expect(JSON.stringify(saved)).not.toContain('a-secret-access-key');
    const [kept] = [...state.world.credentials.values()].filter(({ entity }) => entity === saved['id']);
    expect(kept?.parameters).toEqual({ accessKey: 'a-secret-access-key' });

    const question = await callFails('datagrok_delete_connection', { data_connection: 'MaraOkafor:Archive' });
    expect(question).toMatch(/^needs_confirmation: .*"Archive \(MaraOkafor:Archive\)".* It is of S3\./);
    const confirm = /confirm: "([^"]+)"/.exec(question)?.[1];
    expect(
      (await call('datagrok_delete_connection', { data_connection: 'MaraOkafor:Archive', confirm })).data,
    ).toMatchObject({ done: true });
    expect(state.world.connections.has(String(saved['id']))).toBe(false);
    expect(await callFails('datagrok_delete_connection', { data_connection: 'MaraOkafor:Archive' })).toMatch(
      /^not_found: /,
    );
  });

  test('have credentials that are set and taken away', async () => {
    const { ask, state } = await startDatagrok();
    const entity = idOf('connection Geology:CoreArchive');
    const saved = await ask('datagrok_save_credentials', {
      entity,
      parameters: { secret: 'not-for-the-model' },
      open_parameters: { login: 'reader' },
    });
    expect(saved).toMatchObject({ entityBindId: entity, openParameters: { login: 'reader' } });
    expect(JSON.stringify(saved)).not.toContain('not-for-the-model');
    expect(state.world.credentials.get(String(saved['id']))?.parameters).toEqual({ secret: 'not-for-the-model' });
    expect(await ask('datagrok_delete_credentials', { id: saved['id'], entity })).toMatchObject({ done: true });
    expect(state.world.credentials.has(String(saved['id']))).toBe(false);
  });
});
