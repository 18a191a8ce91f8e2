export interface Team {
  id: string;
  name: string;
  reference_id: string | null;
  parent_id: string | null;
  /** Id of a user. */
  lead_id: string | null;
  /** Ids of the users in the team itself, not below it. */
  member_ids: string[];
  /** Clock ms. */
  changedAt: number;
}

export interface TeamEvent {
  id: string;
  /** Email address. */
  actor: string;
  /** Name. */
  team: string;
  action: string;
  metadata: object;
  /** Unix seconds. */
  created: number;
}

export interface User {
  id: string;
  name: string;
  email: string;
  github_username: string | null;
  gitlab_username: string | null;
  additional_github_username: string | null;
  attributes: { name: string; value: string }[];
  deleted_at: string | null;
  roles: string[];
  tz: string;
  slack_id: string | null;
  start_date: string | null;
  ai_light_adoption_date: string | null;
  ai_moderate_adoption_date: string | null;
  ai_heavy_adoption_date: string | null;
}

export interface AttributeGroup {
  id: string;
  name: string;
  type: 'admin_managed' | 'self_reported' | 'dx_managed';
  hidden: boolean;
  position: number;
  privileged: boolean;
  attributes: { id: string; name: string; position: number }[];
}

export interface UserGroup {
  id: string;
  name: string;
  owner_id: string | null;
  owner_email: string | null;
  team_id: string | null;
  /** Email addresses. */
  members: string[];
  created_at: string;
  updated_at: string;
}

export interface Upload {
  id: string;
  upload_type: 'user' | 'team';
  created_at: string;
  filename: string;
  text: string;
}

/** An import that waits for its turn: what the teams are to be, and which of them end. */
export interface Hierarchy {
  /** Clock ms. */
  at: number;
  teams: Team[];
  archived: Team[];
}
