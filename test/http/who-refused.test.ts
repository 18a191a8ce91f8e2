import { describe, expect, it, test } from 'vitest';
import { seed } from '../../src/providers/datamin/simulator/seed/seed.ts';
import { startWorld } from '../support/harness.ts';

/** A content network's page in front of the platform. */
const challenge =
  '<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Please wait while your browser is checked.</body></html>';

const readings = [
  ['datarock', 'datarock_list_projects', {}],
  ['dataops', 'dataops_list_projects', {}],
  ['datagrok', 'datagrok_list_groups', {}],
  ['datamin', 'datamin_get_pipeline_last_run', { pipeline: seed.nightly.uuid }],
  ['dx', 'dx_list_scorecards', {}],
] as const;

describe.each(readings)('%s', (platform, tool, args) => {
  const world = () => startWorld({ platforms: [platform], flags: { toolsets: 'all' } });

  test.each([401, 403, 451])('%d with a web page is told as that, and not as the credential’s fault', async status => {
    const { call, ...rest } = await world();
    const { faults } = (rest as unknown as Record<string, { faults: { add(fault: unknown): () => void } }>)[
      platform
    ] as { faults: { add(fault: unknown): () => void } };
    const off = faults.add({ kind: 'status', status, body: challenge });
    const seen = await call(tool, args);
    expect(seen.isError).toBe(true);
    // Datamin fetches a token first, and its page stands where that should be.
    expect(seen.text).toMatch(/^(rejected: Something before|bad_upstream_reply: .*a web page)/);
    if (platform !== 'datamin') expect(seen.text).toContain('"Just a moment..."');
    expect(seen.text).not.toMatch(/scope|role|permission|expired|revoked|quota|rate/i);
    off();
    // It has not closed the way for those who come later.
    expect((await call(tool, args)).text).not.toMatch(/rate_limited|quota/);
  });
});

it('a page that stands in the way of a change has not stored anything', async () => {
  const { call, dataops } = await startWorld({ platforms: ['dataops'], flags: { toolsets: 'all', yes: true } });
  dataops.faults.add({ kind: 'status', status: 403, body: challenge, match: { method: 'POST' } });
  const branch = { project: 'meridian/data/drill-assays', branch: 'fix', ref: 'main' };
  const seen = await call('dataops_create_branch', branch);
  expect(seen.text).toMatch(/^rejected: Something before DataOps\.live answered 403/);
  expect(seen.text).not.toMatch(/may have been/);
});

describe('404', () => {
  test.each([
    ['datarock', 'datarock_list_exports', {}],
    ['dataops', 'dataops_list_groups', {}],
    ['dx', 'dx_list_initiatives', {}],
    ['datagrok', 'datagrok_list_tables', {}],
  ] as const)('on a listing of %s: this server does not offer it', async (platform, tool, args) => {
    const world = await startWorld({ platforms: [platform], flags: { toolsets: 'all' } });
    (world as unknown as Record<string, { faults: { add(fault: unknown): void } }>)[platform]?.faults.add({
      kind: 'status',
      status: 404,
      body: 'nothing here',
    });
    const { text } = await world.call(tool, args);
    expect(text).toMatch(new RegExp(`^not_found: .*(does not offer ${tool}|${tool})`));
    expect(text).toMatch(/not offer|may not list/);
    expect(text).not.toMatch(/Check the id/);
  });

  it('with an error in its body is quoted before the configuration is blamed', async () => {
    const { call, dataops } = await startWorld({ platforms: ['dataops'] });
    const change = () => ({ error: 'The branch was archived' });
    dataops.faults.add({ kind: 'status', status: 404, body: JSON.stringify(change()) });
    const { text } = await call('dataops_get_project', { project: 'meridian/data/drill-assays' });
    expect(text).toMatch(/^not_found: .*The branch was archived/);
    expect(text).not.toMatch(/base URL/);
  });

  it('of a path among artifacts leads to the files that are there', async () => {
    const { call } = await startWorld({ platforms: ['dataops'], flags: { toolsets: 'all' } });
    const args = { project: 'meridian/data/drill-assays', job: '20451', path: 'target/run_result.json' };
    const { text } = await call('dataops_read_artifact', args);
    expect(text).toMatch(/Next: dataops_list_artifacts shows the files/);
    expect(text).not.toMatch(/dataops_list_projects/);
  });
});

it('403 on a group speaks of the group', async () => {
  const { call, dataops } = await startWorld({ platforms: ['dataops'], flags: { toolsets: 'all' } });
  dataops.faults.add({ kind: 'status', status: 403 });
  const { text } = await call('dataops_list_group_members', { group: 'meridian' });
  expect(text).toMatch(/^missing_scope: .*\nNext: The role of this token in the group/);
  expect(text).not.toMatch(/project/);
});
