import { Fault } from '../../base/errors.ts';
import { nearest } from '../../base/nearest.ts';

/** Where the vendor describes every table. */
const schemaPages = 'https://docs.getdx.com/schema/';

/**
 * Tables of the Data Studio that every account has, and their columns, from the vendor's pages (read on 2026-12-01). Of
 * `bespoke_ai_tool_daily_metrics` only the name is there: its columns are those of the method that fills it. An account
 * has more: one family of tables for each connected tool, and its own in the schema `custom`.
 */
export const schemaTables: Readonly<Record<string, readonly string[]>> = {
  deployments: columns(
    'id reference_id service_id repository commit_sha attributed_at merge_commit_shas environment deployed_at success ' +
      'service source_url source_name integration_branch deployment_inference_rule_id deployment_service_id',
  ),
  deployment_services: columns('id name identifier latest_deployment_id'),
  deployment_service_memberships: columns('id deployment_id deployment_service_id'),
  deployment_metadata: columns('id deployment_id key value'),
  incidents: columns('id name priority source source_id source_url started_at resolved_at started_to_resolved deleted'),
  incident_services: columns('id incident_id service identifier'),
  pipeline_runs: columns(
    'id reference_id source_id pipeline_source_id name status started_at finished_at updated_at duration repository ' +
      'commit_sha head_branch pr_number pull_id dx_user_id email source_url github_repository_id github_username ' +
      'gitlab_project_id',
  ),
  github_pulls: columns(
    'id source_id repository_id user_id merged_by_user_id number title head_ref base_ref created updated closed merged ' +
      'first_commit_at ready_for_review draft merge_commit_sha open_to_merge',
  ),
  pull_requests: columns(
    'id additions base_ref bot_authored bot_name bot_type closed created deletions dx_versioned_team_member_id ' +
      'dx_user_id external_url external_id head_ref merge_commit_sha merged_by_user_id merged open_to_first_approval',
  ),
  custom_data: columns('id reference key value timestamp'),
  custom_metrics: columns('id reference key value metadata timestamp'),
  bespoke_ai_tool_daily_metrics: columns(
    'id email date is_active tool metrics input_tokens output_tokens cache_write_tokens cache_read_tokens spend_cents',
  ),
  dx_teams: columns(
    'id source_id source_parent_id source_manager_id name parent flattened_parent contributors deleted_at reference_id',
  ),
  dx_users: columns(
    'id source_id team_id name email avatar github_username additional_github_username gitlab_username developer ' +
      'start_date ai_light_adoption_date ai_moderate_adoption_date ai_heavy_adoption_date deleted_at',
  ),
  dx_catalog_entities: columns(
    'id source_id public_id identifier name created_at updated_at description entity_type_id entity_type_identifier ' +
      'domain_entity_id protected',
  ),
  dx_catalog_entity_relations: columns('id source_id relation_id source_entity_id target_entity_id'),
};

/** Which columns lead to which: read out of their names and the vendor's examples, which say no more. */
export const schemaJoins: Readonly<Record<string, readonly string[]>> = {
  deployments: ['deployment_service_id = deployment_services.id'],
  deployment_services: ['latest_deployment_id = deployments.id'],
  deployment_service_memberships: ['deployment_id = deployments.id', 'deployment_service_id = deployment_services.id'],
  deployment_metadata: ['deployment_id = deployments.id'],
  incident_services: ['incident_id = incidents.id'],
  pipeline_runs: ['dx_user_id = dx_users.id', 'pull_id = github_pulls.id'],
  pull_requests: ['dx_user_id = dx_users.id'],
  bespoke_ai_tool_daily_metrics: ['email = dx_users.email'],
  dx_users: ['team_id = dx_teams.id'],
  dx_catalog_entity_relations: [
    'source_entity_id = dx_catalog_entities.id',
    'target_entity_id = dx_catalog_entities.id',
  ],
};

function columns(names: string): readonly string[] {
  return names.split(' ');
}

/** A query that failed on the platform, with the database's reason and the table or column that was probably meant. */
export function failedQuery(reason: string): Fault {
  if (/timeout/i.test(reason))
    return new Fault({
      code: 'timed_out',
      message: `DX stopped the query: ${reason}`,
      hint: 'Filter earlier, for example by a shorter time, or aggregate before joining.',
    });
  const hint = [nearNames(reason), `${schemaPages} describes tables and columns.`];
  return new Fault({
    code: 'bad_arguments',
    message: `DX could not run the query: ${reason}`,
    hint: hint.filter(Boolean).join(' '),
  });
}

function nearNames(reason: string): string | undefined {
  const [, table] = /relation "(?:\w+\.)?(\w+)" does not exist/.exec(reason) ?? [];
  if (table !== undefined) {
    const near = nearest(table, Object.keys(schemaTables));
    return near && `Did you mean ${near} (${schemaTables[near]?.join(', ')})?`;
  }
  const [, column] = /column "?(?:\w+\.)?(\w+)"? does not exist/.exec(reason) ?? [];
  const near = column && nearest(column, new Set(Object.values(schemaTables).flat()));
  if (!near) return undefined;
  const holders = Object.keys(schemaTables).filter(name => schemaTables[name]?.includes(near));
  return `Did you mean ${near}, a column of ${holders.join(', ')}?`;
}
