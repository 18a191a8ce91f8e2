import { Readable } from 'node:stream';
import { jsonOf } from './body.ts';

/**
 * Looks at how a body begins. What begins like JSON is read as far as it goes, up to `mostBytes`: an error in disguise is
 * short, and a file that is not loses nothing by it.
 */
export async function inspected(body: Readable, mostBytes: number): Promise<{ body: Readable; suspicion?: unknown }> {
  const pieces = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const seen: Buffer[] = [];
  let bytes = 0;
  let ended = false;
  while (!ended && (bytes === 0 || (bytes <= mostBytes && beginsLike(seen, '{')))) {
    const next = await pieces.next();
    ended = next.done === true;
    if (next.done) break;
    seen.push(next.value);
    bytes += next.value.length;
  }

  async function* whole() {
    try {
      yield* seen;
      for (let next = await pieces.next(); !next.done; next = await pieces.next()) yield next.value;
    } finally {
      await pieces.return?.();
    }
  }

  const again = Readable.from(whole(), { objectMode: false });
  // Given up before it was begun, the loop above never closes its source; and what fails unread must not end the process.
  again.once('close', () => body.destroy()).on('error', () => {});
  return { body: again, ...suspicionOf(seen, ended) };
}

function suspicionOf(seen: readonly Buffer[], ended: boolean): { suspicion?: unknown } {
  if (beginsLike(seen, '<')) return { suspicion: Buffer.concat(seen).toString() };
  if (!ended || !beginsLike(seen, '{')) return {};
  const parsed = jsonOf(Buffer.concat(seen).toString());
  return 'value' in parsed ? { suspicion: parsed.value } : {};
}

const beginsLike = ([first]: readonly Buffer[], sign: string): boolean =>
  first?.subarray(0, 64).toString().trimStart().startsWith(sign) === true;
