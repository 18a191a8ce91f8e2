import { Fault } from '../errors.ts';
import type { Call } from '../http/client.ts';
import type { Operation, OperationContext, Row } from '../operation.ts';
import { requestLine } from '../perform.ts';

/** How long an agreement may be used, in ms of the clock. */
const lifetime = 600_000;

/** What a person has to agree to, and the token that stands for the agreement. */
export interface Question {
  kind: 'question';
  text: string;
  token: string;
}

/** Deletions, and what the platform marks as destructive. */
export const needsConfirmation = ({ effect, destructive }: Pick<Operation, 'effect' | 'destructive'>): boolean =>
  destructive === true || effect === 'delete';

export interface Confirmations {
  /**
   * Undefined when somebody has agreed to exactly this. Otherwise the question, where the client can put it.
   * @throws Fault `needs_confirmation` with a token where the client cannot; `cancelled` when the person said no
   */
  ask(
    operation: Operation,
    args: Row,
    token: string | undefined,
    context: OperationContext,
    person: Call['person'],
  ): Question | undefined;
}

/** Agreements of this process. A token is bound to operation, arguments and connection, and lapses after ten minutes. */
export function confirmations(): Confirmations {
  const key = crypto.getRandomValues(new Uint8Array(32));

  function seal(operation: Operation, args: Row, until: number, { connection }: OperationContext): string {
    const { createHmac } = process.getBuiltinModule('node:crypto');
    const subject = JSON.stringify([operation.name, connection.name, args, until]);
    return `${until.toString(36)}.${createHmac('sha256', key).update(subject).digest('base64url').slice(0, 22)}`;
  }

  function isGood(token: string, operation: Operation, args: Row, context: OperationContext): boolean {
    const until = Number.parseInt(token.split('.', 1)[0] ?? '', 36);
    return until >= context.clock.now() && seal(operation, args, until, context) === token;
  }

  return {
    ask(operation, args, token, context, person) {
      const { answered } = person ?? {};
      if (token !== undefined && isGood(token, operation, args, context)) return undefined;
      if (answered && isGood(answered.token, operation, args, context)) {
        if (answered.agreed) return undefined;
        throw declined(operation);
      }
      const fresh = seal(operation, args, context.clock.now() + lifetime, context);
      const { title, name } = context.connection;
      const text = `${operation.summary} On ${title} (${name}), this would be sent: ${requestLine(operation, args, context)}`;
      if (person && token === undefined) return { kind: 'question', text, token: fresh };
      throw new Fault({
        code: 'needs_confirmation',
        message: `${token === undefined ? '' : 'The token does not fit this call, or has lapsed. '}${text}`,
        hint: `Ask the person. If they agree, repeat the call with confirm: "${fresh}", everything else unchanged, within ten minutes.`,
      });
    },
  };
}

const declined = ({ name }: Operation) =>
  new Fault({
    code: 'cancelled',
    message: `The person did not agree to ${name}. Nothing was sent.`,
    hint: 'Do not repeat it unless they ask for it.',
  });
