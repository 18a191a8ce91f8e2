import type { SqlAnswer } from '../../../../sandbox/sql/engine.ts';

/** Times in clock ms. */
export interface QueryRun {
  id: string;
  submittedAt: number;
  startsAt: number;
  finishesAt: number;
  outcome: SqlAnswer | { error: string };
}

export interface Report {
  id: string;
  name: string;
  description: string | null;
  markdown_notes: string | null;
  owner_email: string;
  view_access_type: 'owner_and_direct_url_only' | 'everyone' | 'specific_users';
  edit_access_type: 'read_only' | 'everyone' | 'specific_users';
  viewer_emails: string[];
  editor_emails: string[];
  tiles: { id: string; title: string; sql: string; chart_type: string; chart_config: object }[];
  created_at: string;
  updated_at: string;
}
