import { expect, it } from 'vitest';
import { type Row, startAssistant } from '../support/assistant.ts';

const project = 'meridian/data/drill-assays';

it('finds the failed pipeline, reads why, starts it on main, waits, and sees its jobs, in five calls', async () => {
  const { ask: answered, spent } = await startAssistant({ speed: 1000, era: 'legacy' });
  const ask = async (name: string, given: Row) => (await answered(name, given)).data;

  const failed = await ask('dataops_list_pipelines', { project, status: 'failed', since: '36h' });
  const [night] = failed['items'] as Row[];
  const why = await ask('dataops_get_pipeline', { project, pipeline: night?.['id'] });
  expect(why['failures']).toEqual([
    expect.objectContaining({ log_end: expect.stringContaining("invalid identifier 'AU_PPM_REPEAT'") }),
  ]);
  const order = { project, ref: 'main', pipeline_file: 'full-ci.yml', wait_seconds: 1 };
  const started = await ask('dataops_run_pipeline', order);
  const { uri } = started['run'] as { uri: string };
  // The pipeline takes ten minutes; somebody comes back to it later, when it has ended.
  const before = { ...spent };
  let ended: Row;
  do {
    Object.assign(spent, before);
    ended = await ask('wait_for_run', { run: uri, wait_seconds: 45 });
  } while (!(ended['run'] as Row)['final']);
  expect(ended['run']).toMatchObject({ status: 'succeeded', final: true });
  const stages = ended['stages'] as { stage: string; jobs: Row[] }[];
  expect(stages.flatMap(({ jobs }) => jobs)).toContainEqual(
    expect.objectContaining({ name: 'Build all Models', status: 'success' }),
  );
  expect(spent.calls).toBeLessThanOrEqual(5);
  expect(spent.tokens).toBeLessThanOrEqual(6_000);
});
