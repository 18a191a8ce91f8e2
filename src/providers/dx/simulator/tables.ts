import { teamsNow } from './team-tree.ts';
import type { Rows } from './things/studio.ts';
import { iso, isoOrNull, type World } from './world.ts';

const table = (columns: string, rows: readonly Record<string, unknown>[]): Rows => ({
  columns: columns.split(' '),
  rows,
});

/** The tables that a query sees: those of the seed, and what has been written through the API. */
export function tablesOf(world: World, now: number): Record<string, () => Rows> {
  return {
    ...world.tables,
    deployments: () =>
      table(
        'reference_id service repository environment commit_sha success deployed_at source_name source_url',
        [...world.deployments.values()].map(({ service, deployed_at, success = true, ...rest }) => ({
          environment: 'production',
          ...rest,
          success,
          service: service.identifier,
          deployed_at: iso(deployed_at),
        })),
      ),
    incidents: () =>
      table(
        'reference_id name priority service started_at resolved_at source_url',
        [...world.incidents.values()].map(({ services, started_at, resolved_at, ...rest }) => ({
          ...rest,
          service: services[0]?.identifier ?? null,
          started_at: iso(started_at),
          resolved_at: isoOrNull(resolved_at),
        })),
      ),
    pipeline_runs: () =>
      table(
        'reference_id pipeline_name pipeline_source status repository commit_sha pr_number head_branch ' +
          'started_at finished_at',
        [...world.pipelineRuns.values()].map(({ started_at, finished_at, ...rest }) => ({
          ...rest,
          started_at: iso(started_at),
          finished_at: isoOrNull(finished_at),
        })),
      ),
    custom_data: () =>
      table(
        'id reference key value timestamp',
        world.customData.map(row => ({ ...row, value: JSON.stringify(row.value) })),
      ),
    bespoke_ai_tool_daily_metrics: () =>
      table(
        'id email date is_active tool input_tokens output_tokens cache_write_tokens cache_read_tokens spend_cents',
        [...world.aiToolMetrics.values()].map(({ metrics: _, ...row }) => row),
      ),
    dx_teams: () =>
      table(
        'source_id name reference_id parent_source_id contributors',
        teamsNow(world, now).map(({ id, name, reference_id, parent_id, member_ids }) => ({
          source_id: id,
          name,
          reference_id,
          parent_source_id: parent_id,
          contributors: member_ids.length,
        })),
      ),
    dx_users: () =>
      table(
        'source_id name email github_username',
        world.users.map(({ id, name, email, github_username }) => ({ source_id: id, name, email, github_username })),
      ),
    dx_catalog_entities: () =>
      table(
        'identifier name type domain owner_team',
        world.entities.map(({ identifier, name, type, domain, owner_teams }) => ({
          identifier,
          name,
          type,
          domain,
          owner_team: owner_teams[0]?.name ?? null,
        })),
      ),
  };
}
