import { expect, it } from 'vitest';
import { project, start } from '../../support/dataops-world.ts';

const issue = { project, issue: '1' };
const quality = 'meridian/data/products/ore-quality';

it('issues are linked, which both show, and unlinked', async () => {
  const { call, callRows, callFails } = await start();
  expect(await callRows('list_issue_links', issue)).toMatchObject([
    { iid: '2', link_type: 'blocks', issue_link_id: '1' },
  ]);
  expect(await callRows('list_issue_links', { project, issue: '2' })).toMatchObject([{ link_type: 'is_blocked_by' }]);
  const wanted = { ...issue, target_project: project, target_issue: '5', link_type: 'is_blocked_by' };
  await call('create_issue_link', wanted);
  expect(await callFails('create_issue_link', wanted)).toContain('already assigned');
  expect((await call('get_issue_link', { ...issue, link: '1' })).data).toMatchObject({ link_type: 'blocks' });
  await call('delete_issue_link', { ...issue, link: '1' });
  expect(await callRows('list_issue_links', issue)).toHaveLength(1);
  const asking = await start({ flags: { yes: false } });
  const { text } = await asking.callTool('dataops_delete_issue_link', { ...issue, link: '1' });
  expect(text).toMatch(/that the issue "Check standard 411 in batch 1" \(1\) of .* is linked with "Check standard 412/);
});

it('an issue is copied and moved by the name of a project, with its comments', async () => {
  const { call, callRows } = await start();
  const copy = await call('clone_issue', { ...issue, to_project: quality, with_notes: true });
  expect(copy.data).toMatchObject({ title: 'Check standard 411 in batch 1' });
  const moved = await call('move_issue', { ...issue, to_project: 'Ore Quality' });
  const there = { project: quality, issue: String(moved.data['iid']) };
  expect((await callRows('list_issue_notes', there)).map(row => row['body'])).toContain('Which standard was it?');
  expect((await call('get_issue', issue)).data).toMatchObject({ state: 'closed' });
});

it('issues are counted, ordered, and tell what merges them and when their milestone changed', async () => {
  const { call, callRows, callFails } = await start();
  const { data } = await call('get_issue_statistics', { project, labels: 'quality' });
  expect(data['statistics']).toMatchObject({ counts: { all: 25, closed: 8, opened: 17 } });
  const closing = await callRows('list_issue_closed_by', { project, issue: '2' });
  expect(closing).toMatchObject([{ iid: '1' }]);
  expect(await callRows('list_issue_closed_by', issue)).toEqual([]);
  expect(await callRows('list_issue_merge_requests', issue)).toMatchObject([{ iid: '1' }]);
  const other = await call('get_issue', { project, issue: '3' });
  await call('reorder_issue', { ...issue, after: String(other.data['id']) });
  expect(await callFails('reorder_issue', issue)).toMatch(/^bad_arguments: .*after or before/);
  const [event] = await callRows('list_issue_milestone_events', issue);
  expect(event).toMatchObject({ milestone: '2026 Q4', action: 'add' });
  expect((await call('get_issue_milestone_event', { ...issue, event: '1' })).data).toMatchObject({ action: 'add' });
});

it('an incident has pictures, which come in by handle', async () => {
  const { call, callRows } = await start();
  const file = [{ hour: 1, load: 4 }];
  const { data } = await call('add_incident_image', { ...issue, file, url_text: 'Load' });
  const image = String(data['id']);
  await call('update_incident_image', { ...issue, image, url_text: 'Load of the loader' });
  expect(await callRows('list_incident_images', issue)).toContainEqual(
    expect.objectContaining({ url_text: 'Load of the loader' }),
  );
  await call('delete_incident_image', { ...issue, image });
  expect(await callRows('list_incident_images', issue)).toHaveLength(1);
});
