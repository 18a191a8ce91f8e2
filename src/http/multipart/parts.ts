import { PassThrough, type Readable } from 'node:stream';
import { Fault } from '../../base/errors.ts';

/** One part of a multipart body. */
export interface BodyPart {
  /** Lower-case names; text as UTF-8. */
  headers: Record<string, string>;
  bytes: Readable;
}

/**
 * The parts of a multipart body, one after the other. Each has to be read to its end: the next comes behind it.
 * @throws Fault `bad_upstream_reply` for what is no multipart body, or ends in the middle
 */
export async function* bodyParts(body: Readable, contentType: string): AsyncGenerator<BodyPart> {
  const boundary = /\bboundary=(?:"([^"]+)"|([^\s;]+))/i.exec(contentType);
  if (!boundary) throw damaged(`It came as ${contentType || 'nothing'}.`);
  const { Dicer } = (await import('@fastify/busboy')).default as unknown as typeof import('@fastify/busboy');
  const dicer = new Dicer({ boundary: boundary[1] ?? boundary[2] ?? '' });
  const waiting: BodyPart[] = [];
  const open = new Set<Readable>();
  let failure: Error | undefined;
  let ended = false;
  // The reader waits for a part, the writer for one to be taken; either looks again at whatever happens.
  const sleepers: (() => void)[] = [];
  const stir = () => {
    for (const wake of sleepers.splice(0)) wake();
  };
  const stirred = () => new Promise<void>(resolve => sleepers.push(resolve));
  const fail = (error: Error) => {
    failure ??= error;
    // A reader would wait for bytes that will not come.
    for (const bytes of open) bytes.destroy(failure);
    stir();
  };
  dicer.on('part', part => {
    const bytes = new PassThrough();
    open.add(bytes.on('error', () => {}).once('close', () => open.delete(bytes)));
    part.on('error', (error: Error) => fail(damaged(error.message, error)));
    part.once('header', headers => {
      waiting.push({ headers: plain(headers), bytes });
      stir();
    });
    part.pipe(bytes);
  });
  dicer.once('finish', () => {
    ended = true;
    stir();
  });
  dicer.once('error', (error: Error) => fail(damaged(error.message, error)));

  async function write(): Promise<void> {
    for await (const chunk of body) {
      // Small files pile up here when they come faster than they are stored.
      while (waiting.length > mostWaiting && !failure) await stirred();
      await new Promise<void>(resolve => dicer.write(chunk, () => resolve()));
    }
    dicer.end();
  }

  write().catch(fail);
  try {
    for (;;) {
      const part = waiting.shift();
      if (failure) throw failure;
      if (part) {
        stir();
        yield part;
      } else if (ended) return;
      else await stirred();
    }
  } finally {
    body.destroy();
  }
}

const mostWaiting = 16;

/** The parser takes every byte for a character. */
function plain(headers: object): Record<string, string> {
  const texts = Object.entries(headers as Record<string, string[]>);
  return Object.fromEntries(
    texts.map(([name, values]) => [name.toLowerCase(), Buffer.from(values.join(', '), 'latin1').toString()]),
  );
}

const damaged = (why: string, cause?: unknown) =>
  new Fault({
    code: 'bad_upstream_reply',
    message: `The platform's list of files cannot be read. ${why}`,
    hint: 'Repeat the call; if it stays, the platform has changed or has a fault.',
    cause,
  });
