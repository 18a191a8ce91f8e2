import type { AiToolMetric } from './simulator-ai-tools.ts';
import type { Fields } from './simulator-arguments.ts';
import type { CustomData, CustomMetric } from './simulator-custom-data.ts';
import type { Deployment, PullServices } from './simulator-deployments.ts';
import type { Entity } from './simulator-entities.ts';
import type { EntityType } from './simulator-entity-types.ts';
import type { PlatformEvent, PlatformProject } from './simulator-events.ts';
import type { Incident, PipelineRun } from './simulator-incidents.ts';
import type { Hierarchy, Upload } from './simulator-org-files.ts';
import type { QueryRun } from './simulator-query-runs.ts';
import type { Edge, Relation } from './simulator-relations.ts';
import type { RepoGroup, SyncedService } from './simulator-repo-groups.ts';
import type { Report } from './simulator-reports.ts';
import type { Initiative, Scorecard } from './simulator-scorecards.ts';
import type { Library } from './simulator-snapshot-settings.ts';
import type { Snapshot } from './simulator-snapshots.ts';
import type { Rows } from './simulator-sql.ts';
import type { Team, TeamEvent } from './simulator-teams.ts';
import type { UserGroup } from './simulator-user-groups.ts';
import type { AttributeGroup, User } from './simulator-users.ts';
import type { Workflow, WorkflowRun } from './simulator-workflows.ts';

/** Everything there is. Lists are in the order in which the platform lists them. */
export interface World {
  accountName: string;
  /** A fresh number, one sequence for everything. */
  nextId(): number;
  /** Known repositories, `org/repo`. */
  repositories: Set<string>;
  /** By reference_id. */
  deployments: Map<string, Deployment>;
  pullServices: PullServices;
  incidents: Map<string, Incident>;
  pipelineRuns: Map<string, PipelineRun>;
  customData: CustomData[];
  customMetrics: CustomMetric[];
  /** By email, date and tool. */
  aiToolMetrics: Map<string, AiToolMetric>;
  repoGroups: RepoGroup[];
  syncedServices: Map<string, SyncedService>;

  teams: Team[];
  teamEvents: TeamEvent[];
  /** What is to become of the teams, once its time has come. */
  hierarchy?: Hierarchy;
  uploads: Upload[];
  users: User[];
  attributeGroups: AttributeGroup[];
  userGroups: UserGroup[];
  snapshots: Snapshot[];
  library: Library;

  entityTypes: EntityType[];
  entities: Entity[];
  relations: Relation[];
  /** Newest first. */
  edges: Edge[];
  scorecards: Scorecard[];
  initiatives: Initiative[];

  /** Tables of the Data Studio, besides those of what is written through the API. */
  tables: Record<string, () => Rows>;
  queryRuns: Map<string, QueryRun>;
  reports: Report[];
  /** Saved queries by the token of their feed: SQL with `$name` for what `var-name` brings. */
  feeds: Map<string, string>;
  workflows: Workflow[];
  workflowRuns: Map<string, WorkflowRun>;
  projects: PlatformProject[];
  events: PlatformEvent[];
}

export const iso = (ms: number): string => new Date(ms).toISOString();
export const isoOrNull = (ms: number | null | undefined): string | null => (ms == null ? null : iso(ms));

/** The fields that were sent, null included. */
export const sent = <Value extends object>(fields: Value): Partial<Value> =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<Value>;

/** The named fields of a thing, for lists that show less than all. */
export const pick = (thing: object, ...names: string[]): Fields =>
  Object.fromEntries(names.map(name => [name, (thing as Fields)[name]]));
