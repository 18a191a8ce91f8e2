const mostInFlight = 16;

/**
 * Loads the parts 0 to `count` - 1, several at once, and yields them in order. `width` is how many to begin with: all
 * that are allowed where it is certain that they exist, otherwise few; one more for each part that was wanted doubles
 * them with every round trip.
 */
export async function* ahead<T>(
  count: number,
  width: number,
  load: (index: number) => Promise<T>,
): AsyncGenerator<T, void, void> {
  const loading: Promise<T>[] = [];
  let started = 0;
  let room = Math.min(width, mostInFlight);
  for (let index = 0; index < count; index += 1) {
    for (; started < count && loading.length < room; started += 1) {
      const part = load(started);
      // When the consumer stops at an earlier part, nobody hears what became of this one.
      part.catch(() => {});
      loading.push(part);
    }
    const part = loading.shift();
    if (part) yield await part;
    room = Math.min(room + 1, mostInFlight);
  }
}

/** One part that is there, then the rest. */
export async function* startingWith<T>(first: T, rest: AsyncIterable<T>): AsyncGenerator<T, void, void> {
  yield first;
  yield* rest;
}
