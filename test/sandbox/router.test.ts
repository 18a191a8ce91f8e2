import { expect, test } from 'vitest';
import { createRouter } from '../../src/sandbox/router.ts';

const named = (name: string) => () => ({ status: 200, body: name });
const latest = named('latest');
const route = createRouter({
  'GET /v1/projects/latest': latest,
  'GET /v1/projects/:project': named('one'),
  'DELETE /v1/projects/:project': named('delete'),
  'GET /v1/files/:store/*path': named('file'),
});

test.each([
  ['a variable is one segment, decoded once', '/v1/projects/geo%2Fassay%2525', { project: 'geo/assay%25' }],
  ['a plus sign is a plus sign', '/v1/projects/TT+03', { project: 'TT+03' }],
  ['a rest keeps its slashes', '/v1/files/main/a/b%20c/d.csv', { store: 'main', path: 'a/b c/d.csv' }],
])('%s', (_, path, params) => {
  expect(route('GET', path)).toMatchObject({ params });
});

test.each([
  '/v1/projects',
  '/v1/projects/',
  '/v1/projects/x/',
  '/v1/projects/%E0%A4%A',
  '/v1/files/main',
  '/V1/projects/x',
])('%s is no path of the table', path => {
  expect(route('GET', path)).toEqual({ allowed: [] });
});

test('the first line that matches wins, and a wrong method learns the right ones', () => {
  expect(route('GET', '/v1/projects/latest')).toMatchObject({ params: {}, handler: latest });
  expect(route('POST', '/v1/projects/x')).toEqual({ allowed: ['GET', 'DELETE'] });
});
