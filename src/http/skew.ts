/** Platforms take clocks that are at most some minutes wrong, and signatures of nobody knows how many seconds. */
export const mostSkew = 30;

/**
 * Seconds by which this machine's clock is ahead of the one that answered, exact to about a second; undefined when the
 * answer has no date.
 *
 * @param now ms, when it answered
 */
export function secondsAhead({ date }: Readonly<Record<string, string>>, now: number): number | undefined {
  // The header has no fractions: on average it is half a second old.
  const ahead = Math.round((now - Date.parse(date ?? '') - 500) / 1000);
  return Number.isNaN(ahead) ? undefined : ahead;
}

/** "600 s ahead". */
export const skewWords = (ahead: number): string => `${Math.abs(ahead)} s ${ahead > 0 ? 'ahead' : 'behind'}`;
