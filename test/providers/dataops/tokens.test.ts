import { expect, it } from 'vitest';
import { project, type Row, start } from '../../support/dataops-world.ts';

it('own tokens are listed, shown, replaced and revoked', async () => {
  const { call, callRows } = await start();
  const rows = await callRows('list_personal_tokens', { state: 'active' });
  const laptop = rows.find(({ name }) => name === 'laptop') as Row;
  const token_id = String(laptop['id']);
  expect((await call('get_personal_token', { token_id })).data).toMatchObject({ name: 'laptop', scopes: ['api'] });
  const made = await call('rotate_personal_token', { token_id, show_value: true });
  expect(made.data).toMatchObject({ name: 'laptop', value: expect.stringMatching(/^glpat-/) });
  await call('revoke_personal_token', { token_id: String(made.data['id']) });
  const names = (await callRows('list_personal_tokens', { state: 'active' })).map(row => row['name']);
  expect(names).not.toContain('laptop');
});

it('the token in use is replaced only where somebody sees the new one', async () => {
  const { call, callFails } = await start();
  expect(await callFails('rotate_current_token')).toMatch(/^bad_arguments: .*show_value/);
  expect((await call('get_current_token')).data).toMatchObject({ active: true });
  const { data } = await call('rotate_current_token', { show_value: true });
  expect(await callFails('get_current_token')).toMatch(/^unauthorized/);
  const next = await start({ env: { DATAOPS_TOKEN: String(data['value']) } });
  // Each world has a server of its own.
  expect(await next.callFails('get_current_token')).toMatch(/^unauthorized/);
});

it('the token in use is revoked', async () => {
  const { call, callFails } = await start();
  await call('revoke_current_token');
  expect(await callFails('list_projects')).toMatch(/^unauthorized/);
});

it('tells what the token in use reaches, page by page', async () => {
  const { call } = await start();
  const { data } = await call('get_token_associations', { min_access_level: 'maintainer' });
  expect(data['groups']).toContainEqual(expect.objectContaining({ access_level: 40 }));
  expect(data).not.toHaveProperty('warnings');
  const { data: all } = await call('get_token_associations');
  expect(all['projects']).toHaveLength(100);
  expect(all['warnings']).toEqual(['There may be more: ask for the next page.']);
  const { data: next } = await call('get_token_associations', { page: 2 });
  expect((next['projects'] as Row[])[0]).not.toEqual((all['projects'] as Row[])[0]);
});

it("a project's own token replaces itself", async () => {
  const { names } = await start();
  const bot = await start({ env: { DATAOPS_TOKEN: names.tokens.project } });
  const [loader] = await bot.callRows('list_project_tokens', { project });
  const seen = await bot.call('get_project_token', { project, token_id: String(loader?.['id']) });
  expect(seen.data).toMatchObject({ name: 'loader' });
  const made = await bot.call('rotate_current_project_token', { project, show_value: true });
  expect(made.data).toMatchObject({ name: 'loader', value: expect.any(String) });
  const maya = await start();
  expect(await maya.callFails('rotate_current_project_token', { project, show_value: true })).toMatch(/405/);
});
