export type Row = Readonly<Record<string, unknown>>;

export interface Rows {
  columns: readonly string[];
  rows: readonly Row[];
}

/** Times in clock ms. */
export interface QueryRun {
  id: string;
  submittedAt: number;
  startsAt: number;
  finishesAt: number;
  outcome: Answer | { error: string };
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

export interface Answer {
  columns: string[];
  rows: unknown[][];
  /** What the statement asked to sleep. */
  sleepMs: number;
}
