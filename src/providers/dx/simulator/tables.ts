import type { SqlRow, SqlTable } from '../../../sandbox/sql/engine.ts';
import type { SqlType } from '../../../sandbox/sql/values.ts';
import { lineOf, teamsNow } from './team-tree.ts';
import type { Deployment } from './things/data-cloud.ts';
import type { Team } from './things/people.ts';
import { iso, isoOrNull, type World } from './world.ts';

// Tables and columns as https://docs.getdx.com/schema/ has them. Of bespoke_ai_tool_daily_metrics only the name is
// public; its columns are those of the method that fills it.

const types: Readonly<Record<string, SqlType>> = {
  bigint: 'bigint',
  float: 'double precision',
  text: 'text',
  list: 'text[]',
  flag: 'boolean',
  time: 'timestamp',
  date: 'date',
  json: 'jsonb',
};

/** `columns`: names, each with its type after a colon; text by default. */
function table(columns: string, rows: () => readonly SqlRow[]): SqlTable {
  const named = columns.split(' ').map((word): [string, SqlType] => {
    const [name = '', type = 'text'] = word.split(':');
    return [name, types[type] ?? 'text'];
  });
  return { columns: Object.fromEntries(named), rows };
}

/** Everything that a query of the Data Studio sees. */
export function tablesOf(world: World, now: number): Record<string, SqlTable> {
  return { ...deliveryTables(world), ...customTables(world), ...peopleTables(world, now), ...catalogTables(world) };
}

/** Ids of rows follow from the place of a thing among the others. */
const idsOf = (names: Iterable<string>): Map<string, number> =>
  new Map([...new Set(names)].map((name, index) => [name, index + 1]));

function deliveryTables(world: World): Record<string, SqlTable> {
  const deployments = (): Deployment[] => [...world.deployments.values()];
  const services = () => idsOf(deployments().map(({ service }) => service.identifier));
  const incidents = () => [...world.incidents.values()];
  const sources = () => idsOf([...world.pipelineRuns.values()].map(({ pipeline_source }) => pipeline_source));
  return {
    deployments: table(
      'id:bigint reference_id service_id:bigint repository commit_sha attributed_at:time merge_commit_shas:list ' +
        'environment deployed_at:time success:flag service source_url source_name integration_branch ' +
        'deployment_inference_rule_id:bigint deployment_service_id:bigint',
      () => {
        const ids = services();
        return deployments().map(({ service, deployed_at, metadata: _, ...rest }, index) => ({
          success: true,
          ...rest,
          environment: rest.environment ?? 'production',
          id: index + 1,
          service: service.name,
          deployment_service_id: ids.get(service.identifier),
          deployed_at: iso(deployed_at),
          attributed_at: rest.repository === undefined ? null : iso(deployed_at),
        }));
      },
    ),
    deployment_services: table('id:bigint name identifier latest_deployment_id:bigint', () =>
      [...services()].map(([identifier, id]) => ({
        id,
        name: deployments().find(({ service }) => service.identifier === identifier)?.service.name,
        identifier,
        latest_deployment_id: deployments().findLastIndex(({ service }) => service.identifier === identifier) + 1,
      })),
    ),
    deployment_service_memberships: table('id:bigint deployment_id:bigint deployment_service_id:bigint', () => {
      const ids = services();
      return deployments().map(({ service }, index) => ({
        id: index + 1,
        deployment_id: index + 1,
        deployment_service_id: ids.get(service.identifier),
      }));
    }),
    deployment_metadata: table('id:bigint deployment_id:bigint key value', () =>
      deployments()
        .flatMap(({ metadata }, index) =>
          Object.entries(metadata ?? {}).map(([key, value]) => ({
            deployment_id: index + 1,
            key,
            value: typeof value === 'object' ? JSON.stringify(value) : String(value),
          })),
        )
        .map((row, index) => ({ id: index + 1, ...row })),
    ),
    incidents: table(
      'id:bigint name priority source source_id source_url started_at:time resolved_at:time ' +
        'started_to_resolved:bigint deleted:flag',
      () =>
        incidents().map(
          ({ reference_id, name, priority, source_url, source_name, started_at, resolved_at }, index) => ({
            id: index + 1,
            name,
            priority,
            source: source_name ?? 'api',
            source_id: reference_id,
            source_url,
            started_at: iso(started_at),
            resolved_at: isoOrNull(resolved_at),
            started_to_resolved: resolved_at == null ? null : Math.round((resolved_at - started_at) / 1000),
            deleted: false,
          }),
        ),
    ),
    incident_services: table('id:bigint incident_id:bigint service identifier', () =>
      incidents()
        .flatMap(({ services: named }, index) =>
          named.map(({ identifier, name }) => ({ incident_id: index + 1, service: name, identifier })),
        )
        .map((row, index) => ({ id: index + 1, ...row })),
    ),
    pipeline_runs: table(
      'id:bigint reference_id source_id pipeline_source_id:bigint name status started_at:time finished_at:time ' +
        'updated_at:time duration:bigint repository commit_sha head_branch pr_number:bigint pull_id:bigint ' +
        'dx_user_id:bigint email source_url github_repository_id:bigint github_username gitlab_project_id:bigint',
      () => {
        const ids = sources();
        return [...world.pipelineRuns.values()].map(({ pipeline_name, pipeline_source, ...run }, index) => ({
          ...run,
          id: index + 1,
          name: pipeline_name,
          source_id: run.reference_id,
          pipeline_source_id: ids.get(pipeline_source),
          started_at: iso(run.started_at),
          finished_at: isoOrNull(run.finished_at),
          updated_at: iso(run.finished_at ?? run.started_at),
          duration: run.finished_at === undefined ? null : Math.round((run.finished_at - run.started_at) / 1000),
        }));
      },
    ),
    github_pulls: table(
      'id:bigint source_id repository_id:bigint user_id:bigint merged_by_user_id:bigint number:bigint title head_ref ' +
        'base_ref created:time updated:time closed:time merged:time first_commit_at:time ready_for_review:time ' +
        'draft:flag merge_commit_sha open_to_merge:bigint',
      world.pullRequests.atGithub,
    ),
    pull_requests: table(
      'id:bigint additions:bigint base_ref bot_authored:flag bot_name bot_type closed:time created:time ' +
        'deletions:bigint dx_versioned_team_member_id:bigint dx_user_id:bigint external_url external_id head_ref ' +
        'merge_commit_sha merged_by_user_id:bigint merged:time open_to_first_approval:bigint',
      world.pullRequests.unified,
    ),
  };
}

