import { expect, it } from 'vitest';
import { type Row, startAssistant } from '../support/assistant.ts';

it('"record this deployment, and how often does each service deploy, over 90 days, as a table" in two calls over stdio', async () => {
  const { ask } = await startAssistant();
  const frequency = async () => {
    const sql = `SELECT service, count(*) AS deployments FROM deployments
      WHERE deployed_at > now() - interval '90 days' GROUP BY service ORDER BY service`;
    const { data } = await ask('dx_run_query', { sql });
    expect(data).toMatchObject({ run: { status: 'succeeded', final: true }, page: { complete: true } });
    const { items, result } = data as { items: Row[]; result: { uri: string; rows: number } };
    expect(result.rows).toBe(items.length);
    return { items, uri: result.uri };
  };
  const before = await frequency();
  expect(before.items).toHaveLength(18);
  const service = 'booking-api';
  const deployment = { deployed_at: '10m', service, repository: `kestrel/${service}`, environment: 'production' };
  const made = await ask('dx_create_deployment', deployment);
  const { reference_id, deployed_at } = made.data as Record<string, string>;
  // The same again, as after an answer that never came: nothing is recorded twice.
  const same = { ...deployment, deployed_at, reference_id };
  const again = await ask('dx_create_deployment', same);
  const { asked: _, ...recorded } = made.data as Row;
  expect(again.data).toEqual(recorded);

  const after = await frequency();
  expect(after.items).toEqual(
    before.items.map(row =>
      row['service'] === service ? { ...row, deployments: Number(row['deployments']) + 1 } : row,
    ),
  );
  const read = await ask('read_result', { result: after.uri, limit: 100 });
  expect(read.data['items']).toEqual(after.items);
});
