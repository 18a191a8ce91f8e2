/** What goes on behind answers, so that whoever closes the process can end it and wait until nothing is written any more. */
export class BackgroundWork {
  readonly #controller = new AbortController();
  readonly #underWay = new Set<Promise<unknown>>();

  /** Aborts when it is time to end. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Its failure is nobody's: whoever needs the outcome makes it anew. */
  add(work: Promise<unknown>): void {
    const ended = work.catch(() => {}).finally(() => this.#underWay.delete(ended));
    this.#underWay.add(ended);
  }

  async close(): Promise<void> {
    this.#controller.abort();
    await Promise.all(this.#underWay);
  }
}
