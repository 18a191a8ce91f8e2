import type { ServerResponse } from 'node:http';

/** Answers that are under way. Streams that stay open until somebody ends them are none. */
export class Traffic {
  readonly #answers = new Set<ServerResponse>();
  #idle: (() => void) | undefined;
  /** Nothing new is taken up. */
  stopping = false;

  add(response: ServerResponse): void {
    this.#answers.add(response);
    response.once('close', () => this.leaveOut(response));
  }

  leaveOut(response: ServerResponse): void {
    if (this.#answers.delete(response) && this.#answers.size === 0) this.#idle?.();
  }

  /** Resolves when every answer has left, or its client has gone. */
  idle(): Promise<void> {
    if (this.#answers.size === 0) return Promise.resolve();
    return new Promise(resolve => {
      this.#idle = resolve;
    });
  }
}
