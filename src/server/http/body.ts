import type { IncomingMessage } from 'node:http';
import { isJsonContentType } from '@modelcontextprotocol/server';
import { deepestJson, depthOf } from '../../base/bounded/depth.ts';
import { HttpError } from './http-error.ts';

/**
 * The JSON of a request.
 * @throws HttpError 413, 415 or 400
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<unknown> {
  if (!isJsonContentType(request.headers['content-type'] ?? null))
    throw new HttpError(415, -32000, 'The content type of a request must be application/json.');
  const chunks: Buffer[] = [];
  let bytes = 0;
  if (Number(request.headers['content-length']) > limit) throw tooLarge(limit);
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > limit) throw tooLarge(limit);
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof HttpError ? error : brokenOff();
  }
  const body = Buffer.concat(chunks);
  if (depthOf(body) > deepestJson)
    throw new HttpError(400, -32600, `A request may be ${deepestJson} levels deep at the most.`);
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new HttpError(400, -32700, 'Parse error: the request is not JSON.');
  }
}

// Nobody is there any more to read it.
const brokenOff = () => new HttpError(400, -32700, 'The request broke off.');

// The rest of it is not read, so the connection is of no further use.
const tooLarge = (limit: number) =>
  new HttpError(413, -32000, `A request may have ${limit} bytes at the most.`, { connection: 'close' });
