/**
 * What several calls, and several processes, share about a key: one value at a time, which is only written over by
 * somebody who has seen it. Everything that must happen once is built on that.
 */
export interface Register {
  read(key: string): Promise<Entry>;
  /**
   * Puts a value in the place of what was read as `version`, for as long as `lapsesAt` (clock ms) says. The new version;
   * undefined where somebody else has written meanwhile.
   */
  write(key: string, version: number, value: Value, lapsesAt: number): Promise<number | undefined>;
}

export interface Entry {
  /** 0: nothing was ever written. */
  version: number;
  /** Absent: nothing was, or what was has lapsed. */
  value?: Value;
}

/**
 * It may go through JSON. Numbers named `at`, `until`, `…At` or `…Until` are clock times (ms), which a register may carry
 * from one clock to another.
 */
export type Value = Readonly<Record<string, string | number>>;

export const isTime = (name: string): boolean => /(?:^at|^until|At|Until)$/.test(name);
