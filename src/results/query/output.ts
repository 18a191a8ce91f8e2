import type { Readable } from 'node:stream';

/** The first line, and a stream of the rest that fails when the worker does. */
export async function splitHead(output: Readable, done: Promise<void>): Promise<[string, AsyncIterable<Uint8Array>]> {
  const iterator = output[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let head = Buffer.alloc(0);
  for (let end = -1; end < 0; end = head.indexOf('\n')) {
    const { value, done: ended } = await iterator.next();
    if (ended) {
      await done;
      throw new Error('The query gave no columns');
    }
    head = Buffer.concat([head, value]);
  }
  const end = head.indexOf('\n');
  async function* rest() {
    yield head.subarray(end + 1);
    for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
    await done;
  }
  return [head.subarray(0, end).toString(), rest()];
}
