/** A number in [0, 1) that always follows from the same words. */
export function chance(...words: readonly (string | number)[]): number {
  const text = words.join('\n');
  // FNV-1a, then the mixing of MurmurHash3, because the last letters alone would hardly move the result.
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** One of a list, always the same for the same words. */
export function choose<Item>(items: readonly Item[], ...words: readonly (string | number)[]): Item {
  const item = items[Math.floor(chance(...words) * items.length)];
  if (item === undefined) throw new Error('nothing to choose from');
  return item;
}
