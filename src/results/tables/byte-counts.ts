const slots = 1_024;
const arenaBytes = 65_536;

/** How often each of a few different values occurs, without a string for each value that is looked at. */
export class ByteCounts {
  /** More different values than this, or longer ones, are not counted: `isOver`. */
  static readonly mostValues = 256;
  static readonly longest = 200;
  readonly counts: number[] = [];
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  readonly #table = new Int16Array(slots);
  #arena = Buffer.alloc(1_024);
  #used = 0;
  #last = -1;
  isOver = false;

  /** Counts a value; its number, from 0 in the order in which values were first seen, or -1 when it is over. */
  add(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    if (this.#last >= 0 && this.#equals(this.#last, bytes, start, length)) return this.#count(this.#last);
    if (length > ByteCounts.longest) return this.#giveUp();
    let hash = 0x811c9dc5;
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
    for (let slot = (hash ^ (hash >>> 15)) & (slots - 1); ; slot = (slot + 1) & (slots - 1)) {
      const entry = (this.#table[slot] as number) - 1;
      if (entry < 0) return this.#insert(slot, bytes, start, end);
      if (this.#equals(entry, bytes, start, length)) return this.#count(entry);
    }
  }

  /** How many different values there are. */
  get size(): number {
    return this.counts.length;
  }

  value(entry: number): Buffer {
    return this.#arena.subarray(this.#starts[entry], this.#ends[entry]);
  }

  #count(entry: number): number {
    this.#last = entry;
    (this.counts[entry] as number)++;
    return entry;
  }

  #equals(entry: number, bytes: Uint8Array, start: number, length: number): boolean {
    const from = this.#starts[entry] as number;
    if ((this.#ends[entry] as number) - from !== length) return false;
    const arena = this.#arena;
    // From the end: values of one column often begin alike.
    for (let at = length - 1; at >= 0; at--) if (arena[from + at] !== bytes[start + at]) return false;
    return true;
  }

  #insert(slot: number, bytes: Uint8Array, start: number, end: number): number {
    const entry = this.counts.length;
    if (entry >= ByteCounts.mostValues) return this.#giveUp();
    while (this.#used + end - start > this.#arena.length) {
      const grown = Buffer.alloc(Math.min(arenaBytes, this.#arena.length * 2));
      grown.set(this.#arena);
      this.#arena = grown;
    }
    this.#arena.set(bytes.subarray(start, end), this.#used);
    this.#starts.push(this.#used);
    this.#used += end - start;
    this.#ends.push(this.#used);
    this.counts.push(1);
    this.#table[slot] = entry + 1;
    this.#last = entry;
    return entry;
  }

  #giveUp(): number {
    this.isOver = true;
    return -1;
  }
}
