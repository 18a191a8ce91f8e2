import type { Readable } from 'node:stream';
import { Fault } from '../errors.ts';

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
  let failure: unknown;
  let ended = false;
  let wake = () => {};
  const end = (error?: unknown) => {
    failure ??= error;
    ended = true;
    wake();
  };
  dicer.on('part', part => {
    // Told by the body, too; unheard it would end the process.
    part.on('error', () => {});
    part.once('header', headers => {
      waiting.push({ headers: plain(headers), bytes: part as unknown as Readable });
      wake();
    });
  });
  dicer.once('finish', () => end());
  dicer.once('error', (error: Error) => end(damaged(error.message, error)));
  body.once('error', end);
  body.pipe(dicer);
  try {
    for (;;) {
      const part = waiting.shift();
      if (part) yield part;
      else if (failure) throw failure;
      else if (ended) return;
      else
        await new Promise<void>(resolve => {
          wake = resolve;
        });
    }
  } finally {
    body.destroy();
  }
}

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
