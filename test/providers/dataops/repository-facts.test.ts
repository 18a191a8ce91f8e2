import { describe, expect, it } from 'vitest';
import { owner, project, type Row, start } from '../../support/dataops-world.ts';

const quality = 'meridian/data/products/ore-quality';

describe('a repository', () => {
  it('is stored as an archive, and read by the sha of a content', async () => {
    const { call, callFails, callRows } = await start();
    expect((await call('download_archive', { project, ref: 'main' })).text).toContain('repository.zip');
    const files = await callRows('list_files', { project });
    const { id } = files.find(row => row['path'] === 'README.md') ?? (files.find(row => row['type'] === 'blob') as Row);
    const { data } = await call('get_blob', { project, sha: String(id) });
    expect(String(data['content']).length).toBeGreaterThan(0);
    expect((await call('download_blob', { project, sha: String(id) })).text).toContain('blob-');
    expect(await callFails('get_blob', { project, sha: 'f'.repeat(40) })).toMatch(/^not_found/);
  });

  it('tells who works in it, what refs have in common, and what it is made of', async () => {
    const { call, callRows, callFails } = await start();
    const people = await callRows('list_contributors', { project, order_by: 'commits', sort: 'desc' });
    expect(people[0]).toMatchObject({ name: 'Amara Okafor' });
    const { data } = await call('get_merge_base', { project, refs: ['main', 'dev'] });
    expect(data).toMatchObject({ title: 'Keep a picture of the core shed' });
    expect(await callFails('get_merge_base', { project, refs: ['main', 'nothing'] })).toContain('Could not find ref');
    expect((await call('get_languages', { project })).data).toMatchObject({ YAML: expect.any(Number) });
    expect((await call('get_repository_health', { project, generate: true })).data['size']).toBeGreaterThan(0);
    expect((await call('get_commit_sequence', { project, sha: 'main' })).data).toMatchObject({ count: 4 });
  });

  it('writes the section of a change log, and commits it', async () => {
    const { call } = await start();
    const { data } = await call('get_changelog', { project, version: '1.1.0' });
    expect(data['notes']).toMatch(/^## 1\.1\.0 /);
    await call('commit_changelog', { project, version: '1.1.0', branch: 'dev' });
    const { data: file } = await call('read_file', { project, path: 'CHANGELOG.md', ref: 'dev' });
    expect(file['content']).toContain('## 1.1.0');
  });

  it('loses merged branches, which are named before', async () => {
    const { call, callRows } = await start();
    await call('create_branch', { project, branch: 'done', ref: 'main' });
    const asking = await start({ flags: { yes: false } });
    await asking.call('create_branch', { project, branch: 'done', ref: 'main' });
    const { text } = await asking.callTool('dataops_prune_merged_branches', { project });
    expect(text).toContain('1 branch: done.');
    await call('prune_merged_branches', { project });
    const names = (await callRows('list_branches', { project })).map(row => row['name']);
    expect(names).toEqual(['dev', 'feature/repeat-assays', 'main', 'qa']);
  });

  it('has commits that are commented on, signed, and checked elsewhere', async () => {
    const { call, callRows, callFails } = await start();
    await call('create_commit_comment', { project, sha: 'main', body: 'Look again' });
    expect(await callRows('list_commit_comments', { project, sha: 'main' })).toMatchObject([{ note: 'Look again' }]);
    expect(await callFails('create_commit_comment', { project, sha: 'main', body: 'Here', path: 'README.md' })).toMatch(
      /^bad_arguments: .*line/,
    );
    expect((await call('get_tag_signature', { project, tag: 'v1.0.0' })).data).toMatchObject({
      verification_status: 'verified',
    });
    expect((await call('get_commit_signature', { project, sha: 'v1.0.0' })).data).toMatchObject({
      signature_type: 'PGP',
    });
    expect(await callFails('get_commit_signature', { project, sha: 'main' })).toMatch(/^not_found/);
    const status = await call('create_commit_status', { project, sha: 'main', state: 'success', name: 'laboratory' });
    expect(status.data).toMatchObject({ status: 'success', name: 'laboratory' });
    const { sha, id } = status.data;
    expect(await callRows('list_commit_statuses', { project, sha, name: 'laboratory' })).toMatchObject([{ id }]);
    const wanted = { project, submodule: 'vendor/reference', branch: 'main', commit_sha: 'f'.repeat(40) };
    expect(await callFails('update_submodule', wanted)).toContain('Invalid submodule path');
  });
});

describe('a release', () => {
  it('is found as the latest, and over a group', async () => {
    const { call, callRows } = await start();
    expect((await call('get_latest_release', { project })).data).toMatchObject({ tag_name: 'v1.0.0' });
    expect(await callRows('list_group_releases', { group: 'meridian' })).toMatchObject([{ tag_name: 'v1.0.0' }]);
  });

  it('has links, files that are stored, and proof', async () => {
    const { call, callRows, callFails } = await start();
    const one = { project, tag: 'v1.0.0' };
    const { data } = await call('create_release_link', {
      ...one,
      name: 'Runbook',
      url: 'https://notes.meridian.example/run',
    });
    const link = String(data['id']);
    await call('update_release_link', { ...one, link, name: 'How to run it' });
    expect((await call('get_release_link', { ...one, link })).data).toMatchObject({ name: 'How to run it' });
    expect(
      await callFails('create_release_link', { ...one, name: 'How to run it', url: 'https://a.example' }),
    ).toContain('taken');
    await call('delete_release_link', { ...one, link });
    expect(await callRows('list_release_links', one)).toMatchObject([{ id: '1', name: 'Release notes' }]);
    expect((await call('download_release_asset', { ...one, path: 'notes/1.0.0.txt' })).text).toContain('1.0.0.txt');
    expect((await call('add_release_proof', one)).data).toBeDefined();
  });
});

describe('packages', () => {
  it('are shown with what built them, and lose a file', async () => {
    const { call, callRows, callFails } = await start();
    const [row] = await callRows('list_project_packages', { project });
    const one = { project, package: String(row?.['id']) };
    expect((await call('get_package', one)).data).toMatchObject({ name: row?.['name'] });
    expect(await callRows('list_package_pipelines', one)).toEqual([]);
    const [file] = await callRows('list_package_files', one);
    await call('delete_package_file', { ...one, file: String(file?.['id']) });
    expect(await callRows('list_package_files', one)).toHaveLength(1);
    expect(await callFails('delete_package_file', { ...one, file: String(file?.['id']) })).toMatch(/^not_found/);
  });
});

describe('what waits', () => {
  it('jobs take turns in an order that can be changed', async () => {
    const { call, callRows } = await start();
    expect(await callRows('list_resource_groups', { project })).toMatchObject([{ key: 'PROD' }]);
    await call('update_resource_group', { project, key: 'PROD', process_mode: 'newest_first' });
    expect((await call('get_resource_group', { project, key: 'PROD' })).data).toMatchObject({
      process_mode: 'newest_first',
    });
    expect(await callRows('list_upcoming_jobs', { project, key: 'PROD' })).toBeDefined();
  });

  it('stale environments are stopped, and those of reviews deleted, by name', async () => {
    const { call, callRows, callFails, callTool } = await start();
    const asking = await start({ flags: { yes: false } });
    const stale = { project, before: '2026-11-01' };
    const { text } = await asking.callTool('dataops_stop_stale_environments', stale);
    expect(text).toMatch(/3 environments: \w+, \w+, \w+\./);
    await call('stop_stale_environments', stale);
    expect(await callRows('list_environments', { project, state: 'available' })).toEqual([]);
    expect(await callFails('stop_stale_environments', { project, before: '2026-11-20' })).toContain('Invalid Date');
    expect((await callTool('dataops_delete_review_apps', { project })).data).toMatchObject({ scheduled_entries: [] });
  });

  it('a deployment is approved only where it waits', async () => {
    const { callFails, callRows } = await start();
    const [deployment] = await callRows('list_deployments', { project });
    const one = { project, deployment: String(deployment?.['id']) };
    expect(await callFails('approve_deployment', { ...one, status: 'approved' })).toContain(
      'not waiting for approvals',
    );
    expect(await callRows('list_deployment_mrs', one)).toEqual([]);
  });
});

it('forks are listed, and a fork is made a project of its own', async () => {
  const { call, callRows } = await owner();
  await call('fork_project', { project, namespace_path: 'meridian/platform' });
  const [fork] = await callRows('list_forks', { project });
  expect(fork).toMatchObject({ path_with_namespace: 'meridian/platform/drill-assays' });
  await call('remove_fork_relation', { project: 'meridian/platform/drill-assays' });
  expect(await callRows('list_forks', { project })).toEqual([]);
  const asking = await start({ flags: { yes: false } });
  expect(await asking.callFails('remove_fork_relation', { project: quality })).toMatch(/^not_found: .*is no fork/);
});

it('what was done is told of a project, of a person, and of oneself', async () => {
  const { callRows } = await start();
  const issues = await callRows('list_project_events', { project, target_type: 'issue', action: 'created', limit: 5 });
  expect(issues).toHaveLength(5);
  expect(issues[0]).toMatchObject({ action_name: 'opened', target_type: 'Issue' });
  const amara = await callRows('list_user_events', { user: 'amara.okafor', action: 'pushed' });
  expect(amara.length).toBeGreaterThan(2);
  expect(new Set(amara.map(row => row['author_username']))).toEqual(new Set(['amara.okafor']));
  const own = await callRows('list_own_events', { after: '2026-11-16' });
  expect(own.map(row => row['action_name'])).toContain('commented on');
});
