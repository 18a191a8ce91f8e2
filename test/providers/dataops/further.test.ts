import { Readable } from 'node:stream';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, it } from 'vitest';
import { collect } from '../../../src/http/paging/page.ts';
import type { HttpReply } from '../../../src/http/request.ts';
import { pages } from '../../../src/providers/dataops/paging.ts';
import { createResources } from '../../../src/resources/registry.ts';
import { itemsOf, owner, project, type Row, start } from '../../support/dataops-world.ts';

describe('paging', () => {
  it('asks for full pages, several at once, and stores what is large', async () => {
    const { ok, names } = await start();
    const { data, usage } = await ok('list_group_projects', { group: names.manyPath, limit: 350 });
    expect(data).toMatchObject({
      page: { returned: 350, total: 10_000, complete: false },
      result: { rows: 350 },
    });
    expect(usage.requests).toBe(4);
  });

  it('goes on exactly where a page ended, whatever the limits', async () => {
    const { ok } = await start();
    const numbers: unknown[] = [];
    let cursor: unknown;
    for (const limit of [3, 7, 50]) {
      const { data } = await ok('list_issues', { project, sort: 'asc', limit, ...(cursor ? { cursor } : {}) });
      numbers.push(...(data['items'] as Row[]).map(({ iid }) => iid));
      cursor = (data['page'] as Row)['next'];
    }
    expect(cursor).toBeNull();
    expect(numbers.length).toBeGreaterThan(10);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(numbers).toEqual([...numbers].sort((a, b) => Number(a) - Number(b)));
  });

  it('continues a keyset listing from a cursor', async () => {
    const world = await start();
    world.dataops.state.offsetCap = 100;
    const first = await world.ok('list_projects', { limit: 150, fields: ['id'] });
    const { next, total } = first.data['page'] as Row;
    expect(total).toBeNull();
    const second = await world.ok('list_projects', { limit: 150, fields: ['id'], cursor: next });
    const ids = [...itemsOf(first), ...itemsOf(second)].map(({ id }) => Number(id));
    expect(ids).toHaveLength(300);
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => b - a));
  });

  const reply = (items: unknown[], headers: Record<string, string>): HttpReply => ({
    status: 200,
    headers,
    url: 'https://example.com/api/v4/x',
    body: items,
  });

  it('believes X-Next-Page and not the number of rows: a page may hide some', async () => {
    const hiding = async ({ query }: { query?: Row }) => {
      const page = Number(query?.['page']);
      const rows = Array.from({ length: 100 }, (_, n) => ({ id: page * 100 + n })).filter(({ id }) => id % 3 !== 0);
      return reply(rows, { 'x-page': String(page), 'x-next-page': page < 4 ? String(page + 1) : '', 'x-total': '400' });
    };
    const found = await collect(pages(), hiding);
    expect(found.complete).toBe(true);
    expect(found.items).toHaveLength(Array.from({ length: 400 }, (_, n) => n + 100).filter(n => n % 3 !== 0).length);
  });

  it('follows Link where there is no X-Next-Page, and the size of page the server keeps to', async () => {
    const asked: number[] = [];
    const small = async ({ query }: { query?: Row }) => {
      const page = Number(query?.['page']);
      asked.push(page);
      const next = page < 3 ? { link: `<https://example.com/api/v4/x?page=${page + 1}>; rel="next"` } : { link: '' };
      return reply([{ id: page * 2 }, { id: page * 2 + 1 }], { ...next, 'x-per-page': '2' });
    };
    const found = await collect(pages(), small, { limit: 5 });
    expect(found.items.map(item => (item as Row)['id'])).toEqual([2, 3, 4, 5, 6]);
    expect(found).toMatchObject({ complete: false, next: 5, total: null });
    expect(asked.slice(0, 3)).toEqual([1, 2, 3]);
  });

  it('takes a route without pages for what it is', async () => {
    const found = await collect(pages(), async () => reply([{ id: 1 }, { id: 2 }, { id: 3 }], {}), { limit: 2 });
    expect(found).toMatchObject({ complete: false, next: 2 });
    expect(found.items).toHaveLength(2);
  });
});

