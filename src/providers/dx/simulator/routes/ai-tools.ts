import * as z from 'zod';
import { date, flag, integer, map, text } from '../arguments.ts';
import { type Call, type Endpoint, endpoint, ok } from '../call.ts';
import type { AiToolMetric } from '../things/data-cloud.ts';

const metricShape = {
  email: z.email(),
  date,
  is_active: flag,
  tool: text,
  metrics: map.optional(),
  input_tokens: integer.optional(),
  output_tokens: integer.optional(),
  cache_write_tokens: integer.optional(),
  cache_read_tokens: integer.optional(),
  spend_cents: integer.optional(),
};

type Day = z.output<z.ZodObject<typeof metricShape>>;

function put({ world }: Call, day: Day): AiToolMetric {
  const key = [day.email, day.date, day.tool].join('\n');
  const metric = { id: world.aiToolMetrics.get(key)?.id ?? world.nextId(), ...day };
  world.aiToolMetrics.set(key, metric);
  return metric;
}

export const aiToolEndpoints: readonly Endpoint[] = [
  endpoint('POST aiToolMetrics.push', {}, metricShape, (call, day) => ok(put(call, day))),
  endpoint('POST aiToolMetrics.pushAll', {}, { data: z.array(z.object(metricShape)) }, (call, { data }) =>
    ok({ data: data.map(day => put(call, day)) }),
  ),
];
