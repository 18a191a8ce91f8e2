export interface Level {
  id: string;
  key: string;
  name: string;
  color: string;
  rank: number;
}

export interface CheckGroup {
  id: string;
  key: string;
  name: string;
  ordering: number;
}

export interface Check {
  id: string;
  name: string;
  description: string | null;
  ordering: number;
  sql: string;
  filter_sql: string | null;
  filter_message: string | null;
  output_enabled: boolean;
  output_type: string | null;
  output_custom_options: unknown;
  output_aggregation: string | null;
  external_url: string | null;
  estimated_dev_days: number | null;
  published: boolean;
  scorecard_level_key: string | null;
  scorecard_check_group_key: string | null;
  points: number | null;
}

export interface Scorecard {
  id: string;
  name: string;
  description: string | null;
  type: 'LEVEL' | 'POINTS';
  published: boolean;
  entity_filter_type: 'entity_types' | 'sql';
  entity_filter_sql: string | null;
  entity_filter_type_identifiers: string[];
  evaluation_frequency_hours: number;
  tags: { value: string; color: string }[];
  editors: object[];
  admins: object[];
  sql_errors: string[];
  levels: Level[];
  check_groups: CheckGroup[];
  empty_level_label: string | null;
  empty_level_color: string | null;
  checks: Check[];
}

export interface Initiative {
  id: string;
  name: string;
  description: string;
  scorecard_id: string;
  priority: number;
  published: boolean;
  complete_by: string;
  owner: { id: string; name: string; email: string };
  tags: { value: string; color: string }[];
}