describe('what is meant', () => {
  it('a project, as a number, a path or any address of it', async () => {
    const { rows } = await start();
    for (const given of [
      101,
      '101',
      project,
      `https://app.dataops.live/${project}`,
      `https://app.dataops.live/${project}.git`,
      `https://app.dataops.live/${project}/-/merge_requests/1/diffs?tab=x#y`,
      'https://app.dataops.live/api/v4/projects/meridian%2Fdata%2Fdrill-assays/repository/branches',
      'dataops://projects/meridian%2Fdata%2Fdrill-assays/branches',
    ])
      expect(await rows('list_branches', { project: given }), String(given)).toHaveLength(4);
  });

  it('a group and a merge request by their pages', async () => {
    const { ok, rows } = await start();
    const pasted = `https://app.dataops.live/${project}/-/merge_requests/1`;
    expect((await ok('get_merge_request', { project: pasted, merge_request: pasted })).data['iid']).toBe('1');
    const group = 'https://app.dataops.live/groups/meridian/data/-/group_members';
    expect((await ok('get_group', { group })).data['full_path']).toBe('meridian/data');
    expect(await rows('list_subgroups', { group })).toMatchObject([{ full_path: 'meridian/data/products' }]);
  });

  it('says that what is absent may be hidden', async () => {
    const { no } = await start();
    expect(await no('list_branches', { project: 'people-and-pay/payroll-model' })).toMatch(
      /^not_found: .*absent, or hidden/,
    );
  });
});

describe('groups and members', () => {
  it('lists groups, their projects and what is below them', async () => {
    const { rows, ok } = await start();
    const paths = async (name: string, args: Row) => (await rows(name, args)).map(row => row['full_path']);
    expect(await paths('list_groups', { top_level_only: true })).toEqual(['meridian', 'site-logs']);
    expect(await paths('list_groups', { min_access_level: 'maintainer' })).not.toContain('site-logs');
    expect(await paths('list_descendant_groups', { group: 'meridian' })).toContain('meridian/data/products');
    const projects = await rows('list_group_projects', { group: 'meridian/data', include_subgroups: true });
    expect(projects.map(row => row['path_with_namespace'])).toContain('meridian/data/products/ore-quality');
    expect((await ok('get_namespace', { namespace: 'meridian/data' })).data).toMatchObject({ kind: 'group', id: '12' });
    expect((await ok('check_namespace', { path: 'nobody-has-this' })).data).toMatchObject({ exists: false });
  });

  it('tells direct members from inherited ones, and adds one by role', async () => {
    const { ok, rows, no } = await start();
    const names = async (name: string, args: Row) => (await rows(name, args)).map(row => row['username']);
    expect(await names('list_project_members', { project })).not.toContain('amara.okafor');
    expect(await names('list_effective_project_members', { project })).toContain('amara.okafor');
    expect(await names('list_effective_group_members', { group: 'meridian/data' })).toContain('jonas.petrov');
    expect(await names('list_group_members', { group: 'meridian/data', query: 'liam' })).toEqual(['liam.chen']);
    const [ines] = await rows('list_users', { search: 'ines' });
    const added = await ok('add_project_member', { project, user_id: ines?.['id'], role: 'developer' });
    expect(added.data).toMatchObject({ username: 'ines.duarte', access_level: 30 });
    expect(await no('add_project_member', { project, username: 'ines.duarte', role: 'reporter' })).toMatch(
      /^conflict: /,
    );
    expect(await no('add_project_member', { project, username: 'ines.duarte', role: 'king' })).toMatch(
      /^bad_arguments: .*role/,
    );
  });
});

