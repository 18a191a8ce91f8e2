import { expect, it } from 'vitest';
import { startWorld } from '../support/harness.ts';

type Row = Record<string, unknown>;
const project = 'meridian/data/drill-assays';

async function report(tokens: number) {
  const { call } = await startWorld({
    platforms: ['dataops'],
    flags: { toolsets: 'dataops:jobs', answer_tokens: tokens },
  });
  const listed = await call('dataops_list_pipelines', { project, status: 'failed', limit: 1 });
  const [pipeline] = listed.data['items'] as { id: number }[];
  const seen = await call('dataops_get_test_report', { project, pipeline: pipeline?.id });
  expect(seen.isError, seen.text).toBe(false);
  const [suite] = seen.data['test_suites'] as { test_cases: Row[] }[];
  return { call, seen, cases: suite?.test_cases ?? [] };
}

it('a long list within one thing is stored, and the answer says where and shows its first rows', async () => {
  const whole = await report(4_000);
  expect(whole.cases).toHaveLength(13);
  expect(whole.seen.data['warnings']).toBeUndefined();

  const { call, seen, cases } = await report(500);
  expect(cases).toEqual(whole.cases.slice(0, 3));
  const [warning] = seen.data['warnings'] as string[];
  const stored = /^test_suites\.0\.test_cases: 3 of 13 rows are shown; all are stored as (result:\/\/\w+)\.$/;
  const uri = stored.exec(warning ?? '')?.[1];
  expect(uri, warning).toBeDefined();
  const read = await call('read_result', { result: uri, columns: ['name'], offset: 12 });
  expect(read.data['items']).toEqual([{ name: whole.cases[12]?.['name'] }]);
});
