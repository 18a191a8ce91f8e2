import { expect, it } from 'vitest';
import { type Row, startAssistant } from '../support/assistant.ts';

it('finds where builds hurt most and what people say of it, from the names of things, in five calls', async () => {
  const { ask, read, spent } = await startAssistant({ speed: 10, era: 'legacy' });

  const found = await ask('find_operation', { query: 'scores of the survey and what people commented' });
  const names = (found.data['operations'] as { name: string }[]).map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['dx_list_team_scores', 'dx_list_driver_comments']));
  const { data: snapshots } = await read('dx_list_snapshots', {});
  const [latest] = snapshots['items'] as { scheduled_for: string }[];
  const snapshot_id = latest?.scheduled_for;
  const { data: scores } = await read('dx_list_team_scores', { snapshot_id, limit: 'all' });
  const { uri } = scores['result'] as { uri: string };
  const worst = await ask('query_result', {
    sql: `SELECT team, score FROM "${uri}" WHERE item_name = 'Build and test' AND NOT is_parent ORDER BY score, team LIMIT 3`,
  });
  expect(worst.text).toMatch(/team,score\nData Platform,0\nDelivery Tools,0\nMobile Apps,0$/);
  const { data: comments } = await read('dx_list_driver_comments', { snapshot_id, fields: ['driver_name', 'text'] });
  expect((comments['items'] as Row[]).some(({ driver_name }) => driver_name === 'Build and test')).toBe(true);
  expect(spent.calls).toBe(5);
  expect(spent.tokens).toBeLessThanOrEqual(8_000);
});
