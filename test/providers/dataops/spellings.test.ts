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
