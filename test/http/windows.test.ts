import { expect, it } from 'vitest';
import { startWorld } from '../support/harness.ts';

const project = 'meridian/data/drill-assays';

/** Of each platform that takes a window: a call whose window ends before it starts, and the two arguments. */
it.each([
  ['datamin_list_runs', { pipeline: 'Nightly revenue sync', from: '1d', to: '7d' }, 'from', 'to'],
  ['datamin_get_pipeline_stats', { pipeline: 'Nightly revenue sync', from: 'now', to: '28d' }, 'from', 'to'],
  ['dataops_list_pipelines', { project, since: '1d', until: '2026-11-01' }, 'since', 'until'],
  [
    'dx_upsert_incident',
    { reference_id: 'i1', started_at: 1_795_000_000_000, resolved_at: '2026-11-18T10:00Z' },
    'started_at',
    'resolved_at',
  ],
  [
    'datarock_create_export',
    { project: 'Copperhead North', artefact: 'RQD', holes: 'all', updated_since: '1d', updated_before: '7d' },
    'updated_since',
    'updated_before',
  ],
])('%s refuses a window that ends before it starts', async (tool, args, start, end) => {
  const { call } = await startWorld({ platforms: 'all' });
  const { text } = await call(tool, args);
  expect(text).toBe(`bad_arguments: ${start} is later than ${end}.\nNext: Exchange the two, or leave one out.`);
});

it('reads both ends of a window in every form, and names the argument that is no time', async () => {
  const { call, dataops } = await startWorld({ platforms: ['dataops'] });
  const { data } = await call('dataops_list_pipelines', { project, since: '3d', until: '24h' });
  expect(data['items']).not.toEqual([]);
  const { searchParams } = new URL(dataops.requests.at(-1)?.target ?? '', 'http://localhost');
  expect([searchParams.get('created_after'), searchParams.get('created_before')]).toEqual([
    '2026-11-18T00:00:00.000Z',
    '2026-11-20T00:00:00.000Z',
  ]);
  const { text } = await call('dataops_list_pipelines', { project, since: 'when it rained' });
  expect(text).toMatch(/^bad_arguments: since: "when it rained" is not a time\./);
});
