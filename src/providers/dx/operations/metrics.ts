import * as z from 'zod';
import { isRow, type Row } from '../../../base/json-value.ts';
import { badPosition, type Paging, type Position, readPage } from '../../../http/paging/page.ts';
import { operation } from '../../../operations/operation.ts';
import { isoMoment, map, payload, required } from '../arguments.ts';

const reference = required('What it is about');
const key = required('Name of the metric');
const metric = z.looseObject({ id: z.number(), reference: z.string(), key: z.string(), value: z.number() });
const example = { reference: 'kestrel/booking-api', key: 'build_minutes' };

export const pushCustomMetric = operation({
  name: 'dx_push_custom_metric',
  route: 'POST /customMetrics.push',
  risk: 'adds',
  summary: 'Add one value to a custom metric. DX prefers custom tables by now; each call adds a value.',
  words: 'send report kpi figure',
  api: 'data_cloud',
  verifyWith: 'It may be recorded: dx_list_custom_metrics shows it.',
  input: z.strictObject({
    reference,
    key,
    value: z.number().describe('Value'),
    timestamp: isoMoment('Of when; default now', 'timestamp').optional(),
    metadata: map('Anything else').optional(),
  }),
  output: metric,
  repair: payload('data'),
  example: { arguments: { ...example, value: 7.5 } },
});

/** One answer has so many rows at the most, and nothing says whether there were more. */
const rowsPerAnswer = 100;

/** Where a window begins, and the rows at that very moment that were seen already. */
interface Window {
  from: string;
  seen: number[];
}

/** Moves `from` to the moment of the last row. Downwards it only moves away from the rest, so that is out of reach. */
const moving: Paging = {
  async *pages(fetch, position, wanted) {
    let window = windowOf(position);
    const descending = fetch.path?.['order'] === 'desc';
    for (let left = wanted; left > 0; ) {
      const reply = await fetch(window ? { query: { from: window.from } } : {});
      const rows = readPage({ items: payload('data') }, reply).items as Row[];
      const seen = new Set(window?.seen);
      const fresh = rows.filter(({ id }) => !seen.has(id as number));
      const items = fresh.slice(0, left);
      left -= items.length;
      const full = rows.length >= rowsPerAnswer;
      const last = items.at(-1);
      if (descending || !last || (!full && items.length === fresh.length)) {
        const cut = items.length < fresh.length || (full && (descending || !last));
        return yield { items, ...(cut ? { stuck: true } : {}) };
      }
      window = after(String(last['timestamp']), items, window);
      yield { items, next: { ...window } };
    }
  },
};

function after(from: string, items: readonly Row[], before: Window | undefined): Window {
  const same = items.filter(({ timestamp }) => timestamp === from).map(({ id }) => id as number);
  return { from, seen: before?.from === from ? [...before.seen, ...same] : same };
}

function windowOf(position: Position | undefined): Window | undefined {
  if (position === undefined) return undefined;
  if (!isRow(position)) throw badPosition();
  const { from, seen } = position;
  if (typeof from !== 'string' || !Array.isArray(seen)) throw badPosition();
  return { from, seen: seen.map(Number) };
}

export const listCustomMetrics = operation({
  name: 'dx_list_custom_metrics',
  route: 'GET /customMetrics.list',
  risk: 'reads',
  summary: 'List the values of a custom metric in the order of time; newest first DX shows 100 at the most.',
  words: 'kpi figures history',
  api: 'data_cloud',
  input: z.strictObject({
    reference,
    key,
    order: z.enum(['asc', 'desc']).default('asc').describe('Order of time'),
    from: isoMoment('From', 'from').optional(),
  }),
  output: metric,
  paging: moving,
  example: { arguments: example },
});
