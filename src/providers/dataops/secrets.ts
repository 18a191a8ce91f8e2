import * as z from 'zod';
import { Fault } from '../../base/errors.ts';
import type { Row } from '../../base/json-value.ts';
import type { OperationContext } from '../../operations/operation.ts';
import { type FieldPlace, hideValue, type ShowField } from '../../operations/shown-fields.ts';

/** Lists of names and values, wherever they are: of pipelines, schedules, jobs, webhooks. */
const ofValues: ReadonlySet<string> = new Set([
  'variables',
  'yaml_variables',
  'job_variables',
  'pipeline_variables',
  'url_variables',
  'custom_headers',
]);

/** By what only a variable has, or by where it stands. */
const isVariable = ({ thing, under }: FieldPlace): boolean =>
  'key' in thing && (ofValues.has(under) || 'variable_type' in thing || 'masked' in thing || 'raw' in thing);

/** Addresses in which user and password may stand. */
const addresses: ReadonlySet<string> = new Set(['import_url', 'mirror_url', 'url', 'push_url']);

/** Fields that hold a credential under another name than such have. */
const credentials: ReadonlySet<string> = new Set(['webhook', 'sentry_dsn', 'feed_token', 'static_object_token']);

/**
 * Values of variables are shown where one is asked for by `show_value`, and nowhere else: not by the schedule or the
 * pipeline that has them, nor by the change that set them.
 */
export const showField: ShowField = (value, place) => {
  const { field, args, under } = place;
  // For administrators, and on its way out.
  if (field === 'runners_token') return undefined;
  if (credentials.has(field) && typeof value === 'string') return hideValue(value);
  if (addresses.has(field) && typeof value === 'string') return withoutUser(value);
  const isAskedFor = under === '' && args['show_value'] === true;
  return field === 'value' && !isAskedFor && isVariable(place) ? hideValue(value) : value;
};

const withoutUser = (url: string) => url.replace(/\/\/[^/]*@/, '//');

/** An answer that was cut short is text, and its secrets cannot be told from the rest. */
export const facts = (body: unknown): Row => (typeof body === 'object' && body !== null ? (body as Row) : {});

export const showValue = z
  .boolean()
  .optional()
  .describe('Show the secret itself; it will be in the conversation')
  .meta({ in: 'local' });

/** A secret is shown where it is asked for, and never through a connection that may only look. */
export function refuseReadOnly({ connection }: OperationContext): void {
  if (!connection.readOnly) return;
  throw new Fault({
    code: 'read_only',
    message: `The connection ${connection.name} is read-only, and showing a secret is not looking.`,
    hint: 'Leave show_value out, or ask the operator of this server for a connection that may show secrets.',
  });
}
