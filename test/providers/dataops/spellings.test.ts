import { expect, it } from 'vitest';
import { startWorld } from '../../support/harness.ts';

const host = 'app.dataops.live';
const path = 'meridian/data/drill-assays';

it.each([
  path,
  `${path}/`,
  `/${path}`,
  `${path}.git`,
  'meridian%2Fdata%2Fdrill-assays',
  `git@${host}:${path}.git`,
  `ssh://git@${host}/${path}.git`,
  `https://${host}/${path}.git`,
  `https://${host}/${path}/-/pipelines/123`,
  `https://${host}/${path}/tree/main`,
])('a project can be spelt %s', async project => {
  const { call, dataops } = await startWorld({ platforms: ['dataops'] });
  const { data, text } = await call('dataops_get_project', { project });
  expect(data['path_with_namespace'], text).toBe(path);
  expect(dataops.requests.at(-1)?.target).toContain('/projects/meridian%2Fdata%2Fdrill-assays');
});

it('an optional argument that is empty is not given', async () => {
  const { call, dataops } = await startWorld({ platforms: ['dataops'] });
  const empty = { ref: '', status: '', source: '', since: '', limit: '', cursor: '' };
  const { isError, text } = await call('dataops_list_pipelines', { project: path, ...empty });
  expect(isError, text).toBe(false);
  expect(dataops.requests.at(-1)?.target).toMatch(
    /\/projects\/meridian%2Fdata%2Fdrill-assays\/pipelines\?(page=1&per_page=50|per_page=50&page=1)$/,
  );
});

it.each(['drill-assays', 'Drill Assays', 'Meridian/Data/Drill-Assays', 'drill assays', 'DRILL-ASSAYS'])(
  'a project can be called %s, under which exactly one exists',
  async project => {
    const { call } = await startWorld({ platforms: ['dataops'] });
    const { data, text } = await call('dataops_get_project', { project });
    expect(data['path_with_namespace'], text).toBe(path);
  },
);

it.each([
  'drill-asays',
  'meridian/data/dril-assays',
  'meridian/dta/drill-assays',
  'assays-drill',
  'meridian/data/assays',
])('a near miss like %s is answered with the nearest name, never with a search for it', async project => {
  const { call } = await startWorld({ platforms: ['dataops'] });
  const { text, isError } = await call('dataops_list_pipelines', { project });
  expect(isError).toBe(true);
  expect(text).toContain(`Did you mean "${path}"?`);
  expect(text).not.toContain(`"search"`);
});

it('a group can be called by its path, its last part or its title', async () => {
  const { call } = await startWorld({ platforms: ['dataops'], flags: { toolsets: 'all' } });
  for (const group of ['meridian/data', 'data', 'Meridian/Data', 'https://app.dataops.live/meridian/data'])
    expect((await call('dataops_get_group', { group })).data, group).toMatchObject({ full_path: 'meridian/data' });
  expect((await call('dataops_get_group', { group: 'meridian/dta' })).text).toContain('Did you mean "meridian/data"?');
});

it('master is the default branch where no branch is called so: for a reading, and told for a change', async () => {
  const { call, dataops } = await startWorld({ platforms: ['dataops'], flags: { toolsets: 'all' } });
  const listed = await call('dataops_list_pipelines', { project: path, ref: 'master', limit: 2 });
  expect(listed.data['items'], listed.text).toMatchObject([{ ref: 'main' }, { ref: 'main' }]);
  const read = await call('dataops_read_file', {
    project: path,
    path: 'full-ci.yml',
    ref: 'master',
  });
  expect(read.isError, read.text).toBe(false);
  const before = dataops.requests.filter(({ method }) => method === 'POST').length;
  const run = await call('dataops_run_pipeline', { project: path, ref: 'master' });
  expect(run.text).toMatch(/^bad_arguments: There is no "master"; the default branch is "main"\./);
  expect(dataops.requests.filter(({ method }) => method === 'POST')).toHaveLength(before);
});

it('the name of the project goes through every operation that names one', async () => {
  const { server, call } = await startWorld({ platforms: ['dataops'], flags: { toolsets: 'all' } });
  for (const facts of server.shared.catalog.operations.filter(({ platform }) => platform === 'dataops')) {
    const { input, example } = await server.shared.catalog.load(facts);
    if (!input.shape['project'] || facts.risk !== 'reads') continue;
    const { text } = await call(facts.name, { ...example.arguments, project: 'drill-assays' });
    expect(text, facts.name).not.toMatch(/Project is absent|drill-assays\b.*not found/);
  }
});

it.each([
  ['https://gitlab.com/meridian/data/drill-assays', 'gitlab.com'],
  ['git@github.com:meridian/data/drill-assays.git', 'github.com'],
  ['ssh://git@gitlab.com/meridian/data/drill-assays.git', 'gitlab.com'],
])('an address of another host, %s, is refused by name', async (project, other) => {
  const { call, dataops } = await startWorld({ platforms: ['dataops'] });
  const { text } = await call('dataops_list_pipelines', { project });
  expect(text).toMatch(new RegExp(`^bad_arguments: project is an address at ${other.replaceAll('.', '\\.')}, and`));
  expect(dataops.requests).toHaveLength(0);
});

it('an address that holds its project is enough, for operations and for waiting', async () => {
  const { call, dataops } = await startWorld({ platforms: ['dataops'] });
  const number = String(dataops.state.names.pipelines.failed);
  const pipeline = `https://${host}/${path}/-/pipelines/${number}`;
  expect((await call('dataops_get_pipeline', { pipeline })).data).toMatchObject({ id: number });
  expect((await call('dataops_get_pipeline', { project: pipeline })).data).toMatchObject({ id: number });
  const waited = await call('wait_for_run', { run: pipeline });
  expect(waited.data['run'], waited.text).toMatchObject({
    uri: `dataops://projects/meridian%2Fdata%2Fdrill-assays/pipelines/${number}`,
    final: true,
  });
  expect((await call('wait_for_run', { run: pipeline.replace(host, 'gitlab.com') })).text).toMatch(
    /address at gitlab\.com/,
  );
});

it('a moved project is followed for reading, and named for writing', async () => {
  const { call, dataops } = await startWorld({ platforms: ['dataops'], flags: { toolsets: 'all' } });
  const { oldPath: movedFrom } = dataops.state.names;
  expect((await call('dataops_get_project', { project: movedFrom })).data['path_with_namespace']).toBe(path);
  const { text } = await call('dataops_create_branch', { project: movedFrom, branch: 'x', ref: 'main' });
  expect(text).toMatch(new RegExp(`"${path}" now\\. Nothing was changed\\.\nNext: Call again with project "${path}"`));
});
