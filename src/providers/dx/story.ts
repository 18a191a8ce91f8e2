import { isFault } from '../../base/errors.ts';
import type { Row } from '../../base/json-value.ts';
import { type Assistant, expect, rowsOf } from '../story.ts';

const service = 'booking-api';

const sql =
  'SELECT service, count(*) AS deployments, round(count(*) * 7 / 90.0, 1) AS per_week FROM deployments ' +
  "WHERE deployed_at > now() - interval '90 days' GROUP BY service ORDER BY deployments DESC";

/** A platform engineer's wish, carried out on the sandbox. Throws a fault when an answer is not what it must be. */
export async function story(assistant: Assistant): Promise<void> {
  assistant.person(
    'Platform engineer',
    `Record the deployment of ${service} that has just gone out. How often does each service deploy, over 90 days?`,
  );
  const before = await studioRows(assistant);
  assistant.says('I record it. Its key comes from the deployment itself: were the answer lost, I could send it again.');
  const deployment = { deployed_at: '10m', service, repository: `kestrel/${service}`, environment: 'production' };
  const made = await assistant.ask('dx_create_deployment', deployment);
  expect(typeof made.data['reference_id'] === 'string', 'the deployment has no reference_id');

  if (!before) {
    assistant.says(
      'It is recorded. The Data Studio of this sandbox answers SQL once DuckDB is there: npx -y data-platforms-mcp add sql.',
    );
    return;
  }
  assistant.says('Now I ask the Data Studio, in SQL. It queues the query; the server waits for it.');
  const answer = await assistant.ask('dx_run_query', { sql });
  const rows = rowsOf(answer);
  expect(countOf(rows) === countOf(before) + 1, 'the deployment is not in the table');
  const [most, least] = [rows[0] ?? {}, rows.at(-1) ?? {}];
  const { uri } = answer.data['result'] as { uri: string };
  assistant.says(
    `${String(most['service'])} deploys most, ${String(most['per_week'])} times a week, and ` +
      `${String(least['service'])} least, ${String(least['per_week'])} times. ` +
      `The whole table of ${rows.length} services is ${uri}.`,
  );
}

/** What the Data Studio says before; undefined where the sandbox has no engine for it. */
async function studioRows(assistant: Assistant): Promise<Row[] | undefined> {
  try {
    return rowsOf(await assistant.check('dx_run_query', { sql }));
  } catch (error) {
    if (isFault(error) && error.message.includes('no SQL engine')) return undefined;
    throw error;
  }
}

const countOf = (rows: readonly Row[]) => Number(rows.find(row => row['service'] === service)?.['deployments']);
