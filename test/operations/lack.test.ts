import { expect, it } from 'vitest';
import { providers } from '../../src/providers/index.ts';
import { operationsOf } from '../../src/providers/provider.ts';
import { startWorld } from '../support/harness.ts';

const records = (await Promise.all(providers.map(provider => provider.load()))).flatMap(operationsOf);

/** What is wrong beside the example of a record (null takes an argument of it away), and what is said. */
const lacking: readonly [operation: string, changed: Record<string, unknown>, told: RegExp][] = [
  ['dataops_create_file', { content: null }, /say what the file is to hold: content or source/],
  ['dataops_create_file', { source: 'a,b\n' }, /give either content or source, not both/],
  ['dataops_update_file', { content: null }, /content or source/],
  ['dataops_create_commit', { actions: [{ action: 'create', file_path: 'a' }] }, /action create needs content/],
  ['dataops_create_commit', { actions: [{ action: 'move', file_path: 'a' }] }, /action move needs previous_path/],
  ['dataops_create_commit', { actions: [{ action: 'chmod', file_path: 'a' }] }, /chmod needs execute_filemode/],
  ['dataops_list_blame_ranges', { first_line: 3 }, /first_line needs last_line/],
  ['dataops_list_project_search_hits', { scope: 'notes', ref: 'main' }, /ref goes with scope blobs or commits/],
  ['dataops_rotate_current_token', { show_value: null }, /set show_value/],
  ['dataops_rotate_current_project_token', { show_value: null }, /set show_value/],
  ['dataops_rotate_current_group_token', { show_value: null }, /set show_value/],
  ['dataops_create_commit_comment', { line: 3 }, /line needs path/],
  ['dataops_reorder_issue', { after: null }, /say where it goes: after or before/],
  ['datagrok_save_function', { language: null }, /source script needs language/],
  ['datagrok_save_function', { source: 'data-query' }, /source data-query needs query and data_connection/],
  ['datagrok_change_group_members', { add: null }, /say who: add or remove/],
  ['dx_create_deployment', { repository: null, integration_branch: 'main' }, /integration_branch needs repository/],
  ['dx_set_pull_services', { pull_number: null }, /name the pull request/],
  ['dx_upsert_pipeline_run', { commit_sha: 'd1a34f0' }, /commit_sha needs repository/],
  ['dx_upsert_pipeline_run', { pr_number: 4 }, /pr_number needs repository/],
  ['dx_get_custom_data', { key: null }, /reference needs key/],
  ['dx_delete_custom_data', { reference: null }, /key needs reference/],
  ['dx_track_event', { email: null }, /say who did it/],
  ['dx_get_team', { team_id: null }, /say which team: team_id or reference_id/],
  ['dx_get_repo_group', { reference_id: null }, /say which group: id or reference_id/],
  ['dx_add_repo_group_repos', { reference_id: null }, /say which group/],
  ['dx_remove_repo_group_repos', { reference_id: null }, /say which group/],
  ['dx_delete_repo_group', { reference_id: null }, /say which group/],
  ['dx_create_user_group', { members: null }, /say who is in it: team_id or members/],
  ['dx_create_user_group', { owner_email: null }, /members needs owner_email/],
  ['dx_update_user_group', { name: null }, /say what to change/],
  ['dx_list_dxi_breakdowns', { dimension_type: 'attribute' }, /dimension_type attribute needs attribute_group_id/],
  ['dx_list_driver_breakdowns', { attribute_group_id: '4' }, /attribute_group_id goes with dimension_type attribute/],
  ['dx_list_impact_breakdowns', { parent_snapshot_team_id: '4' }, /goes with dimension_type snapshotTeam alone/],
  ['dx_list_workflow_breakdowns', { dimension_type: 'attribute' }, /needs attribute_group_id/],
  ['dx_create_scorecard', { levels: null }, /type LEVEL needs levels/],
  ['dx_create_scorecard', { type: 'POINTS' }, /type POINTS needs check_groups/],
  ['dx_create_scorecard', { entity_filter_type: 'sql' }, /sql needs entity_filter_sql/],
  ['dx_set_survey_csat_order', { csat_ids: null }, /give an order: csat_ids or group_ids/],
];

it.each(lacking)('%s %j is told in words, and nothing is sent', async (operation, changed, told) => {
  const platform = operation.slice(0, operation.indexOf('_')) as 'dx';
  const world = await startWorld({ platforms: [platform], flags: { toolsets: 'all', yes: true } });
  const record = records.find(({ name }) => name === operation);
  const { text, isError } = await world.call(operation, { ...record?.example.arguments, ...changed });
  expect(isError, text).toBe(true);
  expect(text).toMatch(/^bad_arguments: Arguments of /);
  expect(text).toMatch(told);
  expect(world[platform].requests).toEqual([]);
});

it('every record that knows what belongs together is among them', () => {
  const known = records.filter(({ describeLack }) => describeLack).map(({ name }) => name);
  expect(known.filter(name => !lacking.some(([tried]) => tried === name))).toEqual([]);
});

it('nothing is missing from any example', () => {
  for (const { name, describeLack, input, example } of records)
    expect(describeLack?.(input.parse(example.arguments) as never), name).toBeUndefined();
});
