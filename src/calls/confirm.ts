import type { Question } from '../answers/answer.ts';
import { Fault, isFault } from '../base/errors.ts';
import type { Row } from '../base/json-value.ts';
import type { Signer } from '../base/signer.ts';
import type { Call } from '../http/call.ts';
import { asksIfLost, fieldMeta, type Operation, type OperationContext } from '../operations/operation.ts';
import { requestLine } from './execute.ts';

/** How long an agreement may be used, in ms of the clock. */
const lifetime = 600_000;

export interface Confirmations {
  /**
   * Undefined when somebody has agreed to exactly this, or nothing would be lost. Otherwise the question, where the
   * client can put it.
   * @throws Fault `needs_confirmation` with a token where the client cannot; `cancelled` when the person said no
   */
  ask(
    operation: Operation,
    args: Row,
    token: string | undefined,
    context: OperationContext,
    person: Call['person'],
  ): Promise<Question | undefined>;
}

/** Agreements. A token is bound to operation, arguments and connection, and lapses after ten minutes. */
export function confirmations(signer: Signer): Confirmations {
  const seal = (subject: string, until: number) =>
    `${until.toString(36)}.${signer.sign('confirmation', [until, subject])}`;

  function isGood(token: string, subject: string, now: number): boolean {
    const [expiry = '', signature = ''] = token.split('.', 2);
    const until = Number.parseInt(expiry, 36);
    return until >= now && signer.verify('confirmation', [until, subject], signature);
  }

  return {
    async ask(operation, args, token, context, person) {
      const losses = await lossesOf(operation, args, context);
      if (losses === undefined) return undefined;
      const { answered } = person ?? {};
      const now = context.clock.now();
      const subject = JSON.stringify([operation.name, context.connection.name, args, losses]);
      if (token !== undefined && isGood(token, subject, now)) return undefined;
      if (answered && isGood(answered.token, subject, now)) {
        if (answered.agreed) return undefined;
        throw declined(operation);
      }
      const fresh = seal(subject, now + lifetime);
      const text = question(operation, args, losses, context);
      if (person && token === undefined) return { kind: 'question', text, token: fresh };
      throw new Fault({
        code: 'needs_confirmation',
        message: `${token === undefined ? '' : 'The token does not fit this call, or has lapsed. '}${text}`,
        hint: `Ask the person. If they agree, repeat the call with confirm: "${fresh}", everything else unchanged, within ten minutes.`,
      });
    },
  };
}

/** What would be lost, '' where nobody can say; undefined when there is nothing to ask. */
async function lossesOf(operation: Operation, args: Row, context: OperationContext): Promise<string | undefined> {
  const otherwise = asksIfLost(operation) ? undefined : '';
  try {
    return (await operation.describeLoss?.(args as never, context)) ?? otherwise;
  } catch (error) {
    if (!isFault(error, 'missing_scope')) throw error;
    return `What would be lost cannot be told: ${error.message}`;
  }
}

function question(operation: Operation, args: Row, losses: string, context: OperationContext): string {
  const { title, name } = context.connection;
  const sent = `On ${title} (${name}), this would be sent: ${requestLine(operation, args, context)}`;
  return [operation.summary, losses, sent + labels(operation, args, context)].filter(Boolean).join(' ');
}

/** What people call the things that go by key in the request. */
function labels({ input }: Operation, args: Row, context: OperationContext): string {
  const known = Object.entries(input.shape).flatMap(([field, schema]) => {
    const { reference } = fieldMeta(schema);
    const keys = reference ? [args[field]].flat().filter(key => typeof key === 'string') : [];
    return keys.flatMap(key => {
      const label = reference ? context.labelOf(reference, key, args) : key;
      return label === key ? [] : [`${key} is "${label}"`];
    });
  });
  return known.length ? ` (${known.join(', ')})` : '';
}

const declined = ({ name }: Operation) =>
  new Fault({
    code: 'cancelled',
    message: `The person did not agree to ${name}. Nothing was sent.`,
    hint: 'Do not repeat it unless they ask for it.',
  });
