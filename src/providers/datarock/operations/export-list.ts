import * as z from 'zod';
import { offset } from '../../../http/paging/offset.ts';
import { operation } from '../../../operations/operation.ts';

export const listExports = operation({
  name: 'datarock_list_exports',
  route: 'GET /export/artefacts',
  risk: 'reads',
  summary: 'List exports of this account. Unconfirmed in API v3; may not be offered.',
  words: 'earlier past exports, what did we export before, history',
  input: z.strictObject({}),
  output: z.looseObject({}),
  paging: offset({ items: exportsOf, total: 'total', pageSize: 100, maxPageSize: 500 }),
  example: { arguments: {} },
});

// No public page shows this answer; the places where an array could be, nearest first.
function exportsOf(body: unknown): unknown {
  const { data, artefacts, exports } = (Array.isArray(body) ? { data: body } : (body ?? {})) as Record<string, unknown>;
  const within = (value: unknown) =>
    Array.isArray(value) ? value : (value as Record<string, unknown> | undefined)?.['data'];
  return [data, artefacts, exports].map(within).find(Array.isArray);
}
