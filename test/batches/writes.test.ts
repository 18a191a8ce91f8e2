import { describe, expect, test } from 'vitest';
import { startWorld, type World } from '../support/harness.ts';

type Row = Record<string, unknown>;

const itemsOf = ({ data }: { data: Row }) => data['items'] as Row[];

const failing = Array.from({ length: 14 }, (_, index) => ({ project: `site-${index}`, reason: `reason ${index}` }));
const incidents = {
  operation: 'dx_upsert_incident',
  rows: failing,
  arguments: { reference_id: 'INC-{row}', started_at: '2026-11-20T08:00:00Z', name: '{project}: {reason}' },
};

const tokenIn = (text: string) => /confirm: "([^"]+)"/.exec(text)?.[1];

async function agreedEach({ call }: World, request: Row) {
  const { text } = await call('call_for_each', request);
  return call('call_for_each', { ...request, confirm: tokenIn(text) });
}

describe('a write tool', () => {
  const two = 'meridian/data/drill-assays, meridian/data/products/ore-quality';
  const branch = { project: two, branch: 'audit', ref: 'main' };

  async function agreed({ call }: World, tool: string, given: Row) {
    const asked = await call(tool, given);
    return { asked, seen: await call(tool, { ...given, confirm: tokenIn(asked.text) }) };
  }

  const posts = ({ dataops }: World) => dataops.requests.filter(({ method }) => method !== 'GET').length;

  test('takes many things as a reading does: one question lists them, each gets its outcome', async () => {
    const world = await startWorld({ platforms: ['dataops'], flags: { toolsets: 'all' } });
    const asked = await world.call('dataops_create_branch', branch);
    expect(asked.text).toMatch(
      /^needs_confirmation: Create branch, 2 times: meridian\/data\/drill-assays, meridian\/data\/products\/ore-quality\. For each: branch: "audit"; ref: "main"\. On DataOps\.live/,
    );
    expect(posts(world)).toBe(0);
    const seen = await world.call('dataops_create_branch', { ...branch, confirm: tokenIn(asked.text) });
    expect(seen.text).toMatch(/^dataops_create_branch: done for 2 of 2 projects\./);
    expect(itemsOf(seen)).toMatchObject([
      { project: 'meridian/data/drill-assays', outcome: 'done', error: null, name: 'audit' },
      { project: 'meridian/data/products/ore-quality', outcome: 'done', error: null, name: 'audit' },
    ]);
    // For one thing nobody is asked, as before; a list with one name is one thing.
    const one = await world.call('dataops_create_branch', { ...branch, project: ['101'], branch: 'alone' });
    expect(one.data).toMatchObject({ name: 'alone' });
  });

  test('takes a filter, and values from what the listing says of each thing', async () => {
    const world = await startWorld({ platforms: ['dataops'], flags: { toolsets: 'all' } });
    const { asked, seen } = await agreed(world, 'dataops_create_branch', {
      project: { active_since: '3 days ago' },
      branch: 'audit-{id}',
      ref: '{default_branch}',
    });
    expect(asked.text).toMatch(/^needs_confirmation: Create branch, 2 times: .*audit-101, main/);
    expect(itemsOf(seen).map(({ name }) => name)).toContain('audit-101');
    // What other languages write in braces is text.
    const { asked: text } = await agreed(world, 'dataops_create_branch', { ...branch, branch: 'x-${CI}-{{ y }}' });
    expect(text.text).toContain('branch: "x-${CI}-{{ y }}"');
    const typo = await world.call('dataops_create_branch', { ...branch, branch: '{nothing}' });
    expect(typo.text).toMatch(/^bad_arguments: .*no.* column "nothing"/i);
  });

  test('goes through the rows of a result: each row is a call, with its own values', async () => {
    const world = await startWorld({ platforms: ['dataops'], flags: { toolsets: 'all' } });
    const listed = await world.call('dataops_list_branches', { project: two });
    const rows = itemsOf(listed);
    const { uri } = listed.data['result'] as { uri: string };
    const { seen } = await agreed(world, 'dataops_create_branch', {
      project: { result: uri, column: 'project' },
      branch: '{name}-copy',
      ref: '{name}',
    });
    expect(itemsOf(seen), seen.text).toHaveLength(5);
    expect(itemsOf(seen).map(({ name }) => name)).toEqual(rows.map(({ name }) => `${name}-copy`));
    expect(itemsOf(seen).map(({ project }) => project)).toEqual(rows.map(({ project }) => project));
    const typo = await world.call('dataops_create_branch', { ...branch, project: { result: uri, column: 'projekt' } });
    expect(typo.text).toMatch(/^bad_arguments: .* has no column "projekt"/);
  });

  test('does again what failed, alone and corrected, and says apart what may have arrived', async () => {
    const world = await startWorld({ platforms: ['dataops'], flags: { toolsets: 'all' } });
    await world.call('dataops_create_branch', { project: '101', branch: 'audit', ref: 'main' });
    world.dataops.faults.add({
      kind: 'drop',
      match: { method: 'POST', path: /ore-quality\/.*branches|102\/.*branches/ },
      times: 1,
    });
    const { seen } = await agreed(world, 'dataops_create_branch', branch);
    expect(itemsOf(seen)).toMatchObject([{ outcome: 'failed' }, { outcome: 'may have been done' }]);
    const [, uri] = /"rows": "(batch:[^"]+)"/.exec(seen.text) ?? [];
    const before = posts(world);
    const { asked, seen: again } = await agreed(world, 'dataops_create_branch', { project: uri, branch: 'audit-2' });
    expect(asked.text).toMatch(/^needs_confirmation: Create branch, once: meridian\/data\/drill-assays\./);
    expect(itemsOf(again)).toMatchObject([{ project: 'meridian/data/drill-assays', outcome: 'done', name: 'audit-2' }]);
    expect(posts(world) - before).toBe(1);
  });

  test('that can cost something tells what each loses; above the limit it says how many and what is narrower', async () => {
    const world = await startWorld({ platforms: ['dataops'], flags: { toolsets: 'all', many_limit: 3 } });
    await agreed(world, 'dataops_create_branch', branch);
    const { asked, seen } = await agreed(world, 'dataops_delete_branch', { project: two, branch: 'audit' });
    expect(asked.text).toMatch(
      /^needs_confirmation: Delete branch, 2 times: 1\. Delete the branch .*2\. Delete the branch/,
    );
    expect(itemsOf(seen).map(({ outcome }) => outcome)).toEqual(['done', 'done']);
    const all = await world.call('dataops_create_branch', { ...branch, project: { search: 'meridian' } });
    expect(all.text).toMatch(/^too_large: dataops_create_branch is asked for \d+ projects; .*Nothing was sent yet/);
    expect(all.text).toMatch(
      /active_since.*call_for_each \{"operation": "dataops_create_branch", .*"confirm_many": \d+\}/s,
    );
  });

  test('starts a run for each, is not held to have failed while it runs, and says which ended badly', async () => {
    const world = await startWorld({ platforms: ['datamin'], flags: { toolsets: 'all' } });
    const { asked, seen } = await agreed(world, 'datamin_run_pipeline', {
      pipeline: 'Nightly revenue sync, Average basket',
    });
    expect(asked.text).toMatch(/^needs_confirmation: Run pipeline, 2 times/);
    let last = seen;
    for (let waits = 0; waits < 20 && last.data['run'] && !(last.data['run'] as Row)['final']; waits += 1)
      last = await world.call('wait_for_run', { run: (last.data['run'] as Row)['uri'], wait_seconds: 45 });
    expect(itemsOf(last).map(({ run }) => run)).toEqual([
      expect.stringMatching(/^datamin:\/\//),
      expect.stringMatching(/^datamin:\/\//),
    ]);
    expect(world.datamin.requests.filter(({ target }) => target.endsWith('/runs/')).length).toBe(2);
  });
});

