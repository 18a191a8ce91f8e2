/**
 * What people ask of the search for operations, with what answers it: operations of which any is right, or none where
 * nothing here does it. `unseen` was written from general knowledge of the five platforms before anybody looked at the
 * records or at the search, and its wording stays as it is; `informed` was written by somebody who knows them.
 */
export interface Wish {
  words: string;
  /** Any of these is right; empty: it is not offered. */
  operations: readonly string[];
}

const wishes = (text: string): readonly Wish[] =>
  text
    .trim()
    .split('\n')
    .map(line => {
      const [words = '', names = ''] = line.split('|').map(part => part.trim());
      return { words, operations: names.split(' ').filter(Boolean) };
    });

export const unseen = wishes(`
  who changed this file last                     | dataops_list_blame_ranges dataops_list_commits dataops_get_file_facts
  search code for a table name                   | dataops_list_project_search_hits
  merge requests waiting for my review           | dataops_list_global_merge_requests
  create a new team                              |
  add a person to a team                         |
  who is on call                                 |
  AI tool adoption per team                      | dx_run_query
  merged pipeline configuration                  | dataops_lint_project_ci
  notifications                                  |
  webhooks                                       | dataops_list_webhooks
  remove someone's access                        | datagrok_block_user datagrok_change_group_members dataops_remove_project_member dataops_remove_group_member
  which drill holes have been processed          | datarock_list_holes
  get the rock quality designation of a project  | datarock_create_export datarock_list_artefacts
  download the core photos                       | datarock_list_artefacts datarock_create_export
  what lithology was logged in hole DDH007       | datarock_create_export datarock_list_artefacts
  list my drilling projects                      | datarock_list_projects
  how many fractures per metre                   | datarock_create_export datarock_list_artefacts
  restart the pipeline that broke last night     | dataops_retry_pipeline
  why did the job fail                           | dataops_get_job dataops_read_job_log dataops_get_pipeline
  show me the log of a job                       | dataops_read_job_log
  stop a running pipeline                        | dataops_cancel_pipeline
  start the nightly build now                    | dataops_play_schedule
  turn off the nightly schedule                  | dataops_update_schedule
  what runs every night                          | dataops_list_schedules
  set an environment variable that is hidden in logs | dataops_create_project_variable dataops_update_project_variable
  what secrets does CI have                      | dataops_list_project_variables
  change the value of a CI variable              | dataops_update_project_variable
  open a pull request                            | dataops_create_merge_request
  merge it once the checks pass                  | dataops_merge_merge_request
  approve a merge request                        | dataops_approve_merge_request
  what changed between two branches              | dataops_compare_refs
  make a new branch                              | dataops_create_branch
  delete an old branch                           | dataops_delete_branch
  read the dbt_project.yml                       | dataops_read_file
  commit a change to a file                      | dataops_update_file dataops_create_commit
  who can push to main                           | dataops_list_protected_branches dataops_get_protected_branch
  which access tokens are about to expire        | dataops_list_project_tokens dataops_list_group_tokens dataops_list_personal_tokens
  who has access to this repository              | dataops_list_effective_project_members dataops_list_project_members
  give jonas developer rights                    | dataops_add_project_member dataops_add_group_member dataops_update_project_member
  create a repository                            | dataops_create_project
  report a bug                                   | dataops_create_issue
  leave a comment on a merge request             | dataops_create_mr_note
  download the build artifacts                   | dataops_download_artifacts dataops_download_latest_artifacts
  which tests failed                             | dataops_get_test_report dataops_get_test_summary
  tag a release                                  | dataops_create_release dataops_create_tag
  share a dashboard with a colleague             | datagrok_share_dashboard
  upload a CSV as a table                        | datagrok_upload_table
  run a function on the server                   | datagrok_call_function
  who can see this dashboard                     |
  put a file into a shared folder                | datagrok_upload_file
  add someone to the geology group               | datagrok_change_group_members
  create a group of users                        | datagrok_save_group dx_create_user_group
  list database connections                      | datagrok_list_connections
  run a saved query                              | datagrok_call_function
  block a user account                           | datagrok_block_user
  record a deployment                            | dx_create_deployment dataops_create_deployment
  open an incident                               | dx_upsert_incident
  mark the outage as resolved                    | dx_upsert_incident
  which services fail the production readiness check | dx_list_entity_scorecards dx_list_scorecards dx_run_query
  who owns the booking service                   | dx_get_entity dx_list_entities
  register a new microservice in the catalog     | dx_create_entity dx_upsert_entity
  what did developers say in the survey          | dx_list_driver_comments
  query the engineering metrics with SQL         | dx_run_query
  DORA metrics deployment frequency              | dx_run_query
  send a custom metric                           | dx_push_custom_metric
  start a data pipeline run                      | datamin_run_pipeline dataops_run_pipeline
  how long does the pipeline usually take        | datamin_get_pipeline_stats datamin_get_pipeline_history
  which task of the run failed                   | datamin_get_run
  list the failed runs of yesterday              | datamin_list_runs
  what columns does the warehouse have           | dx_list_tables
  am I logged in everywhere                      | check_connections
  whose account is this token                    | dataops_get_current_user dataops_get_current_token datagrok_get_current_user dx_get_token
`);

