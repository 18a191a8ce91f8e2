import { AsyncLocalStorage } from 'node:async_hooks';
import type { TraceContext } from './tracer.ts';

const traces = new AsyncLocalStorage<TraceContext>();

/** What the work under way belongs to, in the operator's traces. It goes past everything that is not about tracing. */
export const currentTrace = (): TraceContext | undefined => traces.getStore();

export function withinTrace<Result>(trace: TraceContext | undefined, body: () => Result): Result {
  return trace ? traces.run(trace, body) : body();
}
