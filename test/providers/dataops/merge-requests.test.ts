import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, it } from 'vitest';
import { owner, project, start } from '../../support/dataops-world.ts';

describe('merge requests', () => {
  it('lists them by project, group and person', async () => {
    const { callRows } = await start();
    const [draft] = await callRows('list_merge_requests', { project, state: 'opened', draft: 'yes' });
    expect(draft).toMatchObject({ iid: '2', title: 'Draft: Add the repeat assays', author: 'liam.chen' });
    expect(await callRows('list_group_merge_requests', { group: 'meridian', target_branch: 'main' })).toHaveLength(2);
    expect(await callRows('list_global_merge_requests', { scope: 'created_by_me' })).toHaveLength(0);
    expect(await callRows('list_global_merge_requests', { scope: 'all' })).toHaveLength(2);
  });

  it('goes from a branch to a merge, with the head that was reviewed', async () => {
    const { call, callRows, callFails, clock } = await start();
    const file = { project, path: 'limits.yml', branch: 'limits', start_branch: 'main', message: 'Add limits' };
    await call('create_file', { ...file, content: 'au: 0.5\n' });
    const made = await call('create_merge_request', {
      ...{ project, title: 'Add limits', source_branch: 'limits', target_branch: 'main', labels: 'quality,gold' },
    });
    const one = { project, merge_request: made.data['iid'] };
    expect(countTokens(JSON.stringify(made.data))).toBeLessThan(450);
    expect(made.data).toMatchObject({ labels: ['gold', 'quality'], state: 'opened' });
    expect((await call('update_merge_request', { ...one, remove_labels: 'gold' })).data['labels']).toEqual(['quality']);
    expect(await callRows('list_merge_request_diffs', one)).toMatchObject([{ new_path: 'limits.yml', new_file: true }]);
    expect(await callRows('list_merge_request_commits', one)).toMatchObject([{ title: 'Add limits' }]);
    expect((await call('get_merge_request_changes', one)).data['changes']).toHaveLength(1);
    expect((await call('get_merge_request', one)).data).toMatchObject({ detailed_merge_status: 'checking' });
    await clock.advance(3_000);
    const { sha, detailed_merge_status } = (await call('get_merge_request', one)).data;
    expect(detailed_merge_status).toBe('mergeable');
    expect(await callFails('merge_merge_request', { ...one, sha: '6104942438c14ec7bd21c6cd5bd995272b3faff6' })).toMatch(
      /^conflict: .*SHA does not match/,
    );
    expect((await call('merge_merge_request', { ...one, sha })).data).toMatchObject({ state: 'merged' });
    expect((await call('read_file', { project, path: 'limits.yml' })).data['content']).toBe('au: 0.5\n');
    expect(await callRows('list_commit_merge_requests', { project, sha })).toMatchObject([{ title: 'Add limits' }]);
  });

  it('is approved, discussed and rebased', async () => {
    const { call, callRows, callFails } = await start();
    const one = { project, merge_request: 1 };
    expect((await call('approve_merge_request', one)).data).toMatchObject({ approvals_left: 0 });
    expect((await call('get_merge_request_approvals', one)).data).toMatchObject({ approved: true });
    await call('unapprove_merge_request', one);
    expect((await call('get_merge_request_approvals', one)).data).toMatchObject({ approved: false });
    const note = (await call('create_mr_note', { ...one, body: 'Why two metres?' })).data['id'];
    await call('update_mr_note', { ...one, note, body: 'Why not three metres?' });
    const comments = await callRows('list_mr_notes', { ...one, activity_filter: 'only_comments' });
    expect(comments.map(({ body }) => body)).toEqual([
      'Why not three metres?',
      'Which standard was it?',
      'Looks right to me.',
    ]);
    await call('delete_mr_note', { ...one, note });
    expect(await callRows('list_mr_notes', one)).toHaveLength(3);
    expect((await call('rebase_merge_request', one)).data).toMatchObject({ rebase_in_progress: true });
    expect(await callFails('merge_merge_request', { project, merge_request: 2 })).toMatch(/^rejected: /);
  });

  it('runs its pipeline', async () => {
    const { call, callRows } = await start();
    const one = { project, merge_request: 1 };
    const before = await callRows('list_mr_pipelines', one);
    const { data } = await call('run_merge_request_pipeline', { ...one, wait_seconds: 0 });
    expect(data['run']).toMatchObject({ uri: expect.stringMatching(/^dataops:\/\/.*pipelines/), final: false });
    expect(await callRows('list_mr_pipelines', one)).toHaveLength(before.length + 1);
  });
});

describe('issues', () => {
  it('are found, opened, discussed, closed and deleted', async () => {
    const { call, callRows } = await owner();
    const found = await callRows('list_issues', { project, state: 'opened', labels: 'laboratory,quality' });
    expect(found.map(({ iid }) => iid)).toEqual(['20', '16', '8', '4']);
    expect(await callRows('list_group_issues', { group: 'meridian', search: 'Check standard 411' })).toHaveLength(1);
    expect(await callRows('list_global_issues')).toHaveLength(0);
    const made = await call('create_issue', {
      project,
      title: 'Limit is too low',
      labels: 'gold',
      due_date: '2026-12-01',
    });
    const one = { project, issue: made.data['iid'] };
    expect((await call('get_issue', one)).data).toMatchObject({ labels: ['gold'], due_date: '2026-12-01' });
    expect((await call('update_issue', { ...one, state_event: 'close' })).data).toMatchObject({ state: 'closed' });
    const note = (await call('create_issue_note', { ...one, body: 'Raised.' })).data['id'];
    await call('update_issue_note', { ...one, note, body: 'Raised to 0.7.' });
    expect((await callRows('list_issue_notes', one)).map(({ body }) => body)).toContain('Raised to 0.7.');
    await call('delete_issue_note', { ...one, note });
    expect((await call('delete_issue', one)).data).toMatchObject({ done: true });
    expect(await callRows('list_global_issues')).toHaveLength(0);
  });
});
