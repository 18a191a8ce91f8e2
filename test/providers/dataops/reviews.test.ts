import { describe, expect, it } from 'vitest';
import { owner, project, type Row, start } from '../../support/dataops-world.ts';

const merge = { project, merge_request: '1' };

describe('a merge request', () => {
  it('tells who reviews it, by which rules, who took part, and what it closes', async () => {
    const { call, callRows } = await start();
    expect(await callRows('list_mr_reviewers', merge)).toMatchObject([
      { user: 'maya.lindqvist', state: 'unreviewed' },
      { user: 'liam.chen', state: 'unreviewed' },
    ]);
    await call('approve_merge_request', merge);
    expect(await callRows('list_mr_reviewers', merge)).toContainEqual(
      expect.objectContaining({ user: 'maya.lindqvist', state: 'approved' }),
    );
    const { data } = await call('get_mr_approval_state', merge);
    expect(data['rules']).toMatchObject([{ approved: true, approved_by: ['maya.lindqvist'] }]);
    const people = (await callRows('list_mr_participants', merge)).map(row => row['username']);
    expect(people).toEqual(expect.arrayContaining(['amara.okafor', 'maya.lindqvist']));
    const iids = async (name: string) => (await callRows(name, merge)).map(row => row['iid']);
    expect(await iids('list_mr_related_issues')).toEqual(['1', '2']);
    expect(await iids('list_mr_closes_issues')).toEqual(['2']);
  });

  it('shows its versions, its patch and what merging would make', async () => {
    const { call, callRows } = await start();
    const [version] = await callRows('list_mr_versions', merge);
    const { data } = await call('get_mr_version', { ...merge, version: String(version?.['id']) });
    expect((data['diffs'] as Row[]).length).toBeGreaterThan(0);
    expect((await call('download_mr_diff', merge)).text).toMatch(/merge-request-1\.diff/);
    expect((await call('get_mr_merge_ref', merge)).data).toMatchObject({ commit_id: expect.any(String) });
    const [context] = await callRows('list_mr_context_commits', merge);
    await call('delete_mr_context_commits', { ...merge, commits: [String(context?.['id'])] });
    expect(await callRows('list_mr_context_commits', merge)).toEqual([]);
    await call('add_mr_context_commits', { ...merge, commits: [String(context?.['id'])] });
    expect(await callRows('list_mr_context_commits', merge)).toHaveLength(1);
  });

  it('loses its approvals to a bot alone, and is deleted by an owner', async () => {
    const { call, callFails, names } = await start();
    await call('approve_merge_request', merge);
    expect(await callFails('reset_mr_approvals', merge)).toMatch(/401/);
    const bot = await start({ env: { DATAOPS_TOKEN: names.tokens.project } });
    expect((await bot.call('reset_mr_approvals', merge)).data).toMatchObject({ now: { approved: false } });
    expect(await callFails('delete_merge_request', merge)).toMatch(/^missing_scope/);
    expect(await callFails('cancel_auto_merge', merge)).toMatch(/405/);
    const jonas = await owner();
    await jonas.call('delete_merge_request', merge);
    expect(await jonas.callFails('get_merge_request', merge)).toMatch(/^not_found/);
  });
});

describe('draft comments', () => {
  it("are one's own until they are published, one or all", async () => {
    const { call, callRows, callFails } = await start();
    expect(await callRows('list_draft_notes', merge)).toMatchObject([{ id: '1', note: 'Why two metres?' }]);
    expect(await callFails('get_draft_note', { ...merge, draft: '2' })).toMatch(/^not_found/);
    const { data } = await call('create_draft_note', { ...merge, body: 'Is the limit right?' });
    const draft = String(data['id']);
    await call('update_draft_note', { ...merge, draft, body: 'Is the limit for gold right?' });
    const published = await call('publish_draft_note', { ...merge, draft });
    expect(published.text).toContain('Is the limit for gold right?');
    await call('create_draft_note', { ...merge, body: 'And for silver?' });
    await call('publish_all_draft_notes', merge);
    expect(await callRows('list_draft_notes', merge)).toEqual([]);
    const bodies = (await callRows('list_mr_notes', merge)).map(row => row['body']);
    expect(bodies).toEqual(expect.arrayContaining(['Why two metres?', 'And for silver?']));
    expect(bodies).not.toContain('Not yet');
  });

  it('are shown to whoever is asked to publish them', async () => {
    const { callTool } = await start({ flags: { yes: false } });
    const { text } = await callTool('dataops_publish_all_draft_notes', merge);
    expect(text).toMatch(
      /^needs_confirmation: Show all your draft comments on the merge request "Try two metre composites"/,
    );
    expect(text).toContain('1 comment: "Why two metres?"');
  });
});

describe.each([
  ['mr', merge],
  ['issue', { project, issue: '1' }],
] as const)('on one %s', (word, thing) => {
  it('people react, and take back what is theirs', async () => {
    const { call, callRows, callFails } = await start();
    for (const [kind, at] of [
      [word, thing],
      [`${word}_note`, { ...thing, note: '1' }],
    ] as const) {
      expect(await callRows(`list_${kind}_awards`, at)).toMatchObject([{ name: 'thumbsup' }, { name: 'eyes' }]);
      const { data } = await call(`add_${kind}_award`, { ...at, name: 'tada' });
      const award = String(data['id']);
      expect((await call(`get_${kind}_award`, { ...at, award })).data).toMatchObject({ name: 'tada' });
      await call(`delete_${kind}_award`, { ...at, award });
      expect(await callFails(`delete_${kind}_award`, { ...at, award: '2' })).toMatch(/^missing_scope/);
    }
    expect((await call(`get_${word}_note`, { ...thing, note: '1' })).data).toMatchObject({
      body: 'Which standard was it?',
    });
  });

  it('time is estimated, spent and taken away', async () => {
    const { call, callFails } = await start();
    await call(`reset_${word}_spent_time`, thing);
    expect((await call(`estimate_${word}_time`, { ...thing, duration: '1d 4h' })).data).toMatchObject({
      time_estimate: 43_200,
      human_time_estimate: '1d 4h',
    });
    await call(`add_${word}_spent_time`, { ...thing, duration: '2h 30m' });
    await call(`add_${word}_spent_time`, { ...thing, duration: '-30m' });
    expect((await call(`get_${word}_time`, thing)).data).toMatchObject({ human_total_time_spent: '2h' });
    expect(await callFails(`add_${word}_spent_time`, { ...thing, duration: '-3h' })).toContain('exceeds');
    await call(`reset_${word}_estimate`, thing);
    expect((await call(`get_${word}_time`, thing)).data).toMatchObject({ time_estimate: 0 });
  });
});
