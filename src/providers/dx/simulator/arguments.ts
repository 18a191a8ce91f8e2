import * as z from 'zod';
import { isRow } from '../../../base/json-value.ts';
import { readBody } from '../../../sandbox/frame/body.ts';
import type { SimulatorRequest } from '../../../sandbox/router.ts';
import { invalid, refusal } from './refusal.ts';

export type Fields = Record<string, unknown>;

// Query strings and forms carry text only, so every type can be written as text.
export const text = z.union([z.string().trim().min(1), z.number().transform(String)]);
/** Text that may be empty or taken back. */
export const prose = z.string().nullable();
export const integer = z.union([
  z.int(),
  z
    .string()
    .regex(/^-?\d+$/)
    .transform(Number),
]);
export const number = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d+(\.\d+)?$/)
    .transform(Number),
]);
export const flag = z.union([
  z.boolean(),
  z.enum(['true', 'false', '1', '0']).transform(word => /^(true|1)$/.test(word)),
]);
/** A list of texts; comma-separated in a query string. */
export const list = z.union([
  z.array(text),
  z.string().transform(words =>
    words
      .split(',')
      .map(word => word.trim())
      .filter(Boolean),
  ),
]);
export const map = z.record(z.string(), z.unknown());
export const maps = z.array(map);
export const date = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}$/)
  .refine(day => !Number.isNaN(Date.parse(day)));

const isoPattern = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;
const unixPattern = /^\d{9,13}(\.\d+)?$/;
// Ten digits are seconds until the year 2286, thirteen are milliseconds since 2001.
const unixMs = (digits: string): number => Number(digits) * (digits.split('.')[0]?.length === 13 ? 1 : 1000);

/** ISO-8601, as ms since the epoch; without a zone it is UTC. */
export const isoTime = z.string().regex(isoPattern).transform(toMs).refine(Number.isFinite);
/** The same, or Unix seconds or milliseconds, as number or text. */
export const anyTime = z
  .union([z.number().transform(String), z.string()])
  .refine(given => isoPattern.test(given) || unixPattern.test(given))
  .transform(given => (unixPattern.test(given) ? unixMs(given) : toMs(given)))
  .refine(Number.isFinite);

function toMs(iso: string): number {
  const zoned = /(Z|[+-]\d{2}:?\d{2})$/.test(iso) || iso.length === 10 ? iso : `${iso}Z`;
  return Date.parse(zoned.replace(' ', 'T'));
}

/** A service by its identifier, or with a name as well. */
export const service = z.union([
  text.transform(identifier => ({ identifier, name: identifier })),
  z.object({ identifier: text, name: text.optional() }).transform(({ identifier, name }) => ({
    identifier,
    name: name ?? identifier,
  })),
]);

/** Query string, form and JSON of a request in one; the body wins. A body of any other type is not read. */
export async function readArguments(request: SimulatorRequest): Promise<Fields> {
  const given: Fields = Object.fromEntries(request.query);
  const body = await readBody(request);
  if (body.kind === 'json' && isRow(body.value)) return { ...given, ...body.value };
  if (body.kind === 'form') return { ...given, ...Object.fromEntries(body.entries) };
  if (body.kind === 'none' || body.kind === 'other') return given;
  const isJson = /^application\/json\b/i.test(String(request.headers['content-type'] ?? ''));
  if (isJson) throw refusal('invalid_json', 'The body is not a JSON object', { status: 422 });
  throw invalid('The form cannot be read');
}

/** The arguments that a method takes, checked: first what is missing, then what is not of its type. */
export function checkArguments<Shape extends z.ZodRawShape>(given: Fields, takes: Shape, missingCode: string) {
  const checked = z.object(takes).safeParse(given);
  if (checked.success) return checked.data;
  const paths = checked.error.issues.map(({ path }) => path);
  const missing = [...new Set(paths.map(([name]) => String(name)))].filter(name => given[name] === undefined);
  if (missing.length > 0) {
    const message = `Missing required params: ${missing.join(', ')}`;
    throw refusal(missingCode, message, { details: message });
  }
  const wrong = [...new Set(paths.map(path => path.join('.')))];
  const message = `Invalid value for ${wrong.join(', ')}`;
  throw invalid(message, { message, params: wrong });
}

/** Fails unless it is an object whose keys are made of letters, digits, `-` and `_`. */
export function checkMetadata(metadata: unknown): void {
  if (metadata === undefined || metadata === null) return;
  const isGood = isRow(metadata) && Object.keys(metadata).every(key => /^[\w-]+$/.test(key));
  if (!isGood) throw refusal('metadata_invalid', 'metadata must be an object with keys of letters, digits, - and _');
}
