import { AsyncLocalStorage } from 'node:async_hooks';
import { InMemoryServerEventBus, type ServerEvent } from '@modelcontextprotocol/server';
import type { RunWatch } from '../../runs/watch.ts';
import { watchAll } from '../subscriptions.ts';

interface Wish {
  uris: readonly string[];
  /** The caller's. */
  runs: RunWatch;
}

/**
 * Where listening streams get their events from: each gets the changes of the runs that it asked for. The SDK does not
 * tell a bus whose stream subscribes to it, so what the stream asked for travels with the request.
 */
export class RunEvents extends InMemoryServerEventBus {
  readonly #wish = new AsyncLocalStorage<Wish>();

  /** Answers a `subscriptions/listen`. */
  listening<T>(wish: Wish, answer: () => T): T {
    return this.#wish.run(wish, answer);
  }

  override subscribe(listener: (event: ServerEvent) => void): () => void {
    const wish = this.#wish.getStore();
    const leave = super.subscribe(listener);
    const changed = (uri: string) => listener({ kind: 'resource_updated', uri });
    const stop = wish && watchAll(wish.runs, wish.uris, {}, changed);
    return () => {
      leave();
      stop?.();
    };
  }
}
