import { describe, expect, it, vi } from 'vitest';
import { type Seen, startWorld } from '../../support/harness.ts';

type Row = Record<string, unknown>;

const project = 'meridian/data/drill-assays';

async function start(options: Parameters<typeof startWorld>[0] = {}) {
  const world = await startWorld({ platforms: ['dataops'], flags: { toolsets: 'dataops:all' }, ...options });
  const { state, requests } = world.dataops;
  const newest = () => {
    const found = state.world.paths.get(project);
    return found && state.world.partsOf(found).pipelines.at(-1);
  };
  const targets = (method: string) => requests.filter(one => one.method === method).map(({ target }) => target);
  return { ...world, names: state.names, state, newest, targets };
}

const runOf = ({ data }: Seen) => data['run'] as { uri: string; status: string; final: boolean; notes?: string[] };

async function finish({ call }: Awaited<ReturnType<typeof start>>, first: Seen): Promise<Seen> {
  let seen = first;
  for (let wait = 0; wait < 40 && !runOf(seen).final && runOf(seen).status !== 'waiting'; wait += 1)
    seen = await call('wait_for_run', { run: runOf(first).uri, wait_seconds: 45 });
  return seen;
}

describe('starting', () => {
  it('sends variables as a list, the pipeline file among them', async () => {
    const { call, newest } = await start();
    const args = { project, ref: 'main', pipeline_file: 'ingest-only-ci.yml', variables: { DEPTH: '2' } };
    const seen = await call('dataops_run_pipeline', { ...args, wait_seconds: 0 });
    expect(runOf(seen).uri).toBe(`dataops://projects/101/pipelines/${newest()?.id}`);
    expect(newest()?.variables).toMatchObject([
      { key: '_PIPELINE_FILE_NAME', value: 'ingest-only-ci.yml' },
      { key: 'DEPTH', value: '2' },
    ]);
  });

  it('sends them to the trigger as a map, and no credential but the token in the body', async () => {
    const { call, newest, dataops } = await start();
    const args = { project, ref: 'main', pipeline_file: 'ingest-only-ci.yml', variables: { DEPTH: '2' } };
    const seen = await call('dataops_trigger_pipeline', { ...args, wait_seconds: 0 });
    expect(seen.isError, seen.text).toBe(false);
    expect(newest()).toMatchObject({ source: 'trigger' });
    expect(newest()?.variables.map(({ key, value }) => [key, value])).toEqual(
      expect.arrayContaining([
        ['_PIPELINE_FILE_NAME', 'ingest-only-ci.yml'],
        ['DEPTH', '2'],
      ]),
    );
    const [sent] = dataops.requests.filter(({ method }) => method === 'POST');
    expect(sent?.target).not.toContain('token');
    expect(Object.keys(sent?.headers ?? {})).not.toContain('private-token');
  });

  it('hands files and inputs to what the pipeline file declares', async () => {
    const { call, newest } = await start();
    const inputs = { depth: 2, holes: ['DDH001'], full: true };
    const args = { project, ref: 'main', variables: { DEPTH: 2 }, file_variables: { HOLES: 'DDH001\nDDH002' }, inputs };
    const seen = await call('dataops_run_pipeline', { ...args, wait_seconds: 0 });
    expect(seen.isError, seen.text).toBe(false);
    expect(newest()).toMatchObject({
      variables: [
        { key: 'DEPTH', value: '2', variable_type: 'env_var' },
        { key: 'HOLES', value: 'DDH001\nDDH002', variable_type: 'file' },
      ],
      inputs,
    });
    await call('dataops_trigger_pipeline', { project, ref: 'main', inputs: '{"depth": 3}', wait_seconds: 0 });
    expect(newest()).toMatchObject({ source: 'trigger', inputs: { depth: 3 } });
  });

  it('leaves variables out where there are none', async () => {
    const { call, newest } = await start();
    await call('dataops_run_pipeline', { project, ref: 'main', variables: {}, wait_seconds: 0 });
    expect(newest()?.variables).toEqual([]);
  });

  it('without a trigger token says so before anything is sent', async () => {
    const { call, targets } = await start({ env: { DATAOPS_TRIGGER_TOKEN: undefined } });
    const seen = await call('dataops_trigger_pipeline', { project, ref: 'main' });
    expect(seen.text).toMatch(/^not_configured: .*Nothing was sent[\s\S]*dataops_run_pipeline.*DATAOPS_TRIGGER_TOKEN/);
    expect(targets('POST')).toEqual([]);
  });

  it('waits for the whole pipeline, and shows it', async () => {
    const world = await start();
    const started = await world.call('dataops_run_pipeline', { project, ref: 'main', pipeline_file: 'full-ci.yml' });
    const seen = await finish(world, started);
    expect(runOf(seen)).toMatchObject({ status: 'succeeded', final: true });
    expect(runOf(seen).notes).toEqual([expect.stringMatching(/^Succeeded although "Test all Sources" .*failed/)]);
    const stages = seen.data['stages'] as { stage: string; jobs: Row[] }[];
    const names = stages.map(({ stage }) => stage);
    expect(names.slice(0, 2)).toEqual(['Pipeline Initialisation', 'Vault Initialisation']);
    expect(names.slice(-2)).toEqual(['Data Product', 'Clean Up']);
    expect(seen.data['tests']).toMatchObject({ count: 26, failed: 1 });
    const [bridge] = stages.at(-2)?.jobs ?? [];
    expect(bridge).toMatchObject({ name: 'Publish Ore Quality', status: 'success', started_status: 'success' });
    // What it started is a run too, and the URI is enough to look at it.
    const child = await world.call('dataops_get_pipeline', {
      project: bridge?.['started'],
      pipeline: bridge?.['started'],
    });
    expect(child.data).toMatchObject({ source: 'parent_pipeline', status: 'success' });
    const [, notify] = child.data['stages'] as { jobs: Row[] }[];
    expect(notify?.jobs).toMatchObject([{ started: expect.stringMatching(/^dataops:\/\/projects\/100\//) }]);
  });

  it('leads to the pipeline whose failure is the failure', async () => {
    const world = await start();
    world.state.world.outcomes.set('Build Data Product', 'script_failure');
    const seen = await finish(world, await world.call('dataops_run_pipeline', { project, ref: 'main' }));
    expect(runOf(seen)).toMatchObject({ status: 'failed' });
    const failures = seen.data['failures'] as Row[];
    const bridge = failures.find(({ name }) => name === 'Publish Ore Quality');
    expect(bridge).toMatchObject({ started_status: 'failed', started: expect.stringMatching(/^dataops:/) });
    const child = await world.call('wait_for_run', { run: bridge?.['started'] });
    expect(child.data['failures']).toMatchObject([{ name: 'Build Data Product', log_end: expect.any(String) }]);
  });

  it('leads to it on the same account, where there are two', async () => {
    const world = await start({
      connections: ({ dataops }) =>
        Object.fromEntries(['west', 'east'].map(name => [name, { platform: 'dataops', ...dataops }])),
    });
    world.state.world.outcomes.set('Build Data Product', 'script_failure');
    const seen = await finish(
      world,
      await world.call('dataops_run_pipeline', { project, ref: 'main', connection: 'east' }),
    );
    const bridge = (seen.data['failures'] as Row[]).find(({ name }) => name === 'Publish Ore Quality');
    const { started } = bridge as { started: string };
    expect(started).toMatch(/^dataops:\/\/projects\/\d+\/pipelines\/\d+\?connection=east$/);
    expect((await world.call('wait_for_run', { run: started })).data['run']).toMatchObject({ status: 'failed' });
    const child = await world.call('dataops_get_pipeline', { project: started, pipeline: started });
    expect(child.data).toMatchObject({ source: 'parent_pipeline' });
  });

  it('says how to fetch on the same account what a run made, where fetching failed', async () => {
    const { call, dataops } = await start({
      connections: ({ dataops }) =>
        Object.fromEntries(['west', 'east'].map(name => [name, { platform: 'dataops', ...dataops }])),
    });
    const started = await call('dataops_run_pipeline', { project, ref: 'main', connection: 'east', wait_seconds: 0 });
    const { uri } = runOf(started);
    const id = /pipelines\/(\d+)/.exec(uri)?.[1];
    let seen = await call('wait_for_run', { run: uri, wait_seconds: 45 });
    while (!runOf(seen).final) seen = await call('wait_for_run', { run: uri, wait_seconds: 45 });
    dataops.faults.add({ kind: 'status', status: 500, match: { path: /include_retried/ } });
    seen = await call('wait_for_run', { run: uri });
    expect(seen.data['next']).toBe(`dataops_get_pipeline {"project":"101","pipeline":"${id}","connection":"east"}`);
  });

  it('does not repeat a start that timed out, and says where to look', async () => {
    const { call, clock, dataops, targets } = await start();
    dataops.faults.add({ kind: 'hang', match: { method: 'POST' } });
    const pending = call('dataops_run_pipeline', { project, ref: 'main' });
    await vi.waitFor(() => expect(targets('POST')).toHaveLength(1));
    await clock.advance(31_000);
    const seen = await pending;
    expect(seen.text).toMatch(/^timed_out: .*may have arrived[\s\S]*Next: It may have started.*dataops_list_pipelines/);
    expect(targets('POST')).toHaveLength(1);
  });

  it('explains a ref that does not exist in the words of the platform', async () => {
    const { call } = await start();
    const seen = await call('dataops_run_pipeline', { project, ref: 'nowhere' });
    expect(seen.text).toMatch(/^rejected: .*"Reference not found"/);
  });
});

describe('looking', () => {
  it('says why a pipeline failed, with the end of the log', async () => {
    const { call, names } = await start();
    const seen = await call('dataops_get_pipeline', { project, pipeline: names.pipelines.failed });
    expect(seen.data).toMatchObject({ status: 'failed', ref: 'main', source: 'schedule', sha: expect.any(String) });
    const [failure, ...others] = seen.data['failures'] as Row[];
    expect(others).toEqual([]);
    expect(failure).toMatchObject({ name: 'Build all Models', reason: 'script_failure' });
    expect(failure?.['log_end']).toContain("invalid identifier 'AU_PPM_REPEAT'");
    expect(seen.text).not.toContain('\\u001b');
    expect(seen.usage.requests).toBe(5);
  });

  it('names the job that a person must start, and does not wait for them', async () => {
    const { call, names, clock } = await start();
    const before = clock.now();
    const seen = await call('wait_for_run', { run: `dataops://projects/101/pipelines/${names.pipelines.waiting}` });
    expect(runOf(seen)).toMatchObject({ status: 'waiting', final: false, vendor_status: 'manual' });
    expect(runOf(seen).notes).toEqual([expect.stringMatching(/"Approve Production" \(job \d+\): dataops_play_job/)]);
    expect(clock.now() - before).toBeLessThan(1000);
    const [gate] = seen.data['waits_for'] as { job: number }[];
    const played = await call('dataops_play_job', { project, job: gate?.job });
    expect(runOf(played)).toMatchObject({ status: 'succeeded' });
  });

  it('takes a pasted web address, and sends nothing to its host', async () => {
    const { call, names, targets } = await start();
    const url = `https://app.dataops.live/${project}/-/pipelines/${names.pipelines.failed}`;
    const seen = await call('dataops_list_pipeline_jobs', { project: url, pipeline: url });
    expect(seen.isError, seen.text).toBe(false);
    expect(targets('GET')).toEqual([
      expect.stringMatching(/^\/api\/v4\/projects\/meridian%2Fdata%2Fdrill-assays\/pipelines\/\d+\/jobs\?/),
    ]);
  });

  it('takes a job that was retried for one job', async () => {
    const { call, names } = await start();
    const pipeline = names.pipelines.failed;
    const jobs = (await call('dataops_list_pipeline_jobs', { project, pipeline, scope: ['failed'] })).data['items'];
    const [failed, ...others] = jobs as { id: number }[];
    expect(others).toEqual([]);
    const again = await call('dataops_retry_job', { project, job: failed?.id, wait_seconds: 0 });
    expect(runOf(again).uri).not.toContain(String(failed?.id));
    const { data } = await call('dataops_get_pipeline', { project, pipeline });
    const stages = data['stages'] as { stage: string; jobs: Row[] }[];
    expect(stages.map(({ stage }) => stage).indexOf('Data Transformation')).toBe(6);
    expect(stages[6]?.jobs).toMatchObject([{ name: 'Build all Models', attempts: 2 }]);
  });

  it('cancels, and waits until the jobs have stopped', async () => {
    const { agreed, names } = await start();
    const seen = await agreed('dataops_cancel_pipeline', { project, pipeline: names.pipelines.running });
    expect(runOf(seen)).toMatchObject({ status: 'cancelled', vendor_status: 'canceled' });
  });

  it('tells a ref without pipelines from a refusal', async () => {
    const { call } = await start();
    const seen = await call('dataops_get_latest_pipeline', { project, ref: 'nothing-here' });
    expect(seen.text).toMatch(/^not_found: There is no pipeline on that branch or tag/);
  });

  it('shows what a token may see when parts are hidden from it', async () => {
    const { call, names, dataops } = await start();
    dataops.faults.add({ kind: 'status', status: 403, match: { path: /bridges|test_report|trace/ } });
    const { data } = await call('dataops_get_pipeline', { project, pipeline: names.pipelines.failed });
    expect(data['failures']).toMatchObject([{ name: 'Build all Models' }]);
    expect(data['tests']).toBeUndefined();
  });
});

describe.each(['null-fields', 'unknown-fields'] as const)('answers with %s', kind => {
  it('are read all the same', async () => {
    const { call, names, dataops } = await start();
    dataops.faults.add({ kind });
    const { failed } = names.pipelines;
    for (const [tool, args] of [
      ['dataops_list_projects', { limit: 3 }],
      ['dataops_get_project', { project }],
      ['dataops_list_pipelines', { project }],
      ['dataops_get_pipeline', { project, pipeline: failed }],
      ['dataops_list_pipeline_jobs', { project, pipeline: failed }],
      ['dataops_run_pipeline', { project, ref: 'main', wait_seconds: 3 }],
      ['dataops_get_schedule', { project, schedule: names.schedules.nightly }],
    ] as const) {
      const seen = await call(tool, args);
      expect(seen.isError, `${tool}: ${seen.text}`).toBe(false);
    }
  });
});

it('tells how to find a project whose path is not right', async () => {
  const { call } = await start();
  const { text } = await call('dataops_get_project', { project: 'meridian/assays' });
  expect(text).toMatch(/\nNext: Did you mean "meridian\/data\/drill-assays"\?/);
  expect((await call('dataops_get_project', { project: 'quite/elsewhere' })).text).toMatch(
    /\nNext: dataops_list_projects shows the paths of projects\./,
  );
});

describe('schedules', () => {
  it('finds the pipeline that playing one made', async () => {
    const { call, names, newest } = await start();
    const seen = await call('dataops_play_schedule', { project, schedule: names.schedules.paused, wait_seconds: 0 });
    expect(runOf(seen).uri).toBe(`dataops://projects/101/pipelines/${newest()?.id}`);
    expect(newest()?.source).toBe('schedule');
  });

  it('creates one with its pipeline file, and shows names of variables only', async () => {
    const { call, names } = await start();
    const wanted = { project, description: 'Weekly', ref: 'main', cron: '0 4 * * 0', pipeline_file: 'release-ci.yml' };
    const made = await call('dataops_create_schedule', wanted);
    const seen = await call('dataops_get_schedule', { project, schedule: made.data['id'] });
    expect(seen.data).toMatchObject({ description: 'Weekly', pipeline_file: 'release-ci.yml', active: true });
    const nightly = await call('dataops_get_schedule', { project, schedule: names.schedules.nightly });
    expect(nightly.data).toMatchObject({ pipeline_file: 'full-ci.yml', variables: ['LAB_PASSWORD'] });
    expect(nightly.text).not.toContain('schedule-password-1');
  });

  it('takes a schedule by its description, and gives it inputs and files', async () => {
    const { call, newest, dataops } = await start();
    const played = await call('dataops_play_schedule', { project, schedule: 'nightly full load', wait_seconds: 0 });
    expect(runOf(played).uri).toBe(`dataops://projects/101/pipelines/${newest()?.id}`);
    const wrong = await call('dataops_play_schedule', { project, schedule: 'Nightly' });
    expect(wrong.text).toMatch(/^not_found: .*"Nightly"\.\nNext: Did you mean "Nightly full load"\?/);

    const wanted = { project, description: 'Weekly', ref: 'main', cron: '0 4 * * 0', inputs: { depth: 2 } };
    const made = await call('dataops_create_schedule', wanted);
    const schedule = made.data['id'];
    const variable = { project, schedule, key: 'HOLES', value: 'DDH001', variable_type: 'file' };
    const added = await call('dataops_add_schedule_variable', variable);
    expect(added.data).toEqual({ key: 'HOLES', variable_type: 'file' });
    await call('dataops_update_schedule', { project, schedule, inputs: { depth: 3 } });
    const { schedules } = dataops.state.world.partsOf(dataops.state.world.projects.get(101) as never);
    expect(schedules.find(({ id }) => String(id) === schedule)?.inputs).toEqual([{ name: 'depth', value: 3 }]);
  });

  it('says what is missing when only half of it was done', async () => {
    const { call, dataops } = await start();
    dataops.faults.add({ kind: 'status', status: 403, match: { method: 'POST', path: /variables/ } });
    const wanted = { project, description: 'Weekly', ref: 'main', cron: '0 4 * * 0', pipeline_file: 'release-ci.yml' };
    const seen = await call('dataops_create_schedule', wanted);
    expect(seen.isError).toBe(false);
    expect(seen.data['warnings']).toEqual([expect.stringMatching(/without its pipeline file.*dataops_add_schedule/)]);
  });
});
