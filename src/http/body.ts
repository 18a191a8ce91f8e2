import { finished, pipeline, type Readable, Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { deepestJson, depthOf } from '../base/bounded/depth.ts';
import { isDue, othersTurn } from '../base/bounded/turns.ts';
import type { Clock } from '../base/clock.ts';
import { Fault, isFault } from '../base/errors.ts';
import { parseJson, parseJsonInTurns } from '../base/json.ts';
import { cleanText } from '../base/unicode/visible.ts';
import { abortFault, watchStall } from './deadline.ts';
import { type Exchange, failed, type Outcome } from './exchange.ts';

/** A body that was read until its end, or as far as it could be. */
export interface ReadBody {
  bytes: Buffer;
  /** Why there is no more of it. */
  broken?: Error | 'too large';
}

/** The body without its content coding; an unknown coding is left as it is. */
export function decoded(body: Readable, headers: Record<string, string>): Readable {
  const decoders = { gzip: createGunzip, 'x-gzip': createGunzip, br: createBrotliDecompress, deflate: createInflate };
  const create = decoders[headers['content-encoding']?.toLowerCase() as keyof typeof decoders];
  // What goes wrong is told by the stream that is returned.
  return create ? pipeline(body, create(), () => {}) : body;
}

export function readBody(body: Readable, mostBytes: number): Promise<ReadBody> {
  return new Promise(resolve => {
    const chunks: Buffer[] = [];
    let length = 0;
    let ended = false;
    const end = (broken?: ReadBody['broken']) => {
      if (ended) return;
      ended = true;
      resolve({
        bytes: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks),
        ...(broken && { broken }),
      });
      if (broken) body.destroy();
    };
    body.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > mostBytes) return end('too large');
      chunks.push(chunk);
    });
    body.on('error', end);
    body.once('end', () => end());
    body.once('close', () => {
      if (!ended) end(new Error('closed'));
    });
  });
}

const tooDeep = `lists and objects are nested more than ${deepestJson} levels deep`;

const decoder = new TextDecoder();

export function textOf(bytes: Buffer): string {
  return decoder.decode(bytes);
}

