import { AsyncLocalStorage } from 'node:async_hooks';
import { InMemoryServerEventBus, type ServerEvent } from '@modelcontextprotocol/server';
import type { RunWatch, Watcher } from '../../runs/watch.ts';
import { watchAll } from '../subscriptions.ts';

interface Wish {
  uris: readonly string[];
  watcher: Watcher;
}

/**
 * Where listening streams get their events from: each gets the changes of the runs that it asked for. The SDK does not
 * tell a bus whose stream subscribes to it, so what the stream asked for travels with the request.
 */
export class RunEvents extends InMemoryServerEventBus {
  readonly #runs: RunWatch;
  readonly #wish = new AsyncLocalStorage<Wish>();

  constructor(runs: RunWatch) {
    super();
    this.#runs = runs;
  }

  /** Answers a `subscriptions/listen`. */
  listening<T>(wish: Wish, answer: () => T): T {
    return this.#wish.run(wish, answer);
  }

  override subscribe(listener: (event: ServerEvent) => void): () => void {
    const { uris, watcher } = this.#wish.getStore() ?? { uris: [], watcher: { caller: '', options: {} } };
    const leave = super.subscribe(listener);
    const stop = watchAll(this.#runs, uris, watcher, uri => listener({ kind: 'resource_updated', uri }));
    return () => {
      leave();
      stop();
    };
  }
}