describe('repository', () => {
  it('reads text, tells what is not text, and cuts what is too long', async () => {
    const { ok } = await start();
    const path = 'dataops/ingestion/assays.yml';
    expect((await ok('read_file', { project, path })).data).toMatchObject({ content: 'format: lab-2\n', size: 14 });
    const picture = await ok('read_file', { project, path: 'docs/core-shed.png' });
    expect(picture.data).toMatchObject({ content: null, binary: expect.stringContaining('dataops_download_file') });
    const content = 'hole,from,to\n'.repeat(2_000);
    await ok('create_file', { project, path: 'data/long.csv', branch: 'dev', message: 'Add', content });
    const long = await ok('read_file', { project, path: 'data/long.csv', ref: 'dev' });
    expect(String(long.data['content'])).toHaveLength(12_000);
    expect(long.data['truncated']).toMatch(/26000 characters.*dataops_download_file/);
    const stored = await ok('download_file', { project, path: 'data/long.csv', ref: 'dev' });
    expect(stored.data['result']).toMatchObject({ kind: 'table', rows: 1_999 });
  });

  it('commits a stored result, as what the path says it is', async () => {
    const { ok, no, server } = await start();
    const at = '2026-11-22T00:00:00Z';
    const origin = { name: 't', mediaType: '', source: { operation: 'x', arguments: {}, connection: 'c', at } };
    const rows = [
      { hole: 'DDH001', rqd: 71.5 },
      { hole: 'DDH002', rqd: null },
    ];
    const { uri: source } = await server.shared.results.write(origin, { rows });
    const file = { project, path: 'seeds/rqd.csv', branch: 'dev', message: 'Add RQD' };
    await ok('create_file', { ...file, source });
    expect((await ok('read_file', { project, path: file.path, ref: 'dev' })).data).toMatchObject({
      content: 'hole,rqd\r\nDDH001,71.5\r\nDDH002,\r\n',
    });
    await ok('update_file', { ...file, source: [{ hole: 'Bohrloch 3 – Süd', rqd: 90 }] });
    expect((await ok('read_file', { project, path: file.path, ref: 'dev' })).data).toMatchObject({
      content: 'hole,rqd\r\nBohrloch 3 – Süd,90\r\n',
    });
    expect(await no('create_file', file)).toMatch(/^bad_arguments: A file needs either content or source\./);
    expect(await no('create_file', { ...file, content: 'x', source })).toMatch(/^bad_arguments: /);
    const large = await server.shared.results.write(
      { ...origin, name: 'large.bin' },
      { bytes: Readable.from([Buffer.alloc(10 * 2 ** 20 + 1)]) },
    );
    expect(await no('create_file', { ...file, path: 'large.bin', source: large.uri })).toMatch(/^too_large: /);
  });

  it('tells about a file without its content', async () => {
    const { ok, no } = await start();
    const { data } = await ok('get_file_facts', { project, path: 'dataops/ingestion/assays.yml' });
    expect(data).toMatchObject({ file_path: 'dataops/ingestion/assays.yml', size: 14 });
    expect(data['last_commit_id']).toMatch(/^[0-9a-f]{40}$/);
    expect(await no('get_file_facts', { project, path: 'no/such/file' })).toMatch(/^not_found: /);
    expect(await no('read_file', { project, path: '../../../user' })).toMatch(/^bad_arguments: .*path/);
  });

  it('changes several files in one commit on a new branch', async () => {
    const { ok, rows, no } = await start();
    const branch = 'feature/limits';
    const made = await ok('create_commit', {
      ...{ project, branch, start_branch: 'main', message: 'Add limits' },
      actions: [
        { action: 'create', file_path: 'limits.yml', content: 'au: 0.5\n' },
        { action: 'move', file_path: 'scripts/run.sh', previous_path: 'scripts/load.sh' },
        { action: 'delete', file_path: 'docs/core-shed.png' },
      ],
    });
    expect(made.data).toMatchObject({ title: 'Add limits' });
    const files = await rows('list_files', { project, ref: branch, recursive: true, limit: 'all' });
    const paths = files.map(row => row['path']);
    expect(paths).toEqual(expect.arrayContaining(['limits.yml', 'scripts/run.sh']));
    expect(paths).not.toContain('docs/core-shed.png');
    const { commits, diffs } = (await ok('compare_refs', { project, from: 'main', to: branch })).data as Row & {
      commits: Row[];
      diffs: Row[];
    };
    expect(commits).toHaveLength(1);
    expect(diffs.map(row => row['new_path'])).toContain('limits.yml');
    const change = { project, path: 'limits.yml', branch, message: 'Raise', content: 'au: 0.7\n' };
    const stale = { ...change, last_commit_id: '6104942438c14ec7bd21c6cd5bd995272b3faff6' };
    expect(await no('update_file', stale)).toMatch(/^rejected: /);
    expect((await ok('update_file', change)).data).toMatchObject({ file_path: 'limits.yml', branch });
    await ok('delete_file', { project, path: 'limits.yml', branch, message: 'Drop' });
    expect(await no('read_file', { project, path: 'limits.yml', ref: branch })).toMatch(/^not_found: /);
    expect((await ok('delete_branch', { project, branch })).data).toEqual({ done: true });
    expect(await no('get_branch', { project, branch })).toMatch(/^not_found: /);
  });

  it('reads history', async () => {
    const { ok, rows } = await start();
    const commits = await rows('list_commits', { project, path: 'dataops/modelling/assay_intervals.sql' });
    expect(commits[0]).toMatchObject({ title: 'Use repeat assays in the intervals', author_name: 'Amara Okafor' });
    const sha = String(commits[0]?.['id']);
    expect((await ok('get_commit', { project, sha })).data).toMatchObject({ stats: { total: expect.any(Number) } });
    expect(await rows('list_commit_diffs', { project, sha })).toMatchObject([
      { new_path: 'dataops/modelling/assay_intervals.sql', diff: expect.stringContaining('coalesce') },
    ]);
    expect(await rows('list_commit_refs', { project, sha, type: 'branch' })).toEqual([
      { type: 'branch', name: 'main' },
    ]);
    const statuses = await rows('list_commit_statuses', { project, sha, name: 'Build all Models' });
    expect(statuses).not.toHaveLength(0);
    const lines = await rows('list_blame_ranges', {
      ...{ project, path: 'dataops/ingestion/assays.yml', first_line: 1, last_line: 1 },
    });
    expect(lines).toMatchObject([{ lines: ['format: lab-2'], commit: { title: 'Load the new laboratory format' } }]);
  });

  it('branches, tags, picks and reverts', async () => {
    const { ok, rows, no } = await start();
    expect((await ok('create_branch', { project, branch: 'try/this', ref: 'main' })).data).toMatchObject({
      name: 'try/this',
    });
    const [composites] = await rows('list_commits', { project, ref: 'dev', limit: 1 });
    const sha = String(composites?.['id']);
    const picked = await ok('cherry_pick_commit', { project, sha, branch: 'try/this' });
    expect(picked.data['id']).toMatch(/^[0-9a-f]{40}$/);
    await ok('revert_commit', { project, sha: picked.data['id'], branch: 'try/this' });
    expect(await rows('list_commits', { project, ref: 'try/this', limit: 2 })).toHaveLength(2);
    await ok('create_tag', { project, tag: 'v2.0.0', ref: 'main', message: 'Second' });
    expect((await ok('get_tag', { project, tag: 'v2.0.0' })).data).toMatchObject({ message: 'Second' });
    await ok('delete_tag', { project, tag: 'v2.0.0' });
    expect((await rows('list_tags', { project })).map(row => row['name'])).toEqual(['v1.0.0']);
    expect(await no('create_branch', { project, branch: 'dev', ref: 'main' })).toMatch(/already exists/);
  });

  it('protects branches, and checks pipeline files', async () => {
    const { ok, rows } = await start();
    const made = await ok('protect_branch', { project, name: 'release-*', push: 'nobody', merge: 'developer' });
    expect(made.data).toMatchObject({
      name: 'release-*',
      push_access_levels: [{ access_level: 0 }],
      merge_access_levels: [{ access_level: 30 }],
    });
    await ok('unprotect_branch', { project, name: 'release-*' });
    expect((await rows('list_protected_branches', { project })).map(row => row['name'])).toEqual(['main', 'qa']);
    expect((await ok('lint_project_ci', { project })).data).toMatchObject({ valid: true });
    const broken = await ok('lint_ci_text', { project, content: 'no colon here' });
    expect(broken.data).toMatchObject({ valid: false });
  });
});