export const informed = wishes(`
  undo a commit                                  | dataops_revert_commit
  backport a fix to the release branch           | dataops_cherry_pick_commit
  is this yml valid                              | dataops_lint_ci_text dataops_lint_project_ci
  stop anyone from pushing straight to main      | dataops_protect_branch
  let developers push to main again              | dataops_unprotect_branch
  clone a project into another group             | dataops_fork_project
  make the old project read only                 | dataops_archive_project
  throw away a repository for good               | dataops_delete_project
  groups below ours                              | dataops_list_subgroups dataops_list_descendant_groups
  is the group path still free                   | dataops_check_namespace
  close an issue                                 | dataops_update_issue
  reopen the ticket                              | dataops_update_issue
  tickets assigned to me                         | dataops_list_global_issues
  reply on a ticket                              | dataops_create_issue_note
  take back my approval                          | dataops_unapprove_merge_request
  who still has to approve                       | dataops_get_merge_request_approvals
  rebase my branch on main                       | dataops_rebase_merge_request
  CI runs of a merge request                     | dataops_list_mr_pipelines
  which MR introduced this commit                | dataops_list_commit_merge_requests
  git blame                                      | dataops_list_blame_ranges
  git log of a folder                            | dataops_list_commits
  how big is the file                            | dataops_get_file_facts
  secrets shared by all projects of a group      | dataops_list_group_variables
  rotate the deploy token of a project           | dataops_rotate_project_token
  kill an access token                           | dataops_revoke_project_token dataops_revoke_group_token
  which projects may use our job token           | dataops_list_allowed_projects
  tear down the feature environment              | dataops_stop_environment
  what is deployed to production                 | dataops_list_deployments dataops_get_environment
  release notes of the last version              | dataops_get_release dataops_list_releases
  published data products                        | dataops_list_project_packages dataops_list_group_packages
  free the space that old build outputs take     | dataops_delete_project_artifacts dataops_delete_artifacts
  keep the artifacts from expiring               | dataops_keep_artifacts
  read run_results.json of the last good run     | dataops_read_latest_artifact
  press play on the manual step                  | dataops_play_job
  abort a job                                    | dataops_cancel_job
  child pipelines                                | dataops_list_bridges dataops_get_pipeline
  make the schedule mine                         | dataops_take_schedule
  which GitLab version is it                     | dataops_get_version dataops_get_metadata
  lock out a user on datagrok                    | datagrok_block_user
  who wants to join our group                    | datagrok_list_membership_requests
  reject a request to join                       | datagrok_deny_membership
  check that the database answers                | datagrok_test_connection
  the SQL behind a query                         | datagrok_get_query datagrok_get_function
  mirror a folder of the file share              | datagrok_sync_folder
  remove a table from datagrok                   | datagrok_delete_table
  installed plugins on datagrok                  | datagrok_list_packages datagrok_list_published_packages
  is datagrok up                                 | datagrok_check_health
  change the password of a data connection       | datagrok_save_credentials
  give the bot account read access to a script   | datagrok_share_entity
  dashboards I opened recently                   | datagrok_list_recent_projects
  what does the payments API depend on           | dx_list_relation_edges
  team of these email addresses                  | dx_find_team_by_members
  reporting lines of the organisation            | dx_list_hierarchy_teams
  developer experience index by team             | dx_list_dxi_breakdowns
  time lost to obstacles                         | dx_list_impact_scores dx_list_impact_breakdowns
  satisfaction with our tools in their words     | dx_list_csat_comments
  how many people answered the survey            | dx_list_snapshots
  what will the next survey ask                  | dx_get_survey_configuration
  overdue tasks of a campaign                    | dx_list_initiative_entities
  unregister a service                           | dx_delete_entity
  record copilot usage                           | dx_push_ai_tool_metrics dx_push_all_ai_tool_metrics
  rename a team                                  |
  reset my password                              |
  send an email to the team                      |
  post to slack                                  |
  who was on call last night                     |
  wiki pages                                     |
  weather at the mine                            |
  delete a drill hole                            |
  delete a pipeline in datamin                   |
  is this reliable, success rate over 12 months  | datamin_get_pipeline_history
  exports I made before on datarock              | datarock_list_exports
  give read access on the repository to anna     | dataops_add_project_member
  list everyone in the group                     | dataops_list_group_members dataops_list_effective_group_members datagrok_list_group_members
  what is in the commit abc                      | dataops_get_commit dataops_list_commit_diffs
  cancel the job                                 | dataops_cancel_job
  diff of the merge request                      | dataops_list_merge_request_diffs dataops_get_merge_request_changes
  conflicts in a merge request                   | dataops_get_merge_request
  edit a SQL file                                | dataops_update_file
  list folders in the repo                       | dataops_list_files
  delete a tag                                   | dataops_delete_tag
  how did the nightly do this week               | dataops_list_schedule_pipelines dataops_list_pipelines
  add a parameter to the schedule                | dataops_add_schedule_variable
  close the merge request                        | dataops_update_merge_request
  environments of the project                    | dataops_list_environments
  average pipeline duration                      | datamin_get_pipeline_stats datamin_get_pipeline_history
  retry the failed job                           | dataops_retry_job
  search issues for a word                       | dataops_list_issues dataops_list_search_hits dataops_list_project_search_hits dataops_list_group_search_hits
  unblock a user                                 | datagrok_unblock_user
  delete a file on datagrok                      | datagrok_delete_file
  which groups is jonas in                       | datagrok_list_group_memberships
  rename a datagrok group                        | datagrok_save_group
  write a script for datagrok                    | datagrok_save_function datagrok_save_script
  spaces                                         | datagrok_list_spaces
  scorecard checks of a service                  | dx_list_entity_scorecards
  list initiatives                               | dx_list_initiatives
  what did we deploy yesterday                   | dataops_list_deployments dx_run_query
  NPS of the engineers                           |
  attach metadata to a service                   | dx_set_custom_data
  list all teams                                 | dx_list_teams
  members of a team                              | dx_get_team
  user attributes                                | dx_list_attribute_groups dx_list_users dx_set_user_attributes
  start a self service action                    | dx_trigger_workflow
  mean time to restore                           | dx_run_query
  datamin pipeline success rate                  | datamin_get_pipeline_stats datamin_get_pipeline_history
  download an export                             | datarock_download_export
  cancel an export                               |
  audit log                                      | dx_list_team_events
  merge conflicts                                | dataops_get_merge_request
  delete a user                                  |
  create an API token                            | dataops_create_project_token dataops_create_group_token
  change the owner of a service                  | dx_update_entity
  add a dependency between two services          | dx_add_relation_edge dx_upsert_relation_edges
  transfer a project to another group            |
  list runners                                   |
  milestones                                     | dataops_list_search_hits dataops_list_group_search_hits
  put a file on a new branch                     | dataops_create_file
  commit a file to the repository                | dataops_create_commit
  open a merge request                           | dataops_create_merge_request
  merge the merge request                        | dataops_merge_merge_request
  comment on a merge request                     | dataops_create_mr_note
  approve a merge request                        | dataops_approve_merge_request
  merge requests assigned to me                  | dataops_list_global_merge_requests
  create a branch                                | dataops_create_branch
  list branches                                  | dataops_list_branches
  show the diff of a commit                      | dataops_list_commit_diffs
  who broke the build, last commits              | dataops_list_commits
  CI variables of the project                    | dataops_list_project_variables
  add a secret variable to the project           | dataops_create_project_variable
  environments and their deployments             | dataops_list_deployments
  stop an environment                            | dataops_stop_environment
  download artifacts of the job                  | dataops_download_artifacts
  read one file of the artifacts                 | dataops_read_artifact
  retry a single job                             | dataops_retry_job
  start the manual job                           | dataops_play_job
  erase the job log                              | dataops_erase_job
  pause the nightly schedule                     | dataops_update_schedule
  change the time of the schedule                | dataops_update_schedule
  add a member to the project                    | dataops_add_project_member
  who has access to the project                  | dataops_list_project_members
  create a release                               | dataops_create_release
  protect the branch                             | dataops_protect_branch
  test results of the pipeline                   | dataops_get_test_report
  issues assigned to me                          | dataops_list_global_issues
  which scopes has the token in use              | dataops_get_current_token
  which user am I on DataOps                     | dataops_get_current_user
  scorecards below gold                          | dx_list_entity_scorecards
  survey scores of the last snapshot             | dx_list_team_scores
  what do engineers say, comments                | dx_list_driver_comments
  catalog entity relations                       | dx_list_relation_edges dx_list_relations
  who owns the service payments                  | dx_get_entity
  initiative progress                            | dx_list_initiative_entities
  people in a team                               | dx_get_team
  trigger a self-service workflow                | dx_trigger_workflow
  delete custom data                             | dx_delete_custom_data
  saved reports                                  | dx_list_reports
  copilot usage metrics                          | dx_push_ai_tool_metrics
  list tables on datagrok                        | datagrok_list_tables
  delete a dashboard                             | datagrok_delete_project
  make a group of users on datagrok              | datagrok_save_group
  add a user to a group on datagrok              | datagrok_change_group_members
  databases connected to datagrok                | datagrok_list_connections
  block a user                                   | datagrok_block_user
  list my exports                                | datarock_list_exports
  is the datagrok server healthy                 | datagrok_check_health
  which dashboards are there                     | datagrok_list_projects
  find a group to share it with                  | datagrok_lookup_groups
  what files are in the share                    | datagrok_list_files
  take a person's access to a project away        | dataops_remove_project_member
  take somebody out of a group                     | dataops_remove_group_member datagrok_change_group_members
  make amara a maintainer                          | dataops_update_project_member dataops_update_group_member
  what role does liam have here                    | dataops_get_effective_project_member dataops_get_effective_group_member dataops_get_project_member dataops_get_group_member
  let in everybody who waits for the group         | dataops_approve_all_group_members dataops_approve_group_member
  share a project with another group               | dataops_share_project
  which groups can see this project                | dataops_list_project_groups
  delete a whole group with its projects           | dataops_delete_group
  rename a group                                   | dataops_update_group
  set my status to busy                            | dataops_update_user_status
  add a webhook                                    | dataops_create_webhook
  why does the webhook not arrive                  | dataops_list_webhook_events dataops_get_webhook dataops_test_webhook
  send the failed webhook delivery again           | dataops_resend_webhook_event
  try a webhook out                                | dataops_test_webhook
  stop calling that url on every push              | dataops_delete_webhook
  protect a tag                                    | dataops_protect_tag
  who may create release tags                      | dataops_list_protected_tags dataops_get_protected_tag
  let developers push to qa                        | dataops_update_protected_branch dataops_unprotect_branch
  rotate a group's token                           | dataops_rotate_group_token
  renew my personal access token                   | dataops_rotate_personal_token
  this token leaked, kill it                       | dataops_revoke_current_token dataops_revoke_personal_token
  my own access tokens                             | dataops_list_personal_tokens
  which projects can this token reach              | dataops_get_token_associations
  who reviews this merge request                   | dataops_list_mr_reviewers
  how long did the merge request take              | dataops_get_mr_time
  log two hours on an issue                        | dataops_add_issue_spent_time
  link two issues                                  | dataops_create_issue_link
  what blocks this ticket                          | dataops_list_issue_links
  move an issue to another project                 | dataops_move_issue
  how many issues are open                         | dataops_get_issue_statistics
  which merge request closes this issue            | dataops_list_issue_closed_by dataops_list_issue_merge_requests
  thumbs up on a comment of a merge request        | dataops_add_mr_note_award
  publish my review comments                       | dataops_publish_all_draft_notes dataops_publish_draft_note
  do not merge it automatically any more           | dataops_cancel_auto_merge
  who still may approve, which approval rules      | dataops_get_mr_approval_state dataops_get_merge_request_approvals
  the merge request as a patch file                | dataops_download_mr_diff
  duplicate a ticket                               | dataops_clone_issue
  download the whole repository as a zip           | dataops_download_archive
  who contributes most to this repository          | dataops_list_contributors
  write release notes from the commits             | dataops_get_changelog dataops_commit_changelog
  common ancestor of two branches                  | dataops_get_merge_base
  is this commit signed                            | dataops_get_commit_signature
  delete all branches that are merged              | dataops_prune_merged_branches
  report an external check on a commit             | dataops_create_commit_status
  the latest release                               | dataops_get_latest_release dataops_list_releases
  attach a link to a release                       | dataops_create_release_link
  what happened in the project this week           | dataops_list_project_events
  what has amara done lately                       | dataops_list_user_events
  which forks are there                            | dataops_list_forks
  which jobs wait for the same resource            | dataops_list_upcoming_jobs dataops_list_resource_groups
  let a blocked deployment through                 | dataops_approve_deployment
  what went live with this deployment              | dataops_list_deployment_mrs
  stop environments nobody uses any more           | dataops_stop_stale_environments
  comment on a commit                              | dataops_create_commit_comment
`);

