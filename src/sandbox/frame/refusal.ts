import type { SimulatorReply } from '../router.ts';

/** A platform's no on its way out of a handler. The reason is in the platform's own terms. */
export class Refusal<Reason> extends Error {
  readonly reason: Reason;

  constructor(reason: Reason, message = 'refused') {
    super(message);
    this.reason = reason;
  }
}

/** What an attempt gives, or the no that it threw, as the platform writes it. */
export async function refusable<Value, Reason>(
  attempt: () => Value | Promise<Value>,
  write: (reason: Reason) => SimulatorReply,
): Promise<Value | SimulatorReply> {
  try {
    return await attempt();
  } catch (error) {
    if (error instanceof Refusal) return write(error.reason as Reason);
    throw error;
  }
}
