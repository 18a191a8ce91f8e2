import { expect, it, test } from 'vitest';
import { providers } from '../../src/providers/index.ts';
import { operationsOf } from '../../src/providers/provider.ts';
import { startWorld, unhurried } from '../support/harness.ts';

const code = await Promise.all(providers.map(provider => provider.load()));
const writes = code.flatMap(operationsOf).filter(({ risk, starts }) => risk !== 'reads' && !starts);

/** Where the example is about something that no seed has. */
const others: Record<string, Record<string, unknown>> = {
  datagrok_upload_file: { source: [{ a: 1 }] },
  datagrok_upload_table: { source: [{ a: 1 }] },
};

const saysNothing = new Set(['done', 'ok', 'status', 'warnings']);

test('every answer of a change says what was stored, sent or deleted', async () => {
  const world = await startWorld({ platforms: 'all', flags: { toolsets: 'all', yes: true } });
  let answered = 0;
  // Deletions last: what is deleted cannot be changed.
  const order = writes.toSorted((a, b) => Number(a.risk === 'deletes') - Number(b.risk === 'deletes'));
  for (const { name, example } of order) {
    const { isError, data, text } = await unhurried(world, name, { ...example.arguments, ...others[name] });
    if (isError) continue;
    answered += 1;
    expect(
      Object.keys(data).filter(field => !saysNothing.has(field)),
      `${name}: ${text}`,
    ).not.toEqual([]);
  }
  expect(answered).toBeGreaterThan(100);
}, 120_000);

it('shows what there is now, where the platform answers nothing', async () => {
  const { call } = await startWorld({ platforms: ['dataops'], flags: { toolsets: 'all', yes: true } });
  const scope = { project: 'meridian/data/drill-assays', enabled: false };
  const { data } = await call('dataops_set_job_token_scope', scope);
  expect(data).toMatchObject({ done: true, now: { inbound_enabled: false } });
});

it('a change whose reading fails is stored all the same, and says so', async () => {
  const { call, dataops } = await startWorld({ platforms: ['dataops'], flags: { toolsets: 'all', yes: true } });
  dataops.faults.add({ kind: 'status', status: 403, match: { method: 'GET', path: /job_token_scope/ } });
  const scope = { project: 'meridian/data/drill-assays', enabled: false };
  const { data, isError } = await call('dataops_set_job_token_scope', scope);
  expect(isError).toBe(false);
  expect(data).toMatchObject({
    done: true,
    sent: scope,
    warnings: [expect.stringMatching(/^It was stored; reading it back failed/)],
  });
});
