import * as z from 'zod';
import { parseTime, type TimeUse, time } from '../../base/time.ts';
import { operation, reference } from '../../operations/operation.ts';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

const configured = (kind: 'pipelines' | 'tasks') =>
  operation({
    name: `datamin_list_${kind}`,
    route: '',
    risk: 'reads',
    summary: `List the ${kind} that the operator of this server named; Datamin itself lists none.`,
    input: z.strictObject({}),
    output: z.looseObject({ name: z.string(), uuid: z.string() }),
    configured: ({ named = {} }) => [...(named[kind] ?? [])],
    resource: { uri: `datamin://${kind}`, title: `Datamin ${kind} known by name` },
    example: { arguments: {} },
  });

export const listPipelines = configured('pipelines');
export const listTasks = configured('tasks');

const named = (list: typeof listPipelines) =>
  reference({ list: () => list, key: 'uuid', label: 'name', keyForm: uuid });

// The period statistics take lower-case UUIDs only, the rest any.
export const pipeline = z
  .string()
  .min(1)
  .describe('Pipeline UUID (from the web interface), or a configured name')
  .meta({ reference: named(listPipelines), encode: (value: string) => value.toLowerCase() });

export const taskName = named(listTasks);

export const task = z
  .string()
  .min(1)
  .describe('Task UUID (from the web interface), or a configured name')
  .meta({ reference: taskName, encode: (value: string) => value.toLowerCase() });

/** `Y-m-d H:i:s` in UTC, as the API wants it. */
export const plainTime = (ms: number) => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');

export const moment = (description: string, fallback: string, use?: TimeUse) =>
  time(description, use)
    .default(fallback)
    .meta({
      encode: (value: string | number, now: number, name: string) => plainTime(parseTime(value, name, now)),
    });

/** The end of a window whose start is `from`. */
export const windowEnd = (description: string) =>
  moment(description, 'now', { edge: 'end' }).meta({ notBefore: 'from' });

/**
 * The API's times as ISO 8601: `Y-m-d H:i:s` is UTC, RFC 3339 passes, and the zero date, which stands for "never", is
 * null.
 */
export function isoTime(text: unknown): string | null {
  if (typeof text !== 'string' || text === '' || text.startsWith('0001-01-01')) return null;
  const plain = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}/.test(text);
  const ms = Date.parse(plain ? `${text.replace(' ', 'T')}Z` : text);
  return Number.isNaN(ms) ? null : new Date(ms).toISOString();
}
