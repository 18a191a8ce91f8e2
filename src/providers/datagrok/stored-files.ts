import type { Readable } from 'node:stream';
import { isFault } from '../../base/errors.ts';
import type { Row } from '../../base/json-value.ts';
import type { HttpReply } from '../../http/request.ts';
import type { Collected, Operation, OperationContext } from '../../operations/operation.ts';

/** Something that was fetched, on its way into the result store. */
export interface Fetched {
  operation: Operation;
  args: Row;
  name: string;
  bytes: AsyncIterable<Uint8Array>;
  /** A file of the user's own, which need not be the table that its name promises. */
  asIs?: true;
  key?: string;
}

/** Fetches a file by an operation's own route. */
export async function fetchFile(file: Omit<Fetched, 'bytes'>, context: OperationContext): Promise<Collected> {
  try {
    const { body } = await context.request(file.operation, file.args, { expect: 'stream' });
    return await keep({ ...file, bytes: body as AsyncIterable<Uint8Array> }, context);
  } catch (error) {
    if (!isFault(error, 'timed_out')) throw error;
    const hint =
      'Nothing was stored. Repeat the call; if the file is just large, the operator raises DATAGROK_TIMEOUT_SECONDS.';
    throw error.with({ hint });
  }
}

export const fileName = (path: string) => path.slice(path.lastIndexOf('/') + 1);

export async function keep(
  { operation, args, name, bytes, asIs, key }: Fetched,
  context: OperationContext,
): Promise<Collected> {
  const mediaType = /\.csv$/i.test(name) ? 'text/csv' : 'application/octet-stream';
  const origin = { operation, arguments: args, name, mediaType, key };
  const result = await context.store(origin, { bytes, ...(asIs ? { asIs } : {}) });
  const extent = result.kind === 'table' ? `${result.rows} rows` : `${result.bytes} bytes`;
  return { result, summary: `${name}: ${extent}.`, warnings: [] };
}

/**
 * What a download that is broken off at once says of a thing: its size in words, or undefined when it is not there. A
 * thing that is there and cannot be read is there all the same.
 */
export async function existing(download: () => Promise<HttpReply>): Promise<string | undefined> {
  try {
    const { body, headers } = await download();
    (body as Readable).destroy();
    const size = headers['content-length'];
    return size === undefined ? 'of unknown size' : `${size} bytes`;
  } catch (error) {
    if (isFault(error, 'not_found') || isFault(error, 'rejected')) return undefined;
    if (isFault(error, 'upstream_down') && error.status === 200) return 'not readable';
    throw error;
  }
}
