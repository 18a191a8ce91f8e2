import type { Row } from '../../base/json-value.ts';

// What only the web pages need, and what another field says already.
const noise =
  /^(_links|time_stats|task_completion_status|references|imported(_from)?|tag_list|.*_(avatar_)?url(_to_repo)?|(author|committer)_email|trailers|name_with_namespace|.*_(access_level|enabled|count)|merge_status|work_in_progress|parent_ids|commit_path|tag_path|evidences|assignee|closed_by|locked)$/;
const kept = new Set(['web_url', 'external_url', 'approvals_count']);

/**
 * A row of a listing, so that a page of them fits an answer: people by user name, commits and milestones by their
 * title, nothing that is empty. The single thing is shown whole by its own operation.
 */
export const brief = (row: Row): Row => short(row) as Row;

function short(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(nested);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => kept.has(name) || !noise.test(name))
      .map(([name, part]) => [name, nested(part)] as const)
      .filter(([, part]) => part !== null && part !== '' && !(Array.isArray(part) && part.length === 0)),
  );
}

function nested(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(nested);
  if (typeof value !== 'object' || value === null) return value;
  const { username, short_id, title, id, name, status, stage, full_path } = value as Row;
  if (typeof username === 'string') return username;
  if (typeof short_id === 'string') return `${short_id} ${String(title ?? '')}`.trim();
  if (typeof stage === 'string') return { id, name, stage, status };
  if (typeof full_path === 'string') return full_path;
  if (typeof title === 'string') return title;
  return short(value);
}
