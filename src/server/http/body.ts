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
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > limit) throw tooLarge(limit);
      chunks.push(chunk);
    }
  } catch (error) {
    throw error instanceof Refusal ? error : brokenOff();
  }
  const body = Buffer.concat(chunks);
  if (depthOf(body) > deepest) throw new Refusal(400, -32600, `A request may be ${deepest} levels deep at the most.`);
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new Refusal(400, -32700, 'Parse error: the request is not JSON.');
  }
}

/** No argument of a tool comes near it; some ten thousand overflow the stack of whoever walks through them. */
const deepest = 500;

function depthOf(json: Buffer): number {
  let depth = 0;
  let most = 0;
  let inText = false;
  for (let at = 0; at < json.length; at += 1) {
    const sign = signs[json[at] as number];
    if (sign === undefined) continue;
    if (inText && sign === 'escape') at += 1;
    else if (sign === 'quote') inText = !inText;
    else if (!inText && sign === 'open') depth += 1;
    else if (!inText && sign === 'close') depth -= 1;
    most = Math.max(most, depth);
  }
  return most;
}

/** By byte: none of these is ever a part of another character. */
const signs: Readonly<Record<number, 'quote' | 'escape' | 'open' | 'close'>> = {
  34: 'quote',
  92: 'escape',
  91: 'open',
  123: 'open',
  93: 'close',
  125: 'close',
};

// Nobody is there any more to read it.
const brokenOff = () => new Refusal(400, -32700, 'The request broke off.');

// The rest of it is not read, so the connection is of no further use.
const tooLarge = (limit: number) =>
  new Refusal(413, -32000, `A request may have ${limit} bytes at the most.`, { connection: 'close' });
