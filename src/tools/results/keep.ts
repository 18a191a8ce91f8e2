import * as z from 'zod';
import { pageSchema } from '../../answers/schema.ts';
import { Fault } from '../../base/errors.ts';
import type { StoredResult } from '../../results/result.ts';
import { general, reading } from '../general-tool.ts';
import { resultUri } from './read.ts';

/** As many as one answer holds; who wants others searches. */
const mostListed = 30;

export const listResultsTool = general({
  name: 'list_results',
  title: 'List stored results',
  description: 'Stored results, newest first: what made them, size, expiry, and how full the store is.',
  input: z.strictObject({
    search: z.string().optional().describe('Part of the name or of what made it'),
    kind: z.enum(['table', 'file']).optional(),
    limit: z.number().int().min(1).max(mostListed).optional(),
    cursor: z.string().optional(),
  }),
  output: z.looseObject({ items: z.array(z.looseObject({ uri: z.string() })), page: pageSchema }),
  annotations: { ...reading, openWorldHint: false },
  async call({ search = '', kind, limit = mostListed, cursor }, { results, cursors }) {
    const scope = { operation: 'list_results', connection: '', arguments: { search, kind } };
    const last = cursor === undefined ? undefined : String(cursors.read(scope, cursor));
    const wanted = search.toLowerCase();
    const all = await results.list();
    const found = all.filter(
      one =>
        (kind === undefined || one.kind === kind) &&
        JSON.stringify([one.name, one.source]).toLowerCase().includes(wanted),
    );
    // Newest first: what was made meanwhile stands before it. What has gone leaves only its time.
    const [at, before] = last?.split(' ') ?? [];
    const there = found.findIndex(({ uri }) => uri === before);
    const start = last === undefined ? 0 : there >= 0 ? there + 1 : firstBefore(found, at ?? '');
    const some = found.slice(start, start + limit);
    const end = some.at(-1);
    const isLast = start + some.length >= found.length;
    const rows = some.map(listed);
    const { bytes, quotaBytes } = await results.usage();
    const next = isLast || !end ? null : cursors.write(scope, `${end.createdAt} ${end.uri}`);
    const page = { returned: rows.length, total: found.length, complete: isLast, next };
    return {
      kind: 'rows',
      noun: 'stored results',
      rows,
      page,
      continued: start > 0,
      about: {
        store: `${size(bytes)} of ${size(quotaBytes)} used; when it is full, the oldest that are not pinned go`,
      },
      warnings: [],
    };
  },
});

function firstBefore(found: readonly StoredResult[], at: string): number {
  const index = found.findIndex(({ createdAt }) => createdAt < at);
  return index < 0 ? found.length : index;
}

function listed({ uri, name, kind, rows, bytes, source, createdAt, expiresAt, pinned }: StoredResult) {
  const extent = kind === 'table' ? { rows } : { rows: null };
  return {
    uri,
    name,
    ...extent,
    bytes,
    made_by: source.operation,
    at: createdAt,
    expires: pinned ? 'pinned' : expiresAt,
  };
}

/** `3.1 MiB`, `5 GiB`. */
function size(bytes: number): string {
  const [unit, divisor] = bytes < 2 ** 30 ? ['MiB', 2 ** 20] : ['GiB', 2 ** 30];
  return `${Number((bytes / Number(divisor)).toFixed(1))} ${unit}`;
}

export const pinResultTool = general({
  name: 'pin_result',
  title: 'Pin a stored result',
  description: 'Keep a stored result for good, or let it expire again.',
  input: z.strictObject({ result: resultUri, pinned: z.boolean().optional().describe('Default true') }),
  output: z.looseObject({ uri: z.string() }),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  needs: 'writing',
  async call({ result, pinned = true }, { results }) {
    return { kind: 'value', value: listed(await results.pin(result, pinned)) };
  },
});

export const deleteResultTool = general({
  name: 'delete_result',
  title: 'Delete a stored result',
  description: 'Delete a stored result from this server. A pinned one has to be unpinned first.',
  input: z.strictObject({ result: resultUri }),
  output: z.looseObject({ deleted: z.string() }),
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
  needs: 'writing',
  async call({ result: uri }, { results }) {
    const result = await results.get(uri);
    if (result.pinned)
      throw new Fault({
        code: 'conflict',
        message: `${result.name} (${result.uri}) is pinned.`,
        hint: `Somebody wants to keep it. If it may go: pin_result {"result": "${result.uri}", "pinned": false}, then delete it.`,
      });
    await results.remove(uri);
    return { kind: 'value', value: { deleted: result.uri, name: result.name, bytes: result.bytes } };
  },
});
