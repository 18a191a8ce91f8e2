import { Fault } from '../base/errors.ts';

/** The calls that run in this process, by caller. */
export class RunningCalls {
  readonly #calls = new Map<string, Set<AbortController>>();
  /** How many one caller may have at once. */
  mostPerCaller = Number.POSITIVE_INFINITY;

  get size(): number {
    return [...this.#calls.values()].reduce((sum, its) => sum + its.size, 0);
  }

  /** @throws Fault `rate_limited` */
  begin(principal: string): AbortController {
    const callsOfCaller = this.#calls.get(principal) ?? new Set();
    if (callsOfCaller.size >= this.mostPerCaller) throw tooMany(this.mostPerCaller);
    const controller = new AbortController();
    this.#calls.set(principal, callsOfCaller.add(controller));
    return controller;
  }

  end(principal: string, controller: AbortController): void {
    const callsOfCaller = this.#calls.get(principal);
    callsOfCaller?.delete(controller);
    // Callers come and go for as long as the process lives.
    if (callsOfCaller?.size === 0) this.#calls.delete(principal);
  }

  /** Gives all of them up. They answer with the fault. */
  abort(fault: Fault): void {
    for (const its of this.#calls.values()) for (const controller of its) controller.abort(fault);
  }
}

const tooMany = (most: number) =>
  new Fault({
    code: 'rate_limited',
    message: `You have ${most} calls running here already, and that is as many as one caller may have.`,
    hint: 'Wait until one of them has answered, then repeat the call.',
    retryAfter: 1,
  });
