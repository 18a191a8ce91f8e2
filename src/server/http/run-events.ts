import { AsyncLocalStorage } from 'node:async_hooks';
import { InMemoryServerEventBus, type ServerEvent } from '@modelcontextprotocol/server';
import { Tally } from '../../callers/tally.ts';
import type { RunWatch } from '../../runs/watch.ts';
import { watchAll } from '../subscriptions.ts';
import { HttpError } from './http-error.ts';

interface Wish {
  /** On whom the stream counts. */
  principal: string;
  uris: readonly string[];
  /** The caller's. */
  runs: RunWatch;
}

/** As of sessions and streams: the SDK bounds only what all callers have together. */
const mostOfCaller = 100;

/**
 * Where listening streams get their events from: each gets the changes of the runs that it asked for. The SDK does not
 * tell a bus whose stream subscribes to it, so what the stream asked for travels with the request.
 */
export class RunEvents extends InMemoryServerEventBus {
  readonly #wish = new AsyncLocalStorage<Wish>();

  /** How many streams each caller has. */
  readonly #open = new Tally();

  get size(): number {
    return this.#open.size;
  }

  /** Answers a `subscriptions/listen`, until its stream has ended. @throws HttpError 429 where there are too many */
  async listening(wish: Wish, answer: () => Promise<void>): Promise<void> {
    const { principal } = wish;
    if (this.#open.of(principal) >= mostOfCaller) throw tooMany();
    this.#open.add(principal);
    try {
      await this.#wish.run(wish, answer);
    } finally {
      this.#open.remove(principal);
    }
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

const tooMany = () =>
  new HttpError(429, -32000, 'You have too many streams. Close one first.', { 'retry-after': '60' });
