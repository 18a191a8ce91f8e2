import { AsyncLocalStorage } from 'node:async_hooks';
import { InMemoryServerEventBus, type ServerEvent } from '@modelcontextprotocol/server';
import type { RunWatch } from '../../runs/watch.ts';
import { watchAll } from '../subscriptions.ts';
import { Refusal } from './refusal.ts';

interface Wish {
  owner: string;
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
  readonly #open = new Map<string, number>();

  get size(): number {
    return [...this.#open.values()].reduce((sum, its) => sum + its, 0);
  }

  /** Answers a `subscriptions/listen`, until its stream has ended. @throws Refusal 429 where there are too many */
  async listening(wish: Wish, answer: () => Promise<void>): Promise<void> {
    const { owner } = wish;
    const its = this.#open.get(owner) ?? 0;
    if (its >= mostOfCaller) throw tooMany();
    this.#open.set(owner, its + 1);
    try {
      await this.#wish.run(wish, answer);
    } finally {
      const left = (this.#open.get(owner) ?? 1) - 1;
      if (left > 0) this.#open.set(owner, left);
      else this.#open.delete(owner);
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

const tooMany = () => new Refusal(429, -32000, 'You have too many streams. Close one first.', { 'retry-after': '60' });
