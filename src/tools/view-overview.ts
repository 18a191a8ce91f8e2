import * as z from 'zod';
import { namesRun } from '../calls/resume-run.ts';
import { isBatchUri } from '../calls/services.ts';
import type { Quota } from '../http/connection.ts';
import type { StoredResult } from '../results/result.ts';
import { general, reading } from './general-tool.ts';

/** What the tool `view_overview` answers. Pages are compiled against it. */
export interface ViewedOverview {
  results: {
    bytes: number;
    quotaBytes: number;
    count: number;
    newest: Pick<StoredResult, 'uri' | 'name' | 'kind' | 'rows' | 'bytes' | 'createdAt' | 'expiresAt' | 'pinned'>[];
  };
  /** Runs of the last hour, the newest first. */
  runs: string[];
  /** What platforms allow, by connection. */
  quotas: ({ connection: string } & Pick<Quota, 'name' | 'requests' | 'perMs'>)[];
}

const mostResults = 8;
const mostRuns = 5;

export const viewOverviewTool = general({
  name: 'view_overview',
  title: 'An overview for a page',
  description: 'Stored results, runs of the last hour, and quotas, for the page that shows them.',
  input: z.strictObject({}),
  annotations: { ...reading, openWorldHint: false },
  page: 'overview',
  forPages: true,
  async call(_, shared) {
    const all = await shared.results.list();
    const { bytes, quotaBytes } = await shared.results.usage();
    const handles = shared.history.since(0).flatMap(call => call.handles);
    const runs = handles.filter(uri => isBatchUri(uri) || namesRun(shared, uri));
    const quotas = [];
    for (const { name, connect } of shared.connections.states) {
      if (!connect) continue;
      const made = await Promise.resolve()
        .then(connect)
        .catch(() => undefined);
      for (const { name: quota, requests, perMs } of made?.quotas ?? [])
        quotas.push({ connection: name, name: quota, requests, perMs });
    }
    const newest = all
      .slice(0, mostResults)
      .map(({ uri, name, kind, rows, bytes: size, createdAt, expiresAt, pinned }) => {
        return { uri, name, kind, rows, bytes: size, createdAt, expiresAt, ...(pinned ? { pinned } : {}) };
      });
    const results = { bytes, quotaBytes, count: all.length, newest };
    const view: ViewedOverview = { results, runs: [...new Set(runs.reverse())].slice(0, mostRuns), quotas };
    return { kind: 'value', value: view };
  },
});
