import * as crypto from 'node:crypto';
import type { SimulatorContext } from '../host.ts';
import type { SimulatorReply, SimulatorRequest } from '../router.ts';
import type { Site } from '../site.ts';

export interface StorageOptions {
  /** Request line of a file, for example `GET /exports/:export/:file`. */
  line: string;
  /** Lifetime of links made from now on. */
  linkSeconds(): number;
  /** Query parameters of a link. With `nonce`, no two links are alike. */
  parameters: { expires: string; seal: string; nonce?: string };
  /** Headers that no client should send here; `refused` of them are answered with 400. Default: all. */
  credentials: readonly string[];
  refused?: readonly string[];
  /** Told of each request that carried a credential. */
  onLeak(target: string, headers: string[]): void;
  /** The file that a genuine link leads to; undefined: there is none any more. */
  read(request: SimulatorRequest): SimulatorReply | undefined;
}

export interface Storage {
  site: Site;
  /** A fresh link to a path below the storage's origin, and the Unix second at which it ends. */
  link(path: string): { url: string; expires: number };
}

/** The file store behind presigned links: an origin of its own. Links carry their own proof, so none is remembered. */
export function createStorage({ clock, origin }: SimulatorContext, options: StorageOptions): Storage {
  const { line, parameters, credentials, refused = credentials } = options;
  const secret = crypto.randomBytes(32);
  const sealOf = (path: string, expires: string, nonce: string): string =>
    crypto.createHmac('sha256', secret).update(`${path}\n${expires}\n${nonce}`).digest('hex');

  function download(request: SimulatorRequest): SimulatorReply {
    const { path, query } = request;
    const given = (name: string | undefined): string => (name === undefined ? '' : (query.get(name) ?? ''));
    const expires = given(parameters.expires);
    if (given(parameters.seal) !== sealOf(path, expires, given(parameters.nonce)))
      return refuseAsStorage(403, 'Access denied');
    if (clock.now() / 1000 >= Number(expires)) return refuseAsStorage(403, 'Request has expired');
    return options.read(request) ?? refuseAsStorage(404, 'The specified key does not exist.');
  }

  return {
    link(path) {
      const expires = Math.floor(clock.now() / 1000) + options.linkSeconds();
      const nonce = parameters.nonce === undefined ? '' : crypto.randomBytes(12).toString('base64url');
      const query = new URLSearchParams({
        [parameters.expires]: String(expires),
        ...(parameters.nonce !== undefined && { [parameters.nonce]: nonce }),
        [parameters.seal]: sealOf(path, String(expires), nonce),
      });
      return { url: `${origin('storage')}${path}?${query}`, expires };
    },
    site: {
      refuse: refuseAsStorage,
      before({ headers, target }) {
        const leaked = credentials.filter(name => name in headers);
        if (leaked.length === 0) return undefined;
        options.onLeak(target, leaked);
        const isRefused = leaked.some(name => refused.includes(name));
        return isRefused ? refuseAsStorage(400, 'Only one auth mechanism allowed') : undefined;
      },
      routes: { [line]: download },
    },
  };
}

const codes: Readonly<Record<number, string>> = { 400: 'InvalidArgument', 403: 'AccessDenied', 404: 'NoSuchKey' };

/** Object storage says no in XML. */
export function refuseAsStorage(status: number, message: string): SimulatorReply {
  const error = `<Error><Code>${codes[status] ?? 'InternalError'}</Code><Message>${message}</Message></Error>`;
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n${error}`;
  return { status, headers: { 'content-type': 'application/xml' }, body };
}
