import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { project, type Row, start } from '../../support/dataops-world.ts';

describe('repository', () => {
  it('reads text, tells what is not text, and cuts what is too long', async () => {
    const { call } = await start();
    const path = 'dataops/ingestion/assays.yml';
    expect((await call('read_file', { project, path })).data).toMatchObject({ content: 'format: lab-2\n', size: 14 });
    const picture = await call('read_file', { project, path: 'docs/core-shed.png' });
    expect(picture.data).toMatchObject({ content: null, binary: expect.stringContaining('dataops_download_file') });
    const content = 'hole,from,to\n'.repeat(2_000);
    await call('create_file', { project, path: 'data/long.csv', branch: 'dev', message: 'Add', content });
    const long = await call('read_file', { project, path: 'data/long.csv', ref: 'dev' });
    expect(String(long.data['content'])).toHaveLength(12_000);
    expect(long.data['truncated']).toMatch(/26000 characters.*dataops_download_file/);
    const stored = await call('download_file', { project, path: 'data/long.csv', ref: 'dev' });
    expect(stored.data['result']).toMatchObject({ kind: 'table', rows: 1_999 });
  });

  it('commits a stored result, as what the path says it is', async () => {
    const { call, callFails, server } = await start();
    const at = '2026-11-22T00:00:00Z';
    const origin = { name: 't', mediaType: '', source: { operation: 'x', arguments: {}, connection: 'c', at } };
    const rows = [
      { hole: 'DDH001', rqd: 71.5 },
      { hole: 'DDH002', rqd: null },
    ];
    const { uri: source } = await server.shared.results.write(origin, { rows });
    const file = { project, path: 'seeds/rqd.csv', branch: 'dev', message: 'Add RQD' };
    await call('create_file', { ...file, source });
    expect((await call('read_file', { project, path: file.path, ref: 'dev' })).data).toMatchObject({
      content: 'hole,rqd\r\nDDH001,71.5\r\nDDH002,\r\n',
    });
    await call('update_file', { ...file, source: [{ hole: 'Bohrloch 3 – Süd', rqd: 90 }] });
    expect((await call('read_file', { project, path: file.path, ref: 'dev' })).data).toMatchObject({
      content: 'hole,rqd\r\nBohrloch 3 – Süd,90\r\n',
    });
    expect(await callFails('create_file', file)).toMatch(
      /^bad_arguments: Arguments of dataops_create_file: say what the file is to hold: content or source\./,
    );
    expect(await callFails('create_file', { ...file, content: 'x', source })).toMatch(/^bad_arguments: /);
    const large = await server.shared.results.write(
      { ...origin, name: 'large.bin' },
      { bytes: Readable.from([Buffer.alloc(10 * 2 ** 20 + 1)]) },
    );
    expect(await callFails('create_file', { ...file, path: 'large.bin', source: large.uri })).toMatch(/^too_large: /);
  });

  it('tells about a file without its content', async () => {
    const { call, callFails } = await start();
    const { data } = await call('get_file_facts', { project, path: 'dataops/ingestion/assays.yml' });
    expect(data).toMatchObject({ file_path: 'dataops/ingestion/assays.yml', size: 14 });
    expect(data['last_commit_id']).toMatch(/^[0-9a-f]{40}$/);
    expect(await callFails('get_file_facts', { project, path: 'no/such/file' })).toMatch(/^not_found: /);
    expect(await callFails('read_file', { project, path: '../../../user' })).toMatch(/^bad_arguments: .*path/);
  });

  it('changes several files in one commit on a new branch', async () => {
    const { call, callRows, callFails } = await start();
    const branch = 'feature/limits';
    const made = await call('create_commit', {
      ...{ project, branch, start_branch: 'main', message: 'Add limits' },
      actions: [
        { action: 'create', file_path: 'limits.yml', content: 'au: 0.5\n' },
        { action: 'move', file_path: 'scripts/run.sh', previous_path: 'scripts/load.sh' },
        { action: 'delete', file_path: 'docs/core-shed.png' },
      ],
    });
    expect(made.data).toMatchObject({ title: 'Add limits' });
    const files = await callRows('list_files', { project, ref: branch, recursive: true, limit: 'all' });
    const paths = files.map(row => row['path']);
    expect(paths).toEqual(expect.arrayContaining(['limits.yml', 'scripts/run.sh']));
    expect(paths).not.toContain('docs/core-shed.png');
    const { commits, diffs } = (await call('compare_refs', { project, from: 'main', to: branch })).data as Row & {
      commits: Row[];
      diffs: Row[];
    };
    expect(commits).toHaveLength(1);
    expect(diffs.map(row => row['new_path'])).toContain('limits.yml');
    const change = { project, path: 'limits.yml', branch, message: 'Raise', content: 'au: 0.7\n' };
    const stale = { ...change, last_commit_id: '6104942438c14ec7bd21c6cd5bd995272b3faff6' };
    expect(await callFails('update_file', stale)).toMatch(/^rejected: /);
    expect((await call('update_file', change)).data).toMatchObject({ file_path: 'limits.yml', branch });
    await call('delete_file', { project, path: 'limits.yml', branch, message: 'Drop' });
    expect(await callFails('read_file', { project, path: 'limits.yml', ref: branch })).toMatch(/^not_found: /);
    expect((await call('delete_branch', { project, branch })).data).toMatchObject({ done: true });
    expect(await callFails('get_branch', { project, branch })).toMatch(/^not_found: /);
  });

  it('reads history', async () => {
    const { call, callRows } = await start();
    const commits = await callRows('list_commits', { project, path: 'dataops/modelling/assay_intervals.sql' });
    expect(commits[0]).toMatchObject({ title: 'Use repeat assays in the intervals', author_name: 'Amara Okafor' });
    const sha = String(commits[0]?.['id']);
    expect((await call('get_commit', { project, sha })).data).toMatchObject({ stats: { total: expect.any(Number) } });
    expect(await callRows('list_commit_diffs', { project, sha })).toMatchObject([
      { new_path: 'dataops/modelling/assay_intervals.sql', diff: expect.stringContaining('coalesce') },
    ]);
    expect(await callRows('list_commit_refs', { project, sha, type: 'branch' })).toEqual([
      { type: 'branch', name: 'main' },
    ]);
    const statuses = await callRows('list_commit_statuses', { project, sha, name: 'Build all Models' });
    expect(statuses).not.toHaveLength(0);
    const lines = await callRows('list_blame_ranges', {
      ...{ project, path: 'dataops/ingestion/assays.yml', first_line: 1, last_line: 1 },
    });
    expect(lines).toMatchObject([{ lines: ['format: lab-2'], commit: { title: 'Load the new laboratory format' } }]);
  });

  it('branches, tags, picks and reverts', async () => {
    const { call, callRows, callFails } = await start();
    expect((await call('create_branch', { project, branch: 'try/this', ref: 'main' })).data).toMatchObject({
      name: 'try/this',
    });
    const [composites] = await callRows('list_commits', { project, ref: 'dev', limit: 1 });
    const sha = String(composites?.['id']);
    const picked = await call('cherry_pick_commit', { project, sha, branch: 'try/this' });
    expect(picked.data['id']).toMatch(/^[0-9a-f]{40}$/);
    await call('revert_commit', { project, sha: picked.data['id'], branch: 'try/this' });
    expect(await callRows('list_commits', { project, ref: 'try/this', limit: 2 })).toHaveLength(2);
    await call('create_tag', { project, tag: 'v2.0.0', ref: 'main', message: 'Second' });
    expect((await call('get_tag', { project, tag: 'v2.0.0' })).data).toMatchObject({ message: 'Second' });
    await call('delete_tag', { project, tag: 'v2.0.0' });
    expect((await callRows('list_tags', { project })).map(row => row['name'])).toEqual(['v1.0.0']);
    expect(await callFails('create_branch', { project, branch: 'dev', ref: 'main' })).toMatch(/already exists/);
  });

  it('protects branches, and checks pipeline files', async () => {
    const { call, callRows } = await start();
    const made = await call('protect_branch', { project, name: 'release-*', push: 'nobody', merge: 'developer' });
    expect(made.data).toMatchObject({
      name: 'release-*',
      push_access_levels: [{ access_level: 0 }],
      merge_access_levels: [{ access_level: 30 }],
    });
    await call('unprotect_branch', { project, name: 'release-*' });
    expect((await callRows('list_protected_branches', { project })).map(row => row['name'])).toEqual(['main', 'qa']);
    expect((await call('lint_project_ci', { project })).data).toMatchObject({ valid: true });
    const broken = await call('lint_ci_text', { project, content: 'no colon here' });
    expect(broken.data).toMatchObject({ valid: false });
  });
});
