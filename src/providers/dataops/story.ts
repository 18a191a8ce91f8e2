import { type Assistant, expect, rowsOf } from '../story.ts';

const project = 'meridian/data/drill-assays';
const file = 'full-ci.yml';

/**
 * One question over many projects, kept for every Monday; then a failed night, why, and the pipeline again. Throws a
 * fault when an answer is not what it must be.
 */
export async function story(assistant: Assistant): Promise<void> {
  await manyProjects(assistant);
  assistant.person(
    'Data engineer',
    `Why did last night's pipeline of ${project} fail? Start it again on main, with ${file}.`,
  );
  assistant.says('I look for what failed in the last day.');
  const failed = await assistant.ask('dataops_list_pipelines', { project, status: 'failed', since: '30h' });
  const [night, ...others] = rowsOf(failed);
  expect(night?.['source'] === 'schedule' && others.length === 0, 'last night is not the one failed pipeline');

  assistant.says('One, started by the schedule. One call shows its stages, and the end of the log of what failed.');
  const { data: picture } = await assistant.ask('dataops_get_pipeline', { project, pipeline: night['id'] });
  const [failure] = picture['failures'] as { name: string; log_end: string }[];
  const reason = /invalid identifier '(\w+)'/.exec(failure?.log_end ?? '')?.[1];
  expect(failure?.name === 'Build all Models' && reason !== undefined, 'the log does not say why');

  assistant.says(
    `"${failure.name}" failed: a model asks for the column ${reason}, which is not there. I start it again.`,
  );
  const order = { project, ref: 'main', pipeline_file: file, wait_seconds: 3 };
  const { data: started } = await assistant.ask('dataops_run_pipeline', order);
  const { uri } = started['run'] as { uri: string };
  expect(String(uri).startsWith('dataops://projects/'), 'the pipeline has no URI');

  assistant.says(
    'It takes ten minutes. Its URI is enough to come back to it, from anywhere; for now I look for a moment.',
  );
  const { data: later } = await assistant.ask('wait_for_run', { run: uri, wait_seconds: 12 });
  const run = later['run'] as { status: string; progress?: { total: number } };
  expect(['queued', 'running', 'succeeded'].includes(run.status), `the pipeline is ${run.status}`);

  const pipeline = uri.slice(uri.lastIndexOf('/') + 1);
  const jobs = await assistant.ask('dataops_list_pipeline_jobs', {
    project,
    pipeline,
    fields: ['stage', 'name', 'status'],
  });
  const names = rowsOf(jobs).map(({ name }) => name);
  expect(names.includes(failure.name), `the new pipeline does not run "${failure.name}"`);
  assistant.says(
    `It runs, ${names.length} jobs in all. Last night it was ${reason}; if it is still missing, "${failure.name}" will ` +
      `fail again, and wait_for_run on ${uri} will say so.`,
  );
}

async function manyProjects(assistant: Assistant): Promise<void> {
  assistant.person(
    'Head of data',
    'Which of our data projects had failing pipelines in the last three days, and why? I want to know that every Monday.',
  );
  const question = { project: 'active_since: 3 days ago', status: 'failed', since: '3d', why: true };
  const answer = await assistant.ask('dataops_list_pipelines', question);
  const [failed] = rowsOf(answer);
  const reason = failed?.['reason'];
  expect(typeof reason === 'string', 'the reason is not told');
  assistant.says(
    `One call, though there are thousands: ${failed?.['project']}, ${reason}. I keep the call as a chain.`,
  );

  const step = {
    name: 'failed',
    operation: 'dataops_list_pipelines',
    arguments: question,
  };
  await assistant.ask('save_chain', {
    name: 'failing-pipelines',
    title: 'Failing pipelines, and why',
    steps: [step],
    parameters: { since: '3d' },
  });
  const again = await assistant.ask('run_chain', { chain: 'failing-pipelines', parameters: { since: '7d' } });
  const [done] = rowsOf(again);
  expect(done?.['outcome'] === 'done', 'the chain did not run');
  assistant.says('On Mondays, cron runs it: data-platforms-mcp run failing-pipelines --since 7d.');
}
