import { Readable } from 'node:stream';
import { Fault, isFault } from '../base/errors.ts';
import type { Call } from './call.ts';

/** A request body that is sent as it is read, in place of JSON. */
export interface StreamBody {
  mediaType: string;
  /** Bytes in all. Absent: not known before the end, and sent in chunks. */
  size?: number | undefined;
  /** From the beginning; asked once for each attempt. */
  open(): Readable;
}

/** Progress is told at most so many times for one body. */
const tellings = 20;
/** Smaller bodies are over before anybody could read how far they are. */
const worthTelling = 2 ** 20;

/** The body, opened, telling how much of it has gone. Its errors are Faults. */
export function openBody({ open, size }: StreamBody, operation: string, { progress }: Call): Readable {
  const source = open();
  const tell = (done: number) => {
    if (size !== undefined && size >= worthTelling)
      progress(`${operation}: sent ${mebibytes(done)} of ${mebibytes(size)} MiB`, done, size);
  };
  const body = Readable.from(watched(source, size, tell), { objectMode: false });
  // Given up before it was begun, the loop below never closes its source.
  return body.once('close', () => source.destroy());
}

async function* watched(source: Readable, size: number | undefined, tell: (done: number) => void) {
  let done = 0;
  let reportedBytes = 0;
  try {
    for await (const chunk of source as AsyncIterable<Uint8Array>) {
      yield chunk;
      done += chunk.length;
      if (size === undefined || (done < reportedBytes + size / tellings && done < size)) continue;
      reportedBytes = done;
      tell(done);
    }
  } catch (error) {
    throw isFault(error) ? error : unreadable(error instanceof Error ? error.message : String(error), error);
  }
  if (size !== undefined && done !== size) throw unreadable(`it has ${done} of ${size} bytes left`);
}

const mebibytes = (bytes: number) => (bytes / 2 ** 20).toFixed(1);

const unreadable = (why: string, cause?: unknown) =>
  new Fault({
    code: 'conflict',
    message: `What was being sent changed or went away meanwhile: ${why}. Part of it may have arrived.`,
    hint: 'Look what the platform has now, then send it again.',
    cause,
  });