describe('merge requests', () => {
  it('lists them by project, group and person', async () => {
    const { rows } = await start();
    const [draft] = await rows('list_merge_requests', { project, state: 'opened', draft: 'yes' });
    expect(draft).toMatchObject({ iid: '2', title: 'Draft: Add the repeat assays', author: 'liam.chen' });
    expect(await rows('list_group_merge_requests', { group: 'meridian', target_branch: 'main' })).toHaveLength(2);
    expect(await rows('list_global_merge_requests', { scope: 'created_by_me' })).toHaveLength(0);
    expect(await rows('list_global_merge_requests', { scope: 'all' })).toHaveLength(2);
  });

  it('goes from a branch to a merge, with the head that was reviewed', async () => {
    const { ok, rows, no, clock } = await start();
    const file = { project, path: 'limits.yml', branch: 'limits', start_branch: 'main', message: 'Add limits' };
    await ok('create_file', { ...file, content: 'au: 0.5\n' });
    const made = await ok('create_merge_request', {
      ...{ project, title: 'Add limits', source_branch: 'limits', target_branch: 'main', labels: 'quality,gold' },
    });
    const one = { project, merge_request: made.data['iid'] };
    expect(countTokens(JSON.stringify(made.data))).toBeLessThan(450);
    expect(made.data).toMatchObject({ labels: ['gold', 'quality'], state: 'opened' });
    expect((await ok('update_merge_request', { ...one, remove_labels: 'gold' })).data['labels']).toEqual(['quality']);
    expect(await rows('list_merge_request_diffs', one)).toMatchObject([{ new_path: 'limits.yml', new_file: true }]);
    expect(await rows('list_merge_request_commits', one)).toMatchObject([{ title: 'Add limits' }]);
    expect((await ok('get_merge_request_changes', one)).data['changes']).toHaveLength(1);
    expect((await ok('get_merge_request', one)).data).toMatchObject({ detailed_merge_status: 'checking' });
    await clock.advance(3_000);
    const { sha, detailed_merge_status } = (await ok('get_merge_request', one)).data;
    expect(detailed_merge_status).toBe('mergeable');
    expect(await no('merge_merge_request', { ...one, sha: '6104942438c14ec7bd21c6cd5bd995272b3faff6' })).toMatch(
      /^conflict: .*SHA does not match/,
    );
    expect((await ok('merge_merge_request', { ...one, sha })).data).toMatchObject({ state: 'merged' });
    expect((await ok('read_file', { project, path: 'limits.yml' })).data['content']).toBe('au: 0.5\n');
    expect(await rows('list_commit_merge_requests', { project, sha })).toMatchObject([{ title: 'Add limits' }]);
  });

  it('is approved, discussed and rebased', async () => {
    const { ok, rows, no } = await start();
    const one = { project, merge_request: 1 };
    expect((await ok('approve_merge_request', one)).data).toMatchObject({ approvals_left: 0 });
    expect((await ok('get_merge_request_approvals', one)).data).toMatchObject({ approved: true });
    await ok('unapprove_merge_request', one);
    expect((await ok('get_merge_request_approvals', one)).data).toMatchObject({ approved: false });
    const note = (await ok('create_mr_note', { ...one, body: 'Why two metres?' })).data['id'];
    await ok('update_mr_note', { ...one, note, body: 'Why not three metres?' });
    const comments = await rows('list_mr_notes', { ...one, activity_filter: 'only_comments' });
    expect(comments.map(({ body }) => body)).toEqual(['Why not three metres?', 'Looks right to me.']);
    await ok('delete_mr_note', { ...one, note });
    expect(await rows('list_mr_notes', one)).toHaveLength(2);
    expect((await ok('rebase_merge_request', one)).data).toMatchObject({ rebase_in_progress: true });
    expect(await no('merge_merge_request', { project, merge_request: 2 })).toMatch(/^rejected: /);
  });

  it('runs its pipeline', async () => {
    const { ok, rows } = await start();
    const one = { project, merge_request: 1 };
    const before = await rows('list_mr_pipelines', one);
    const { data } = await ok('run_merge_request_pipeline', { ...one, wait_seconds: 0 });
    expect(data['run']).toMatchObject({ uri: expect.stringMatching(/^dataops:\/\/.*pipelines/), final: false });
    expect(await rows('list_mr_pipelines', one)).toHaveLength(before.length + 1);
  });
});