/** The JSON value of a text, undefined for an empty one; or why there is none. */
export function jsonOf(text: string): { value: unknown } | { error: string } {
  if (text.trim() === '') return { value: undefined };
  if (depthOf(Buffer.from(text)) > deepestJson) return { error: tooDeep };
  try {
    return { value: parseJson(text) };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

/** The same, with turns for others where it is long. */
async function jsonInTurns(text: string, bytes: Buffer): Promise<{ value: unknown } | { error: string }> {
  if (text.trim() === '') return { value: undefined };
  if (isDue(bytes.length / 64)) await othersTurn();
  if (depthOf(bytes) > deepestJson) return { error: tooDeep };
  if (isDue(bytes.length / 64)) await othersTurn();
  try {
    return { value: await parseJsonInTurns(text) };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

/** What an HTML page or text says first, on one line of at most `most` characters. */
export function firstWords(text: string, most: number): string {
  const start = text.slice(0, 8192);
  const title = /<title[^<>]{0,200}>([^<]{1,500})/i.exec(start)?.[1];
  const plain = (
    title ?? start.replace(/<(style|script)\b[\s\S]*?(<\/\1>|$)/gi, ' ').replace(/<[!/a-z][^<>]{0,2000}>/gi, ' ')
  ).trim();
  // A blank in its place would hide from redaction what stands around it.
  const clean = cleanText(plain).replace(/\s+/g, ' ').trim();
  return clean.length > most ? `${clean.slice(0, most - 1)}…` : clean;
}

/** What a caller gets who asked for the value or the text of a success. */
export async function bodyOutcome(
  exchange: Exchange,
  read: ReadBody,
  reply: Reply,
  mostBytes: number,
): Promise<Outcome> {
  const { request, connection } = exchange;
  const text = textOf(read.bytes);
  const parsed = request.expect === 'json' ? await jsonInTurns(text, read.bytes) : { value: text };
  // A refusal is one in whatever form it comes.
  const lenient = reply.status >= 300;
  const changes = request.changes !== undefined;
  if (read.broken && !lenient) {
    const fault = brokenBody(exchange, read, reply, mostBytes);
    return changes ? { reply: { body: text, unreadable: fault, ...reply } } : failed(fault, brokenAgain(read));
  }
  if ('value' in parsed) return { reply: { body: parsed.value, ...reply } };
  const isText = changes && connection.answersInText && !looksLikePage(text, reply) && !/^\s*[[{]/.test(text);
  if (lenient || isText) return { reply: { body: text, ...reply } };
  const fault = notJson(exchange, text, reply, parsed.error);
  // The platform's own code may know better what that is.
  return changes ? { reply: { body: text, unreadable: fault, ...reply } } : failed(fault);
}

interface Reply {
  status: number;
  headers: Record<string, string>;
  url: string;
}

function brokenAgain({ broken }: ReadBody): 'never' | 'repeatable' {
  return broken === 'too large' ? 'never' : 'repeatable';
}

function brokenBody(exchange: Exchange, { bytes, broken }: ReadBody, reply: Reply, mostBytes: number): Fault {
  if (broken !== 'too large') return brokeOff(exchange, bytes.length, reply.headers, broken);
  const { connection, request } = exchange;
  return new Fault({
    code: 'too_large',
    message: `${connection.title} answers ${request.operation} with more than ${mostBytes / 2 ** 20} MiB.`,
    hint: 'Ask for less: a smaller limit, fewer fields or a narrower filter.',
    status: reply.status,
  });
}

const looksLikePage = (text: string, { headers }: Reply): boolean =>
  headers['content-type']?.startsWith('text/html') === true || /^\s*</.test(text);

function notJson({ connection: { name, title }, request }: Exchange, text: string, reply: Reply, error: string): Fault {
  const type = reply.headers['content-type']?.split(';')[0] ?? 'no content type';
  const html = looksLikePage(text, reply);
  const meant = /json/.test(type) && !html;
  return new Fault({
    code: 'bad_upstream_reply',
    message: meant
      ? `${title} answered ${request.operation} with malformed JSON: ${firstWords(error, 200)}`
      : `${title} answered ${request.operation} with ${html ? 'a web page' : type} instead of JSON: "${firstWords(text, 200)}"`,
    hint: html
      ? `Check the base URL of the connection ${name}; a login page or a proxy may stand between.`
      : 'Repeat the call; if it stays, the platform has changed or has a fault.',
    status: reply.status,
  });
}

function brokeOff(exchange: Exchange, received: number, headers: Record<string, string>, cause?: unknown): Fault {
  const { connection, request } = exchange;
  const all = headers['content-encoding'] ? undefined : headers['content-length'];
  return new Fault({
    code: 'bad_upstream_reply',
    message: `The answer of ${connection.title} to ${request.operation} broke off after ${received}${
      all === undefined ? '' : ` of ${all}`
    } bytes.`,
    hint: 'Repeat the call.',
    cause,
  });
}

/** The body as it arrives. Whatever ends it early, its error is a Fault. */
export function streamed(clock: Clock, exchange: Exchange, body: Readable, headers: Record<string, string>): Readable {
  const { call, connection, request } = exchange;
  let received = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      received += chunk.length;
      call.meter.bytes += chunk.length;
      arrived();
      done(null, chunk);
    },
  });
  const arrived = watchStall(clock, exchange, stream);
  // An abort may come while nobody reads yet, and an unheard error would end the process.
  stream.on('error', () => {});
  // Not `pipeline`: it ends the stream with the source's own error, and `for await` sees that one, not a later Fault.
  const source = decoded(body, headers);
  finished(source, { writable: false }, error => {
    if (!error) return;
    const aborted =
      call.signal.aborted && abortFault(call.signal, { title: connection.title, operation: request.operation });
    stream.destroy(aborted || (isFault(error) ? error : brokeOff(exchange, received, headers, error)));
  });
  stream.once('close', () => source.destroy());
  return source.pipe(stream);
}
