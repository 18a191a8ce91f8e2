import { expect, it } from 'vitest';
import { startWorld } from '../support/harness.ts';

/** A whole answer as it is read, without what differs from one run of the test to the next. */
const stable = (text: string) =>
  text
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>')
    .replace(/result:\/\/[A-Za-z0-9_-]+/g, 'result://<id>')
    .replace(/confirm: "[^"]+"/, 'confirm: "<token>"')
    .replace(/127\.0\.0\.1:\d+/g, '<host>');

/** One whole answer of each kind, so that a change of words is seen in review. */
it('rows', async () => {
  const { call } = await startWorld();
  const { text } = await call('datarock_list_projects');
  expect(stable(text)).toMatchInlineSnapshot();
});

it('a value', async () => {
  const { call } = await startWorld();
  const { text } = await call('check_connections');
  expect(stable(text)).toMatchInlineSnapshot();
});

it('a run', async () => {
  const { call } = await startWorld();
  const { text } = await call('datarock_create_export', {
    project: 'Copperhead North',
    artefact: 'RQD',
    holes: ['DDH001', 'DDH002'],
    wait_seconds: 0,
  });
  expect(stable(text)).toMatchInlineSnapshot();
});

it('a stored result', async () => {
  const { call } = await startWorld();
  const { text } = await call('datarock_create_export', {
    project: 'Copperhead North',
    artefact: 'RQD',
    holes: ['DDH001', 'DDH002'],
  });
  expect(stable(text)).toMatchInlineSnapshot();
});

it('a picture', async () => {
  const { call } = await startWorld();
  const exported = await call('datarock_create_export', {
    project: 'Copperhead North',
    artefact: 'RQD',
    holes: ['DDH001', 'DDH002'],
  });
  const { uri } = exported.data['result'] as { uri: string };
  const { text } = await call('chart_result', { result: uri, type: 'strip_log', y: ['rqd_percent'] });
  expect(stable(text)).toMatchInlineSnapshot();
});

it('a question', async () => {
  const { call } = await startWorld({ platforms: ['dataops'] });
  const { data } = await call('dataops_list_schedules', { project: 'meridian/data/drill-assays' });
  const [schedule] = data['items'] as { id: number }[];
  const { text } = await call('call_write_operation', {
    operation: 'dataops_delete_schedule',
    arguments: { project: 'meridian/data/drill-assays', schedule: String(schedule?.id) },
  });
  expect(stable(text)).toMatchInlineSnapshot();
});

it('a fault', async () => {
  const { call } = await startWorld();
  const { text } = await call('datarock_list_holes', { project: 'Copperhed North' });
  expect(stable(text)).toMatchInlineSnapshot();
});