describe('issues', () => {
  it('are found, opened, discussed, closed and deleted', async () => {
    const { ok, rows } = await owner();
    const found = await rows('list_issues', { project, state: 'opened', labels: 'laboratory,quality' });
    expect(found.map(({ iid }) => iid)).toEqual(['20', '16', '8', '4']);
    expect(await rows('list_group_issues', { group: 'meridian', search: 'Check standard 411' })).toHaveLength(1);
    expect(await rows('list_global_issues')).toHaveLength(0);
    const made = await ok('create_issue', {
      project,
      title: 'Limit is too low',
      labels: 'gold',
      due_date: '2026-12-01',
    });
    const one = { project, issue: made.data['iid'] };
    expect((await ok('get_issue', one)).data).toMatchObject({ labels: ['gold'], due_date: '2026-12-01' });
    expect((await ok('update_issue', { ...one, state_event: 'close' })).data).toMatchObject({ state: 'closed' });
    const note = (await ok('create_issue_note', { ...one, body: 'Raised.' })).data['id'];
    await ok('update_issue_note', { ...one, note, body: 'Raised to 0.7.' });
    expect((await rows('list_issue_notes', one)).map(({ body }) => body)).toContain('Raised to 0.7.');
    await ok('delete_issue_note', { ...one, note });
    expect((await ok('delete_issue', one)).data).toEqual({ done: true });
    expect(await rows('list_global_issues')).toHaveLength(0);
  });
});

