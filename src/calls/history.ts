import type { Answer } from '../answers/answer.ts';
import type { Clock } from '../base/clock.ts';
import type { Row } from '../base/json-value.ts';

/** A call that was answered, for who writes down what was done. */
export interface PastCall {
  /** Clock time, ms. */
  at: number;
  name: string;
  arguments: Row;
  /** Handles that its answer named. */
  handles: readonly string[];
}

const keptMs = 3_600_000;
const mostCalls = 200;
/** What is larger is data, and nothing to be written down. */
const longestArguments = 20_000;

/** The calls of one caller in the last hour, in memory. */
export class CallHistory {
  readonly #clock: Clock;
  #calls: PastCall[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note(name: string, given: unknown, answer: Answer): void {
    if (answer.kind === 'question' || typeof given !== 'object' || given === null) return;
    if (JSON.stringify(given).length > longestArguments) return;
    const call = { at: this.#clock.now(), name, arguments: { ...(given as Row) }, handles: handlesIn(answer) };
    this.#calls = [...this.since(this.#clock.now() - keptMs), call].slice(-mostCalls);
  }

  since(moment: number): PastCall[] {
    const oldest = Math.max(moment, this.#clock.now() - keptMs);
    return this.#calls.filter(({ at }) => at >= oldest);
  }
}

function handlesIn(answer: Answer): string[] {
  if (answer.kind === 'run') return [answer.run.uri, ...(answer.outcome ? handlesIn(answer.outcome) : [])];
  return 'result' in answer && answer.result ? [answer.result.uri] : [];
}
