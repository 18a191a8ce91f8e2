/** What is still to be answered. Streams that stay open until somebody ends them are not. */
export class Traffic {
  readonly #pending = new Set<object>();
  #waiting: (() => void)[] = [];
  /** Nothing new is taken up. */
  stopping = false;

  add(pending: object): void {
    this.#pending.add(pending);
  }

  remove(pending: object): void {
    if (!this.#pending.delete(pending) || this.#pending.size > 0) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Resolves when every answer has left, or nobody is there any more to take it. */
  idle(): Promise<void> {
    if (this.#pending.size === 0) return Promise.resolve();
    return new Promise(resolve => this.#waiting.push(resolve));
  }
}
