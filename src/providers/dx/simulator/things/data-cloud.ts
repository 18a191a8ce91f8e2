import type { Fields } from '../arguments.ts';

export interface CustomData {
  id: string;
  reference: string;
  key: string;
  value: unknown;
  timestamp: string;
}

export interface CustomMetric {
  id: number;
  reference: string;
  key: string;
  value: number;
  metadata: Fields;
  timestamp: string;
}

export interface ServiceName {
  identifier: string;
  name: string;
}

export interface Deployment {
  reference_id: string;
  service: ServiceName;
  /** Unix ms. */
  deployed_at: number;
  repository?: string | undefined;
  commit_sha?: string | undefined;
  merge_commit_shas?: string[] | undefined;
  integration_branch?: string | undefined;
  source_url?: string | null | undefined;
  source_name?: string | null | undefined;
  metadata?: unknown;
  success?: boolean | undefined;
  environment?: string | null | undefined;
}

/** `repository#number`, or the id at GitHub as text, to services by identifier. */
export type PullServices = Map<string, Map<string, ServiceName>>;

/** Times in Unix ms. */
export interface Incident {
  reference_id: string;
  started_at: number;
  resolved_at?: number | null | undefined;
  name?: string | null | undefined;
  priority?: string | null | undefined;
  source_url?: string | null | undefined;
  source_name?: string | null | undefined;
  services: ServiceName[];
  metadata: unknown;
}

/** Times in Unix ms. */
export interface PipelineRun {
  reference_id: string;
  pipeline_name: string;
  pipeline_source: string;
  status: (typeof statuses)[number];
  started_at: number;
  finished_at?: number | undefined;
  repository?: string | undefined;
  commit_sha?: string | undefined;
  pr_number?: number | undefined;
  source_url?: string | null | undefined;
  head_branch?: string | null | undefined;
  email?: string | null | undefined;
  github_username?: string | null | undefined;
  gitlab_username?: string | null | undefined;
}

export interface Repo {
  source: string;
  external_id: string;
}

export interface RepoGroup {
  id: number;
  reference_id: string | null;
  name: string;
  parent_id: number | null;
  row_created_at: string;
  row_updated_at: string;
  repos: Repo[];
}

export interface SyncedService {
  reference_id: string;
  name: string;
  dx_team_id?: string | undefined;
}

export const statuses = ['unknown', 'running', 'success', 'cancelled', 'failure'] as const;

/** What one person did with one tool on one day. */
export interface AiToolMetric {
  id: number;
  email: string;
  date: string;
  is_active: boolean;
  tool: string;
  metrics?: Fields | undefined;
  input_tokens?: number | undefined;
  output_tokens?: number | undefined;
  cache_write_tokens?: number | undefined;
  cache_read_tokens?: number | undefined;
  spend_cents?: number | undefined;
}
