import type { IncomingMessage } from 'node:http';
import { isJsonContentType } from '@modelcontextprotocol/server';
import { Refusal } from './refusal.ts';

/**
 * The JSON of a request.
 * @throws Refusal 413, 415 or 400
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<unknown> {
  if (!isJsonContentType(request.headers['content-type'] ?? null))
    throw new Refusal(415, -32000, 'The content type of a request must be application/json.');
  const chunks: Buffer[] = [];
  let bytes = 0;
  if (Number(request.headers['content-length']) > limit) throw tooLarge(limit);
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > limit) throw tooLarge(limit);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new Refusal(400, -32700, 'Parse error: the request is not JSON.');
  }
}

// The rest of it is not read, so the connection is of no further use.
const tooLarge = (limit: number) =>
  new Refusal(413, -32000, `A request may have ${limit} bytes at the most.`, { connection: 'close' });
