export interface Option {
  label: string;
  value: number;
}

export interface Driver {
  id: string;
  name: string;
  prompt: string;
  ranking_item: string;
  target_role: 'dev' | 'nondev' | 'all';
  translations: object;
  options: Option[];
}

export interface SurveyWorkflow {
  id: string;
  name: string;
  prompt: string;
  options: Option[];
  unit: string;
  lower_is_better: boolean;
  benchmark: { name: string; p_50: number; p_75: number; p_90: number; year: number };
  required: boolean;
}

export interface Csat {
  id: string;
  name: string;
  prompt: string;
  audience_filters: object;
  exclude_na_responders: boolean;
  group_id: string | null;
  translations: object;
}

export interface Branch {
  id: string;
  name: string;
  prompt: string;
  audience: string;
  position: number;
  main: boolean;
  translations: object;
}

export interface Selection {
  driver_ids: string[];
  workflow_ids: string[];
  csat_ids: string[];
}

/** All that a survey can ask, and what the next one is to ask each branch. */
export interface Library {
  drivers: Driver[];
  impacts: { id: string; name: string; prompt: string; scoring_method: string; options: Option[] }[];
  workflows: SurveyWorkflow[];
  /** In the order in which they are asked. */
  csat: Csat[];
  csatGroups: { id: string; name: string }[];
  branchingEnabled: boolean;
  branches: Branch[];
  /** By branch id, `all` where branching is off. */
  selections: Map<string, Selection>;
}

const agreement = ['Strongly disagree', 'Disagree', 'Neutral', 'Agree', 'Strongly agree'];

export const fivePoints: Option[] = agreement.map((label, index) => ({ label, value: index + 1 }));

export interface Snapshot {
  id: string;
  account_id: string;
  last_result_change_at: string;
  scheduled_for: string;
  completed_at: string;
  completed_count: number;
  deleted_at: string | null;
  total_count: number;
  teams: SnapshotTeam[];
  respondents: Respondent[];
  driverComments: Comment[];
  csatComments: Comment[];
}

export interface SnapshotTeam {
  id: string;
  name: string;
  team_id: string;
  parent_id: string | null;
  is_parent: boolean;
  manager: { id: string; name: string; email: string } | null;
}

export interface Respondent {
  snapshot_team_id: string;
  branch_id: string;
  /** Ids of the values, by id of their group. */
  attributes: Readonly<Record<string, string>>;
  group_ids: readonly string[];
  /** Place of the chosen option in the item's list; null: not applicable. */
  answer(itemId: string): number | null;
}

/** Newest first. */
export interface Comment {
  item: string;
  email: string | null;
  text: string;
  created_at: string;
}
