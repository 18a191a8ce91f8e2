import type { CallToolResult } from '@modelcontextprotocol/server';
import type { Answer } from '../answers/answer.ts';
import type { FaultCode } from '../base/errors.ts';
import type { Meter } from '../http/call.ts';

export type CallOutcome = FaultCode | 'ok' | 'defect';

/** Learns what calls came to. */
export interface Observer {
  /** Whatever ran as a call: tools, resources, completions. */
  called(call: { name: string; outcome: CallOutcome; ms: number; meter: Meter }): void;
  /** What a tool had to say, and how it was put. */
  answered(answer: Answer, shaped: CallToolResult): void;
}

/** Tells everybody who has joined by then. */
export class Observers implements Observer {
  readonly #observers: Observer[] = [];

  add(observer: Observer): void {
    this.#observers.push(observer);
  }

  called(call: Parameters<Observer['called']>[0]): void {
    for (const observer of this.#observers) observer.called(call);
  }

  answered(answer: Answer, shaped: CallToolResult): void {
    for (const observer of this.#observers) observer.answered(answer, shaped);
  }
}