function customTables(world: World): Record<string, SqlTable> {
  return {
    custom_data: table('id reference key value:json timestamp:time', () => world.customData.map(row => ({ ...row }))),
    custom_metrics: table('id:bigint reference key value:float metadata:json timestamp:time', () =>
      world.customMetrics.map(row => ({ ...row })),
    ),
    bespoke_ai_tool_daily_metrics: table(
      'id:bigint email date:date is_active:flag tool metrics:json input_tokens:bigint output_tokens:bigint ' +
        'cache_write_tokens:bigint cache_read_tokens:bigint spend_cents:bigint',
      () => [...world.aiToolMetrics.values()].map(row => ({ ...row })),
    ),
  };
}

function peopleTables(world: World, now: number): Record<string, SqlTable> {
  const teams = (): Team[] => teamsNow(world, now);
  return {
    dx_teams: table(
      'id:bigint source_id source_parent_id source_manager_id name parent:flag flattened_parent contributors:bigint ' +
        'deleted_at:time reference_id',
      () =>
        teams().map((team, index, all) => ({
          id: index + 1,
          source_id: team.id,
          source_parent_id: team.parent_id,
          source_manager_id: team.lead_id,
          name: team.name,
          parent: all.some(({ parent_id }) => parent_id === team.id),
          flattened_parent: [
            'ALL',
            ...lineOf(all, team)
              .slice(1)
              .map(({ name }) => name)
              .reverse(),
          ].join(' » '),
          contributors: team.member_ids.length,
          reference_id: team.reference_id,
        })),
    ),
    dx_users: table(
      'id:bigint source_id team_id:bigint name email avatar github_username additional_github_username ' +
        'gitlab_username developer:flag start_date:date ai_light_adoption_date:date ai_moderate_adoption_date:date ' +
        'ai_heavy_adoption_date:date deleted_at:time',
      () => {
        const all = teams();
        return world.users.map((user, index) => ({
          ...user,
          id: index + 1,
          source_id: user.id,
          team_id: all.findIndex(({ member_ids }) => member_ids.includes(user.id)) + 1 || null,
          developer: true,
        }));
      },
    ),
  };
}

function catalogTables(world: World): Record<string, SqlTable> {
  const ids = () => idsOf(world.entities.map(({ identifier }) => identifier));
  const typeIds = () => idsOf(world.entityTypes.map(({ identifier }) => identifier));
  const relationIds = () => idsOf(world.relations.map(({ identifier }) => identifier));
  return {
    dx_catalog_entities: table(
      'id:bigint source_id public_id identifier name created_at:time updated_at:time description ' +
        'entity_type_id:bigint entity_type_identifier domain_entity_id:bigint protected:flag',
      () => {
        const [own, kinds] = [ids(), typeIds()];
        return world.entities.map(({ identifier, name, type, domain, created_at, updated_at, description }) => ({
          id: own.get(identifier),
          source_id: String(own.get(identifier)),
          public_id: identifier,
          identifier,
          name,
          created_at,
          updated_at,
          description,
          entity_type_id: kinds.get(type),
          entity_type_identifier: type,
          domain_entity_id: domain === null ? null : own.get(domain),
          protected: false,
        }));
      },
    ),
    dx_catalog_entity_relations: table(
      'id:bigint source_id relation_id:bigint source_entity_id:bigint target_entity_id:bigint',
      () => {
        const [own, kinds] = [ids(), relationIds()];
        return world.edges.map(({ relation_identifier, source, target }, index) => ({
          id: index + 1,
          source_id: String(index + 1),
          relation_id: kinds.get(relation_identifier),
          source_entity_id: own.get(source),
          target_entity_id: own.get(target),
        }));
      },
    ),
  };
}
