import type { Row } from '../../base/json-value.ts';
import { isoTime } from './arguments.ts';
import { decodeOutput } from './output.ts';

/** One executed task of one run. */
export interface Entry {
  run: string;
  task: string;
  type: string;
  /** Undefined where the platform does not say. */
  ok: boolean | undefined;
  durationMs: number | undefined;
  finishedAt: string | null;
  metric: unknown;
  encoded: unknown;
}

// `workflow_run_uuid` is the name on the vendor's page, `pipeline_run_uuid` the server's since 2024.
export const entryOf = (row: Row): Entry => ({
  run: String(row['pipeline_run_uuid'] ?? row['workflow_run_uuid'] ?? ''),
  task: String(row['task_uuid'] ?? ''),
  type: String(row['task_type'] ?? ''),
  ok: typeof row['is_successful'] === 'boolean' ? row['is_successful'] : undefined,
  durationMs: typeof row['duration'] === 'number' ? row['duration'] : undefined,
  finishedAt: isoTime(row['executed_at']),
  metric: row['metric_value'],
  encoded: row['output'],
});

/** The entries of each run, in the order of the log. */
export function byRunOf(entries: readonly Entry[]): Map<string, Entry[]> {
  const runs = new Map<string, Entry[]>();
  for (const entry of entries) runs.set(entry.run, [...(runs.get(entry.run) ?? []), entry]);
  return runs;
}

/** What a failed task left behind, as far as that says anything. */
export function reasonOf({ type, ok, encoded }: Entry): string {
  const output = decodeOutput(encoded, { type, ok: ok !== false });
  const value = 'value' in output ? output.value : 'text' in output ? output.text : undefined;
  if (output.kind === 'data_source_uuid') return `its query of the data source ${output.value} failed`;
  const { error, message } = (typeof value === 'object' && value !== null ? value : {}) as Row;
  const said = error ?? message ?? value;
  if (said === undefined || said === null || said === '') return `${type} failed and says no more`;
  return (typeof said === 'string' ? said : JSON.stringify(said)).slice(0, shownReason);
}

/** Characters of a reason. */
const shownReason = 160;
