import type { IncomingMessage, ServerResponse } from 'node:http';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isFault } from '../../base/errors.ts';
import type { StoredResult } from '../../results/result.ts';
import type { ResultStore } from '../../results/store/store.ts';
import type { DataPlatformsServer } from '../create.ts';
import { HttpError } from './http-error.ts';

/** The folder of addresses under which stored results are given out, beside `/mcp`. */
export const downloadsPath = '/download/';

/**
 * Gives out a stored result, or one range of its bytes, to whoever has a link that this server has signed for its owner.
 * @throws HttpError 404 for a link of nobody's, 410 for one that has expired or whose result has gone, 405, 416
 */
export async function answerDownload(
  { downloads, shared }: DataPlatformsServer,
  token: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = 'GET', headers } = request;
  if (method !== 'GET' && method !== 'HEAD')
    throw new HttpError(405, -32000, 'Method not allowed.', { allow: 'GET, HEAD' });
  const download = downloads.read(token);
  if (!download) throw new HttpError(404, -32000, 'There is no file here.');
  if (download.expiresAt <= shared.clock.now()) throw gone('This link has expired');
  const store = downloads.storeOf(download.owner);
  const result = await found(store, download.id);
  if (result?.createdAt !== download.createdAt || result.isSecret)
    throw gone('The file of this link is no longer here');
  const etag = `"${result.id}-${Date.parse(result.createdAt).toString(36)}"`;
  const isSame = headers['if-range'] === undefined || headers['if-range'] === etag;
  const range = isSame ? rangeOf(headers.range, result.bytes) : undefined;
  if (range === 'none')
    throw new HttpError(416, -32000, 'The file has no such bytes.', { 'content-range': `bytes */${result.bytes}` });
  const { start, end } = range ?? { start: 0, end: result.bytes };
  response.writeHead(range ? 206 : 200, {
    'content-type': result.mediaType,
    'content-length': String(end - start),
    'content-disposition': attachment(result.name),
    'accept-ranges': 'bytes',
    etag,
    ...(range ? { 'content-range': `bytes ${start}-${end - 1}/${result.bytes}` } : {}),
    // It is somebody's, and whatever is in it, no browser may run it here.
    'cache-control': 'private, no-store',
    'content-security-policy': "default-src 'none'; sandbox",
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  });
  if (method === 'HEAD') response.end();
  // Who stops reading is no mistake of ours.
  else await pipeline(await store.open(result, start), upTo(end - start), response).catch(() => response.destroy());
}

async function found(store: ResultStore, id: string): Promise<StoredResult | undefined> {
  try {
    return await store.get(id);
  } catch (error) {
    if (isFault(error, 'not_found')) return undefined;
    throw error;
  }
}

/** The bytes of the one range that is asked for; undefined for all of them, as for several ranges, 'none' for none. */
function rangeOf(header: string | undefined, bytes: number): { start: number; end: number } | 'none' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  if (first === '')
    return last === '0' || bytes === 0 ? 'none' : { start: Math.max(0, bytes - Number(last)), end: bytes };
  const [start, end] = [Number(first), last === '' ? bytes : Math.min(Number(last) + 1, bytes)];
  if (last !== '' && Number(last) < start) return undefined;
  return start < bytes ? { start, end } : 'none';
}

/** No more than so many bytes of what comes. */
function upTo(bytes: number): Transform {
  let left = bytes;
  return new Transform({
    transform(piece: Buffer, _, done) {
      const part = piece.subarray(0, left);
      left -= part.length;
      done(null, part);
      if (left === 0) this.end();
    },
  });
}

/** RFC 6266: the name as ASCII, and as it is. */
function attachment(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%/]/g, '_');
  const whole = encodeURIComponent(name).replace(
    /['()*]/g,
    sign => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${whole}`;
}

const gone = (what: string) => new HttpError(410, -32000, `${what}. Ask for a new one: export_result gives it.`);