/**
 * Written by a third hand, as geologists, data engineers and platform teams talk, when the search had been tuned to the
 * other two, and before it was asked: it answered 37 % of them first and 43 % within three. Then it was made less strict
 * about long sentences, which no other set has. Nothing of a record was written for these, and nothing shall be.
 */
export const fresh = wishes(`
  how far along is the core logging for hole 12                             |
  give me the fracture counts for every hole of Copperhead                  | datarock_create_export
  which drill projects can I see                                            | datarock_list_projects
  is the lithology of Deepwater ready to download                           | datarock_list_artefacts datarock_get_export datarock_list_exports
  I need the RQD numbers in Excel                                           | datarock_create_export export_result
  what products are there for this drilling campaign                        | datarock_list_artefacts
  did my export from this morning finish                                    | datarock_list_exports datarock_get_export
  download that export again                                                | datarock_download_export
  how deep was the depth registration done                                  | datarock_create_export datarock_list_artefacts
  show me all boreholes of Iron Knoll                                       | datarock_list_holes
  what broke last night                                                     | dataops_list_pipelines datamin_list_runs
  which job went red and what did it print                                  | dataops_read_job_log dataops_list_pipeline_jobs dataops_get_pipeline
  kick off the nightly load again                                           | dataops_run_pipeline dataops_play_schedule dataops_retry_pipeline
  stop the build that is hanging                                            | dataops_cancel_pipeline dataops_cancel_job
  which branches does the assays repo have                                  | dataops_list_branches
  open a branch for my fix                                                  | dataops_create_branch
  what did Jonas commit this week                                           | dataops_list_commits
  put my change up for review                                               | dataops_create_merge_request
  what reviews are waiting in our group                                     | dataops_list_group_merge_requests
  accept the merge once it is green                                         | dataops_merge_merge_request
  leave a comment on the merge request                                      | dataops_create_mr_note
  turn off the schedule for the weekend                                     | dataops_update_schedule
  when does the nightly run next                                            | dataops_list_schedules dataops_get_schedule
  add a secret for the warehouse password to the project                    | dataops_create_project_variable
  which variables does the pipeline get                                     | dataops_list_project_variables dataops_list_pipeline_variables
  who can push to main                                                      | dataops_list_protected_branches
  give Petra developer rights on the project                                | dataops_add_project_member dataops_update_project_member
  kick Tom out of the group                                                 | dataops_remove_group_member datagrok_change_group_members
  what is in the dbt manifest file of that run                              | dataops_read_artifact
  fetch the artifacts of the test job                                       | dataops_download_artifacts dataops_list_artifacts
  which of our tokens are about to run out                                  | dataops_list_project_tokens dataops_list_personal_tokens dataops_list_group_tokens
  tag this as version 2.3                                                   | dataops_create_tag
  write release notes for 2.3                                               | dataops_create_release dataops_update_release
  raise a bug about the missing assays                                      | dataops_create_issue
  close the ticket about duplicate collars                                  | dataops_update_issue
  where in the repo is the table ASSAY_INTERVALS mentioned                  | dataops_list_project_search_hits
  show me the sql of that model                                             | dataops_read_file
  diff between dev and main                                                 | dataops_compare_refs
  which environments do we deploy to                                        | dataops_list_environments
  roll the last commit back                                                 | dataops_revert_commit
  is the yaml of the pipeline valid                                         | dataops_lint_project_ci dataops_lint_ci_text
  put this table on Datagrok so that the geologists can open it             | datagrok_upload_table
  make a dashboard out of these two tables                                  | datagrok_create_dashboard
  let the geology team look at my dashboard                                 | datagrok_share_dashboard
  who is in the core shed group                                             | datagrok_list_group_members datagrok_get_group
  run the assay query for hole DDH007                                       | datagrok_call_function
  which scripts are there on the server                                     | datagrok_list_functions datagrok_list_scripts
  what files lie in the demo share                                          | datagrok_list_files
  save this csv into my home folder                                         | datagrok_upload_file
  lock the account of somebody who left                                     | datagrok_block_user
  is the Datagrok server healthy                                            | datagrok_check_health check_connections
  test whether the database connection works                                | datagrok_test_connection
  our deployment frequency this quarter                                     | dx_run_query
  record that we shipped booking-api to production                          | dx_create_deployment
  there is an outage of the ledger, log it                                  | dx_upsert_incident
  the outage is over                                                        | dx_upsert_incident
  who owns the notification service                                         | dx_get_entity dx_list_entities
  which services have no runbook                                            | dx_list_entities dx_list_entity_tasks dx_list_entity_scorecards dx_run_query
  what do developers complain about                                         | dx_list_driver_comments dx_list_csat_comments
  how satisfied are people with code review                                 | dx_list_driver_scores
  which team is Lin Park on                                                 | dx_find_team_by_members dx_get_team dx_list_users
  upload yesterday's copilot usage                                          | dx_push_ai_tool_metrics dx_push_all_ai_tool_metrics
  how is the initiative on on-call readiness going                          | dx_get_initiative dx_list_initiatives dx_list_initiative_entities
  which data pipelines do we have on Datamin                                | datamin_list_pipelines
  how often did the churn pipeline fail this month                          | datamin_get_pipeline_stats datamin_get_pipeline_history
  start the stock refresh by hand                                           | datamin_run_pipeline
  did the revenue sync get slower over the year                             | datamin_get_pipeline_history
  what did the last run of average basket produce                           | datamin_get_run datamin_list_runs
  who may I ask about the sandbox account, which login is this              | check_connections dataops_get_current_user datagrok_get_current_user
`);
