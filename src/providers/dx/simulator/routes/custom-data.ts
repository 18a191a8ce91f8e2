import * as z from 'zod';
import { isoTime, map, number, text } from '../arguments.ts';
import { type Call, type Endpoint, endpoint, ok } from '../call.ts';
import { encodeId } from '../paging.ts';
import { invalid, notFound } from '../refusal.ts';
import type { CustomData, CustomMetric } from '../things/data-cloud.ts';

const mostMetrics = 100;

const rowShape = {
  reference: text,
  key: text,
  value: z.union([map, z.array(z.unknown())]),
  timestamp: isoTime.optional(),
};
const targetShape = { reference: text.optional(), key: text.optional(), id: text.optional() };

type Row = z.output<z.ZodObject<typeof rowShape>>;

function put({ world, now }: Call, { reference, key, value, timestamp = now }: Row): CustomData {
  const known = world.customData.find(row => row.reference === reference && row.key === key);
  const fields = { value, timestamp: new Date(timestamp).toISOString() };
  if (known) return Object.assign(known, fields);
  const row = { id: encodeId(world.nextId()), reference, key, ...fields };
  world.customData.push(row);
  return row;
}

function find({ world }: Call, target: z.output<z.ZodObject<typeof targetShape>>): CustomData {
  const { id, reference, key } = target;
  if (id === undefined && (reference === undefined || key === undefined)) throw invalid('reference and key, or id');
  const found = world.customData.find(row =>
    id === undefined ? row.reference === reference && row.key === key : row.id === id,
  );
  if (!found) throw notFound('custom data');
  return found;
}

export const customDataEndpoints: readonly Endpoint[] = [
  endpoint('GET customData.get', {}, targetShape, (call, target) => ok({ data: find(call, target) })),
  endpoint('GET customData.getAllByReference', {}, { reference: text }, ({ world }, { reference }) =>
    ok({ data: world.customData.filter(row => row.reference === reference) }),
  ),
  endpoint('POST customData.set', {}, rowShape, (call, row) => ok({ data: put(call, row) })),
  endpoint('POST customData.setAll', {}, { data: z.array(z.object(rowShape)) }, (call, { data }) => {
    for (const row of data) put(call, row);
    return ok();
  }),
  endpoint('POST customData.delete', {}, targetShape, (call, target) => {
    call.world.customData.splice(call.world.customData.indexOf(find(call, target)), 1);
    return ok();
  }),
  endpoint('POST customData.deleteAllByReference', {}, { reference: text }, ({ world }, { reference }) => {
    world.customData = world.customData.filter(row => row.reference !== reference);
    return ok();
  }),
];

const pushMetric = endpoint(
  'POST customMetrics.push',
  {},
  { reference: text, key: text, value: number, metadata: map.default({}), timestamp: isoTime.optional() },
  ({ world, now }, { timestamp = now, ...rest }) => {
    const metric: CustomMetric = { id: world.nextId(), ...rest, timestamp: new Date(timestamp).toISOString() };
    world.customMetrics.push(metric);
    return ok(metric);
  },
);

const listMetrics = endpoint(
  'GET customMetrics.list',
  {},
  { reference: text, key: text, order: z.enum(['asc', 'desc']).default('asc'), from: isoTime.optional() },
  ({ world }, { reference, key, order, from = 0 }) => {
    const sign = order === 'asc' ? 1 : -1;
    const data = world.customMetrics
      .filter(row => row.reference === reference && row.key === key && Date.parse(row.timestamp) >= from)
      .sort((a, b) => sign * (Date.parse(a.timestamp) - Date.parse(b.timestamp) || a.id - b.id));
    return ok({ data: data.slice(0, mostMetrics) });
  },
);

export const customMetricEndpoints: readonly Endpoint[] = [pushMetric, listMetrics];
