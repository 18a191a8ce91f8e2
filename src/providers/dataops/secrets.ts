import * as z from 'zod';
import { Fault } from '../../base/errors.ts';
import type { Row } from '../../base/json-value.ts';
import type { OperationContext } from '../../operations/operation.ts';

const hidden = '[hidden]';

/** Without what GitLab puts into projects and groups for their administrators. */
export function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== 'object' || value === null) return value;
  const { runners_token: _, ...rest } = value as Row;
  return Object.fromEntries(
    Object.entries(rest).map(([name, part]) => [
      name,
      name === 'import_url' && typeof part === 'string' ? withoutUser(part) : withoutSecrets(part),
    ]),
  );
}

const withoutUser = (url: string) => url.replace(/\/\/[^/]*@/, '//');

/** A variable whose value is known to be there, and no more. */
export const masked = (variable: Row): Row => ({ ...variable, ...(variable['value'] != null && { value: hidden }) });

export const maskedValue = (body: unknown): unknown => masked(facts(body));

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
