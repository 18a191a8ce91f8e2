import type { Fields } from './arguments.ts';
import type { Entity } from './entities.ts';
import type { AiToolMetric } from './routes/ai-tools.ts';
import type { CustomData, CustomMetric } from './routes/custom-data.ts';
import type { Deployment, PullServices } from './routes/deployments.ts';
import type { EntityType } from './routes/entity-types.ts';
import type { PlatformEvent, PlatformProject } from './routes/events.ts';
import type { Incident, PipelineRun } from './routes/incidents.ts';
import type { Hierarchy, Upload } from './routes/org-files.ts';
import type { QueryRun } from './routes/query-runs.ts';
import type { Edge, Relation } from './routes/relations.ts';
import type { RepoGroup, SyncedService } from './routes/repo-groups.ts';
import type { Report } from './routes/reports.ts';
import type { Initiative, Scorecard } from './routes/scorecards.ts';
import type { Library } from './routes/snapshot-settings.ts';
import type { Snapshot } from './routes/snapshots.ts';
import type { Team, TeamEvent } from './routes/teams.ts';
import type { UserGroup } from './routes/user-groups.ts';
import type { AttributeGroup, User } from './routes/users.ts';
import type { Workflow, WorkflowRun } from './routes/workflows.ts';
import type { Rows } from './sql.ts';

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
