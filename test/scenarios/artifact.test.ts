import { expect, it } from 'vitest';
import { type Row, startAssistant } from '../support/assistant.ts';

const project = 'meridian/data/drill-assays';

it('"which models were slow in the nightly pipeline: a chart, the table on Datagrok, and a merge request with it"', async () => {
  const { ask, read, write } = await startAssistant();
  const handle = ({ data }: { data: Row }) => (data['result'] as { uri: string }).uri;

  const nightly = { project, source: 'schedule', status: 'success', limit: 1 };
  const [pipeline] = (await ask('dataops_list_pipelines', nightly)).data['items'] as { id: number }[];
  const { stages } = (await ask('dataops_get_pipeline', { project, pipeline: pipeline?.id })).data as {
    stages: { jobs: { id: number; name: string; artifacts?: true }[] }[];
  };
  const job = stages.flatMap(({ jobs }) => jobs).find(({ name }) => name === 'Build all Models');
  const { files } = (await read('dataops_list_artifacts', { project, job: job?.id })).data as {
    files: { path: string }[];
  };
  const path = files.find(one => one.path.endsWith('.csv'))?.path;
  const timings = handle(await read('dataops_read_artifact', { project, job: job?.id, path }));
  const slow = await ask('query_result', {
    sql: `SELECT model, seconds FROM "${timings}" WHERE seconds > 8 ORDER BY seconds DESC`,
  });
  const rows = slow.data['items'] as { model: string; seconds: number }[];
  expect(rows.length).toBeGreaterThan(1);
  expect(rows.every(({ seconds }) => seconds > 8)).toBe(true);
  const table = handle(slow);
  const chart = await ask('chart_result', { result: table, type: 'bar', x: 'model', y: 'seconds' });
  expect(chart.others.at(-1)).toMatchObject({ type: 'image', mimeType: 'image/png' });

  const uploaded = await ask('datagrok_upload_table', { table: 'SlowModels', source: table });
  expect(uploaded.data['grok_name']).toBe('MaraOkafor:SlowModels:SlowModels');

  const file = { project, path: 'reports/slow-models.csv', branch: 'slow-models' };
  await write('dataops_create_file', { ...file, start_branch: 'main', source: table, message: 'List slow models' });
  const { content } = (await read('dataops_read_file', { ...file, branch: undefined, ref: file.branch })).data;
  expect(content).toBe(['model,seconds', ...rows.map(({ model, seconds }) => `${model},${seconds}`), ''].join('\r\n'));
  const request = { project, title: 'List slow models', source_branch: file.branch, target_branch: 'main' };
  expect((await write('dataops_create_merge_request', request)).data).toMatchObject({ state: 'opened', iid: '3' });
});