describe('environments, releases, packages', () => {
  it('shows what reached an environment, and keeps environments', async () => {
    const { ok, rows, no } = await start();
    const [latest] = await rows('list_deployments', { project, environment: 'PROD', limit: 1 });
    expect(latest).toMatchObject({ status: 'success', ref: 'main' });
    expect((await ok('get_deployment', { project, deployment: latest?.['id'] })).data).toMatchObject({
      environment: { name: 'PROD' },
    });
    const made = await ok('create_environment', { project, name: 'SANDBOX', tier: 'development' });
    const one = { project, environment: made.data['id'] };
    expect((await ok('update_environment', { ...one, tier: 'staging' })).data).toMatchObject({ tier: 'staging' });
    expect(await no('delete_environment', one)).toMatch(/^missing_scope|^rejected/);
    await ok('stop_environment', { ...one, force: true });
    const listed = await rows('list_environments', { project, search: 'SANDBOX' });
    expect(listed[0]?.['state']).toMatch(/^stopp(ing|ed)$/);
    expect((await ok('get_environment', one)).data).toMatchObject({ name: 'SANDBOX' });
  });

  it('records deployments', async () => {
    const { ok, rows, no } = await start();
    const [main] = await rows('list_commits', { project, limit: 1 });
    const wanted = { environment: 'QA', sha: main?.['id'], ref: 'main', tag: false };
    const made = await ok('create_deployment', { project, ...wanted, status: 'running' });
    const one = { project, deployment: made.data['id'] };
    expect((await ok('update_deployment', { ...one, status: 'failed' })).data).toMatchObject({ status: 'failed' });
    const [first] = await rows('list_deployments', { project, environment: 'PROD', sort: 'asc', limit: 1 });
    expect((await ok('delete_deployment', { project, deployment: first?.['id'] })).data).toEqual({ done: true });
    expect(await no('get_deployment', { project, deployment: first?.['id'] })).toMatch(/^not_found: /);
  });

  it('publishes a release', async () => {
    const { ok, rows } = await start();
    const made = await ok('create_release', {
      ...{ project, tag: 'v3.0.0', ref: 'main', name: 'Third', description: 'New limits' },
      links: [{ name: 'Notes', url: 'https://notes.meridian.example/3.0.0' }],
    });
    expect(made.data).toMatchObject({ tag_name: 'v3.0.0', assets: { links: [{ name: 'Notes' }] } });
    const one = { project, tag: 'v3.0.0' };
    await ok('update_release', { ...one, description: 'Limits for gold' });
    expect((await ok('get_release', one)).data).toMatchObject({ description: 'Limits for gold' });
    expect((await ok('delete_release', one)).data).toEqual({ done: true });
    expect(await rows('list_releases', { project })).toHaveLength(1);
    expect((await ok('get_tag', one)).data).toMatchObject({ name: 'v3.0.0' });
  });

  it('lists what data products published', async () => {
    const { rows, ok, dataops } = await start();
    const found = await rows('list_group_packages', { group: 'meridian/data', package_name: 'ore' });
    expect(found.map(({ version }) => version)).toEqual(['1.0.0', '1.1.0']);
    const home = [...dataops.state.world.projects.values()].find(({ parts }) => parts?.shelf.packages.length);
    const one = { project: home?.id, package: found[0]?.['id'] };
    expect(await rows('list_package_files', one)).toMatchObject([
      { file_name: 'manifest.json', size: 2048 },
      { file_name: 'specification.yml' },
    ]);
    await ok('delete_package', one);
    expect(await rows('list_project_packages', { project: home?.id })).toHaveLength(2);
  });
});

