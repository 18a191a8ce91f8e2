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
    const [, uri] = /call_for_each with rows "(batch:[^"]+)"/.exec(seen.text) ?? [];
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