describe('a change for many', () => {
  test('is asked about once with the list, takes values from the rows, and gives an outcome for each', async () => {
    const world = await startWorld({ platforms: ['dx'] });
    const asked = await world.call('call_for_each', incidents);
    expect(asked.text).toMatch(/^needs_confirmation: Upsert incident, 14 times: INC-1, site-0: reason 0, INC-2, /);
    expect(world.dx.requests).toEqual([]);
    const seen = await world.call('call_for_each', { ...incidents, confirm: tokenIn(asked.text) });
    expect(seen.text).toMatch(/^dx_upsert_incident: done for 14 of 14 rows\./);
    expect(itemsOf(seen).map(({ outcome }) => outcome)).toEqual(failing.map(() => 'done'));
    expect(world.dx.requests.length).toBe(14);
    // The agreement was for these rows, and is good once.
    const again = await world.call('call_for_each', { ...incidents, confirm: tokenIn(asked.text) });
    expect(again.text).toMatch(/^needs_confirmation/);
  });

  test('goes through a stored result, narrowed', async () => {
    const world = await startWorld({ platforms: ['datarock', 'dx'] });
    const listed = await world.call('datarock_list_artefacts', { project: 'all', fields: ['key', 'name'] });
    const { uri } = listed.data['result'] as { uri: string };
    const where = [{ column: 'key', op: '=', value: 'lithology' }];
    const seen = await agreedEach(world, {
      ...incidents,
      rows: uri,
      where,
      arguments: { ...incidents.arguments, name: '{project} {key}' },
    });
    expect(seen.text).toMatch(/done for 2 of 2 rows/);
  });

  test('with a mistake in one row, or a column that there is not, sends nothing and asks nobody', async () => {
    const { call, dx } = await startWorld({ platforms: ['dx'] });
    const rows = [...failing, { project: 'x', reason: 'y', at: 'purple' }].map(row => ({
      at: '2026-11-20T08:00:00Z',
      ...row,
    }));
    const wrong = await call('call_for_each', {
      ...incidents,
      rows,
      arguments: { ...incidents.arguments, started_at: '{at}' },
    });
    expect(wrong.text).toMatch(/^bad_arguments: INC-15, purple/);
    const missing = await call('call_for_each', { ...incidents, arguments: { name: '{nothing}' } });
    expect(missing.text).toMatch(/^bad_arguments: No row has the column "nothing"/);
    expect(dx.requests).toEqual([]);
  });

  test('that failed for some can be repeated for these alone', async () => {
    const world = await startWorld({ platforms: ['dataops'] });
    const rows = [{ name: 'one' }, { name: 'main' }, { name: 'two' }];
    const request = {
      operation: 'dataops_create_branch',
      rows,
      arguments: { project: 'meridian/data/drill-assays', branch: '{name}', ref: 'main' },
    };
    const seen = await agreedEach(world, request);
    expect(itemsOf(seen).map(({ outcome }) => outcome)).toEqual(['done', 'failed', 'done']);
    const [, uri] =
      /call_for_each \{"operation": "dataops_create_branch", "rows": "(batch:[^"]+)"\}/.exec(seen.text) ?? [];
    const posted = () => world.dataops.requests.filter(({ method }) => method === 'POST').length;
    const before = posted();
    const again = await agreedEach(world, { operation: 'dataops_create_branch', rows: uri });
    expect(itemsOf(again)).toMatchObject([{ row: 'main', outcome: 'failed' }]);
    expect(posted() - before).toBe(1);
  });

  test('that may have arrived is told apart and not sent again', async () => {
    const world = await startWorld({ platforms: ['dataops'] });
    world.dataops.faults.add({ kind: 'drop', match: { method: 'POST', path: /branches/ }, times: 1 });
    const request = {
      operation: 'dataops_create_branch',
      rows: [{ name: 'one' }],
      arguments: { project: '101', branch: '{name}', ref: 'main' },
    };
    const seen = await agreedEach(world, request);
    expect(itemsOf(seen)).toMatchObject([{ row: 'one', outcome: 'may have been done' }]);
    expect(seen.text).toContain('are not sent again: look first (one)');
  });

  test('that deletes tells what each would lose', async () => {
    const world = await startWorld({ platforms: ['dataops'] });
    const { data } = await world.call('call_read_operation', {
      operation: 'dataops_list_branches',
      arguments: { project: '101' },
    });
    const own = (data['items'] as Row[]).find(({ name }) => name !== 'main') as Row;
    const request = {
      operation: 'dataops_delete_branch',
      rows: [{ name: own['name'] }],
      arguments: { project: '101', branch: '{name}' },
    };
    const asked = await world.call('call_for_each', request);
    expect(asked.text).toMatch(/^needs_confirmation: Delete branch, once: 1\. Delete the branch/);
    expect(world.dataops.requests.every(({ method }) => method === 'GET')).toBe(true);
  });

  test('stands for things that an argument names', async () => {
    const world = await startWorld({ platforms: ['datamin'] });
    const request = { operation: 'datamin_run_pipeline', arguments: { pipeline: ['Nightly revenue sync', 'Nowhere'] } };
    const refused = await world.call('call_for_each', request);
    expect(refused.text).toMatch(/^not_found: .*Nowhere/);
    expect(world.datamin.requests.filter(({ method }) => method === 'POST')).toEqual([]);
  });
});
