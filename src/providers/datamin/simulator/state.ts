import type { Run } from './runs.ts';

/** `docs`: as the vendor's page shows it. `ylem`: as the published source of the server behaves. */
export type Profile = 'docs' | 'ylem';

/**
 * What the answer to a started run looks like: the page's list of initial tasks, the same within `results`, an object
 * with the run's UUID under its new or its old name, or an object without it.
 */
export type RunAnswer = 'tasks' | 'results' | 'pipeline_run_uuid' | 'workflow_run_uuid' | 'nothing';

/** What tests look at and switch. Sets go by UUID. */
export interface DataminState {
  /** Can be changed while it runs. */
  profile: Profile;
  client: { id: string; secret: string };
  /** What the client gets when it asks for no scope. */
  rights: Set<Right>;
  /** False: the customer's plan has no API, and every call with a good token gets 401. */
  apiInPlan: boolean;
  /** By access token. Older ones stay valid when new ones are granted. */
  tokens: Map<string, Token>;
  /** Ends every token that was granted so far. */
  revokeTokens(): void;
  /** Lifetime of tokens granted from now on. */
  tokenSeconds: number;
  /** Tokens handed out: clock ms and the grant type. */
  grants: { at: number; type: string }[];
  /** Runs started by a call or by another run, by their UUID. */
  runs: Map<string, Run>;
  /** Absent: `tasks` in profile `docs`, `pipeline_run_uuid` in `ylem`. */
  runAnswer?: RunAnswer;
  /** Success of starting a run. The vendor's page does not say. */
  runStatus: 200 | 201;
  /** Pipelines that cannot be run for now. */
  paused: Set<string>;
  /** Pipelines of another organisation. */
  foreign: Set<string>;
  /** Pipelines whose new runs never log anything. */
  silent: Set<string>;
  /** Tasks that fail in runs started from now on by a call. */
  failingTasks: Set<string>;
  /** Tasks of runs started from now on by a call last so many times longer. */
  slowness: number;
  /** Clock ms between the call and the start of the first task. */
  queueMs: number;
  /** What failed tasks leave behind. Absent: `older` in profile `docs`, `errors` in `ylem`. */
  failureOutput?: 'errors' | 'older';
  /** What stands in the log as the output of a task instead of what it made, by UUID; need not be Base64. */
  oddOutputs: Map<string, string>;
  /** True: aggregated statistics answer `null`, as after a swallowed fault of the database. */
  nullAggregates: boolean;
  /** How statistics write times. The vendor's page says just "datetime". */
  statsDates: 'plain' | 'rfc3339';
}

/** What a token may do. */
export type Right = 'run' | 'stats';

export interface Token {
  access: string;
  refresh: string;
  rights: ReadonlySet<Right>;
  /** Clock ms; the refresh token ends with the access token. */
  expiresAt: number;
}
