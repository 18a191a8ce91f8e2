import { describe, expect, it, vi } from 'vitest';
import { startWorld } from '../../support/harness.ts';

const project = 'meridian/data/drill-assays';

async function start(token?: keyof Tokens | 'none', env: Record<string, string | undefined> = {}) {
  const given: Record<string, string | undefined> = { ...env };
  // The credentials exist only once the simulator runs, and are the same in every one.
  if (token !== undefined) given['DATAOPS_TOKEN'] = token === 'none' ? undefined : (await tokens())[token];
  const world = await startWorld({ platforms: ['dataops'], flags: { toolsets: 'dataops:all' }, env: given });
  return { ...world, state: world.dataops.state, sent: () => world.dataops.requests.length };
}

type World = Awaited<ReturnType<typeof startWorld>>;
type Tokens = World['dataops']['state']['names']['tokens'];
let known: Tokens | undefined;

async function tokens(): Promise<Tokens> {
  known ??= (await startWorld({ platforms: ['dataops'] })).dataops.state.names.tokens;
  return known;
}

const jobOnly = async () => ({ DATAOPS_JOB_TOKEN: (await tokens()).job, DATAOPS_TRIGGER_TOKEN: undefined });

describe('credentials', () => {
  it('tells scopes, days left and release, and never the token', async () => {
    const { call, state } = await start();
    const seen = await call('check_connections');
    const [own] = seen.data['connections'] as { facts: string[] }[];
    expect(own?.facts).toEqual([
      expect.stringMatching(/^token "assistant": api, expires in \d+ days$/),
      expect.stringMatching(/^release 17\./),
    ]);
    expect(seen.text).not.toContain(state.names.tokens.personal);
  });

  it.each(['expired', 'revoked'] as const)('asks for a new token when it is %s', async which => {
    const { call } = await start(which);
    const seen = await call('dataops_list_projects');
    expect(seen.text).toMatch(/^unauthorized: .*401[\s\S]*Next: Ask the operator for a new access token/);
  });

  it('names the scope that is missing', async () => {
    const { call } = await start('readOnly');
    const seen = await call('dataops_run_pipeline', { project, ref: 'main' });
    expect(seen.text).toMatch(/^missing_scope: .*lacks the scope api, which dataops_run_pipeline needs/);
  });

  it('says who may what when the role is too low', async () => {
    const { call } = await start('reporter');
    const seen = await call('dataops_run_pipeline', { project, ref: 'main' });
    expect(seen.text).toMatch(/^missing_scope: .*403[\s\S]*Developer runs pipelines/);
  });

  it('refuses a job token where the platform would, before sending', async () => {
    const world = await start('none', await jobOnly());
    const seen = await world.call('dataops_list_projects');
    expect(seen.text).toMatch(/^missing_scope: .*CI job token only.*Nothing was sent/);
    expect(world.sent()).toBe(0);
    const jobs = await world.call('dataops_list_project_jobs', { project, limit: 1 });
    expect(jobs.isError, jobs.text).toBe(false);
    const [own] = (await world.call('check_connections')).data['connections'] as { facts: string[] }[];
    expect(own?.facts).toEqual([expect.stringMatching(/^job token of "Load Core Photos"/)]);
  });

  it('needs one of the two tokens', async () => {
    const { call } = await start('none');
    const seen = await call('check_connections');
    expect(seen.text).toMatch(/not_configured.*DATAOPS_TOKEN/);
  });
});

describe('refusals', () => {
  it('never claims absence, for the platform hides what a token may not see', async () => {
    const { call } = await start();
    for (const hidden of ['104', 'no/such-project']) {
      const seen = await call('dataops_get_project', { project: hidden });
      expect(seen.text).toMatch(/^not_found: Project is absent, or hidden from this token \("404 Project Not Found"\)/);
    }
  });

  it('repeats what met a lock, even a write', async () => {
    const { call, dataops } = await start();
    const body = '{"message":"409 Conflict: Resource lock"}';
    dataops.faults.add({ kind: 'status', status: 409, body, times: 1, match: { method: 'POST' } });
    const seen = await call('dataops_run_pipeline', { project, ref: 'main', wait_seconds: 0 });
    expect(seen.isError, seen.text).toBe(false);
    expect(seen.usage.retries).toBe(1);
  });

  it('does not repeat a write that failed', async () => {
    const { call, dataops } = await start();
    dataops.faults.add({ kind: 'status', status: 502, match: { method: 'POST' } });
    const seen = await call('dataops_run_pipeline', { project, ref: 'main' });
    expect(seen.text).toMatch(/^upstream_down: [\s\S]*It may have started/);
    expect(dataops.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });
});

describe('rate limits', () => {
  it('waits as long as a 429 asks, and says so', async () => {
    const { call, state, clock } = await start();
    state.quota.requests = 1;
    await clock.advance(30_000);
    await call('dataops_list_namespaces');
    const progress = vi.fn();
    const before = clock.now();
    const seen = await call('dataops_list_namespaces', {}, { progress });
    expect(seen.isError, seen.text).toBe(false);
    expect(clock.now() - before).toBeGreaterThanOrEqual(29_000);
    expect(progress.mock.calls.flat()).toContainEqual(expect.stringMatching(/asks to wait 30 s \(rate limit\)/));
  });

  it('waits for the next minute when a 429 has no headers', async () => {
    const { call, state, clock } = await start();
    state.quota.jobLists = 1;
    await clock.advance(40_000);
    await call('dataops_list_project_jobs', { project, limit: 1 });
    const seen = await call('dataops_list_project_jobs', { project, limit: 1 });
    expect(seen.isError, seen.text).toBe(false);
    expect(seen.usage).toMatchObject({ requests: 2, retries: 1 });
    expect(seen.usage.waitedMs).toBeGreaterThanOrEqual(19_000);
  });
});
