/** How many of something each caller has. */
export class Tally {
  readonly #counts = new Map<string, number>();

  get size(): number {
    return [...this.#counts.values()].reduce((sum, its) => sum + its, 0);
  }

  of(principal: string): number {
    return this.#counts.get(principal) ?? 0;
  }

  add(principal: string): void {
    this.#counts.set(principal, this.of(principal) + 1);
  }

  remove(principal: string): void {
    const left = this.of(principal) - 1;
    if (left > 0) this.#counts.set(principal, left);
    // Callers come and go for as long as the process lives.
    else this.#counts.delete(principal);
  }
}
