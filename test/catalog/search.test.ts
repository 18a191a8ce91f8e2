import { expect, it } from 'vitest';
import { search } from '../../src/catalog/search.ts';
import { providers } from '../../src/providers/index.ts';
import { loadManifest } from '../../src/server/manifest.ts';
import { startWorld } from '../support/harness.ts';

const { platforms } = await loadManifest();
const unlisted = providers.flatMap(({ name, defaultToolsets }) =>
  (platforms[name]?.operations ?? []).filter(({ toolset }) => !defaultToolsets.includes(toolset)),
);

/** What people ask, in their words, and the operation that answers it. */
const questions: readonly (readonly [string, string])[] = [
  ['put a file on a new branch', 'dataops_create_file'],
  ['commit a file to the repository', 'dataops_create_commit'],
  ['open a merge request', 'dataops_create_merge_request'],
  ['merge the merge request', 'dataops_merge_merge_request'],
  ['comment on a merge request', 'dataops_create_mr_note'],
  ['approve a merge request', 'dataops_approve_merge_request'],
  ['merge requests assigned to me', 'dataops_list_global_merge_requests'],
  ['create a branch', 'dataops_create_branch'],
  ['list branches', 'dataops_list_branches'],
  ['show the diff of a commit', 'dataops_list_commit_diffs'],
  ['who broke the build, last commits', 'dataops_list_commits'],
  ['CI variables of the project', 'dataops_list_project_variables'],
  ['add a secret variable to the project', 'dataops_create_project_variable'],
  ['environments and their deployments', 'dataops_list_deployments'],
  ['stop an environment', 'dataops_stop_environment'],
  ['download artifacts of the job', 'dataops_download_artifacts'],
  ['read one file of the artifacts', 'dataops_read_artifact'],
  ['retry a single job', 'dataops_retry_job'],
  ['start the manual job', 'dataops_play_job'],
  ['erase the job log', 'dataops_erase_job'],
  ['pause the nightly schedule', 'dataops_update_schedule'],
  ['change the time of the schedule', 'dataops_update_schedule'],
  ['add a member to the project', 'dataops_add_project_member'],
  ['who has access to the project', 'dataops_list_project_members'],
  ['create a release', 'dataops_create_release'],
  ['protect the branch', 'dataops_protect_branch'],
  ['test results of the pipeline', 'dataops_get_test_report'],
  ['issues assigned to me', 'dataops_list_global_issues'],
  ['which scopes has the token in use', 'dataops_get_current_token'],
  ['which user am I on DataOps', 'dataops_get_current_user'],
  ['scorecards below gold', 'dx_list_entity_scorecards'],
  ['survey scores of the last snapshot', 'dx_list_team_scores'],
  ['what do engineers say, comments', 'dx_list_driver_comments'],
  ['catalog entity relations', 'dx_list_relation_edges'],
  ['who owns the service payments', 'dx_get_entity'],
  ['initiative progress', 'dx_list_initiative_entities'],
  ['people in a team', 'dx_get_team'],
  ['trigger a self-service workflow', 'dx_trigger_workflow'],
  ['delete custom data', 'dx_delete_custom_data'],
  ['saved reports', 'dx_list_reports'],
  ['copilot usage metrics', 'dx_push_ai_tool_metrics'],
  ['list tables on datagrok', 'datagrok_list_tables'],
  ['delete a dashboard', 'datagrok_delete_project'],
  ['make a group of users on datagrok', 'datagrok_save_group'],
  ['add a user to a group on datagrok', 'datagrok_change_group_members'],
  ['databases connected to datagrok', 'datagrok_list_connections'],
  ['block a user', 'datagrok_block_user'],
  ['list my exports', 'datarock_list_exports'],
  ['is the datagrok server healthy', 'datagrok_check_health'],
  ['which dashboards are there', 'datagrok_list_projects'],
  ['find a group to share it with', 'datagrok_lookup_groups'],
  ['what files are in the share', 'datagrok_list_files'],
];

it.each(questions)('finds what answers "%s" among the first three', (question, operation) => {
  const found = search(unlisted, question).map(({ name }) => name);
  expect(found.slice(0, 3)).toContain(operation);
});

it('takes any word, and none', () => {
  expect(search(unlisted, 'constructor __proto__')).toEqual([]);
  expect(search(unlisted, 'is it')).not.toEqual([]);
});

it('knows the tools that are listed, too', () => {
  const all = providers.flatMap(({ name }) => platforms[name]?.operations ?? []);
  const first = (question: string) =>
    search(all, question)
      .slice(0, 5)
      .map(({ name }) => name);
  expect(first('deployment frequency per team')).toContain('dx_run_query');
  expect(first('lead time of teams')).toContain('dx_run_query');
  expect(first('why did the pipeline fail')).toContain('dataops_get_pipeline');
  expect(first('upload a file to datagrok')).toContain('datagrok_upload_file');
  expect(first('average duration per month')).toContain('datamin_get_pipeline_history');
});

it('never offers the opposite of what was asked for', async () => {
  const { call } = await startWorld({ platforms: ['dataops'] });
  const missing = ['dataops_remove_project_memberx', 'dataops_delete_mr_notes', 'dataops_create_branc'];
  const hints = await Promise.all(
    missing.map(async operation => (await call('call_write_operation', { operation })).text.split('Did you mean ')[1]),
  );
  expect(hints[0] ?? '').not.toContain('_add_');
  expect(hints[1]).toBe('dataops_delete_mr_note?');
  expect(hints[2]).toBe('dataops_create_branch?');
});
