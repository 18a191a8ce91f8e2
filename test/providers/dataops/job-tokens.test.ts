import { describe, expect, it } from 'vitest';
import { project, start } from '../../support/dataops-world.ts';

describe('job token allowlist', () => {
  it('admits projects and groups, and lets them go', async () => {
    const { call, callRows } = await start();
    const ids = async (kind: string) => (await callRows(`list_allowed_${kind}`, { project })).map(({ id }) => id);
    expect((await call('get_job_token_scope', { project })).data).toMatchObject({ inbound_enabled: true });
    expect(await ids('projects')).toEqual(['101', '102']);
    await call('allow_project', { project, target_project_id: 100 });
    expect(await ids('projects')).toEqual(['101', '102', '100']);
    await call('disallow_project', { project, target_project_id: 102 });
    expect(await ids('projects')).toEqual(['101', '100']);
    await call('allow_group', { project, target_group_id: 13 });
    expect(await ids('groups')).toEqual(['13']);
    await call('disallow_group', { project, target_group_id: 13 });
    expect(await ids('groups')).toEqual([]);
    expect((await call('set_job_token_scope', { project, enabled: false })).data).toMatchObject({ done: true });
    expect((await call('get_job_token_scope', { project })).data).toMatchObject({ inbound_enabled: false });
  });
});

it('refuses what changes anything where only reading is allowed', async () => {
  const { callTool } = await start({ flags: { read_only: true } });
  const seen = await callTool('dataops_create_branch', { project, branch: 'x', ref: 'main' });
  expect(seen.isError).toBe(true);
});