describe('job token allowlist', () => {
  it('admits projects and groups, and lets them go', async () => {
    const { ok, rows } = await start();
    const ids = async (kind: string) => (await rows(`list_allowed_${kind}`, { project })).map(({ id }) => id);
    expect((await ok('get_job_token_scope', { project })).data).toMatchObject({ inbound_enabled: true });
    expect(await ids('projects')).toEqual(['101', '102']);
    await ok('allow_project', { project, target_project_id: 100 });
    expect(await ids('projects')).toEqual(['101', '102', '100']);
    await ok('disallow_project', { project, target_project_id: 102 });
    expect(await ids('projects')).toEqual(['101', '100']);
    await ok('allow_group', { project, target_group_id: 13 });
    expect(await ids('groups')).toEqual(['13']);
    await ok('disallow_group', { project, target_group_id: 13 });
    expect(await ids('groups')).toEqual([]);
    expect((await ok('set_job_token_scope', { project, enabled: false })).data).toEqual({ done: true });
    expect((await ok('get_job_token_scope', { project })).data).toMatchObject({ inbound_enabled: false });
  });
});

describe('search', () => {
  it('looks everywhere, in a group and in the files of a project', async () => {
    const { rows } = await start();
    expect(await rows('list_search_hits', { search: 'ore quality', scope: 'projects' })).toMatchObject([{ id: '102' }]);
    expect(
      await rows('list_group_search_hits', { group: 'meridian', search: 'composites', scope: 'merge_requests' }),
    ).toEqual([expect.objectContaining({ iid: '1' })]);
    const hits = await rows('list_project_search_hits', { project, search: 'coalesce', scope: 'blobs' });
    expect(hits).toMatchObject([
      { path: 'dataops/modelling/assay_intervals.sql', data: expect.stringContaining('coalesce') },
    ]);
  });
});

it('reads resources, and completes groups in them', async () => {
  const { server } = await start();
  const { read, complete } = createResources(server.shared, server.tools);
  const branches = await read('dataops://projects/meridian%2Fdata%2Fdrill-assays/branches');
  expect(JSON.stringify(branches)).toContain('feature/repeat-assays');
  expect(await complete('dataops://groups/{group}/members', 'group', 'prod', {})).toEqual(['meridian/data/products']);
});

it('refuses what changes anything where only reading is allowed', async () => {
  const { call } = await start({ flags: { read_only: true } });
  const seen = await call('dataops_create_branch', { project, branch: 'x', ref: 'main' });
  expect(seen.isError).toBe(true);
});
