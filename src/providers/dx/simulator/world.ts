import type { SqlRow } from '../../../sandbox/sql/engine.ts';
import type { Fields } from './arguments.ts';
import type { Edge, Entity, EntityType, Relation } from './things/catalog.ts';
import type {
  AiToolMetric,
  CustomData,
  CustomMetric,
  Deployment,
  Incident,
  PipelineRun,
  PullServices,
  RepoGroup,
  SyncedService,
} from './things/data-cloud.ts';
import type { AttributeGroup, Hierarchy, Team, TeamEvent, Upload, User, UserGroup } from './things/people.ts';
import type { Initiative, Scorecard } from './things/scorecards.ts';
import type { QueryRun, Report } from './things/studio.ts';
import type { Library, Snapshot } from './things/surveys.ts';
import type { PlatformEvent, PlatformProject, Workflow, WorkflowRun } from './things/workflows.ts';

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

  /** Rows of pull requests, made when they are first read: there are many. */
  pullRequests: Record<'atGithub' | 'unified', () => readonly SqlRow[]>;
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
