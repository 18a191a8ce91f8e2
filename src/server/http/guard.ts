import type { IncomingMessage } from 'node:http';
import {
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  validateHostHeader,
  validateOriginHeader,
} from '@modelcontextprotocol/server';
import type { HttpSettings } from '../../config/http.ts';
import { hostInUrl } from '../../http/addresses.ts';

type Heard = Pick<IncomingMessage, 'headers' | 'rawHeaders' | 'url'>;

/**
 * Says why a request may not come in, or undefined. A web page can make a browser on this machine or in this network
 * send requests: under the page's own host name (DNS rebinding), or with its origin.
 */
export function guard(settings: HttpSettings): (request: Heard) => string | undefined {
  const own = [...(settings.allowed_hosts ?? []), ...publicHost(settings), ...listeningHost(settings)];
  const hosts = [...localhostAllowedHostnames(), ...own];
  const origins = [...localhostAllowedOrigins(), ...(settings.allowed_origins ?? own)];
  return ({ headers: { host, origin }, rawHeaders, url = '/' }) => {
    // RFC 9112, 3.2.2: a host in the target would stand for the one in the header.
    if (!url.startsWith('/')) return 'The target of a request has to be a path.';
    if (!isHost(host) || countHosts(rawHeaders) !== 1)
      return 'There has to be one Host header, and in it a host and nothing else.';
    const [named, from] = [validateHostHeader(host, hosts), validateOriginHeader(origin, origins)];
    if (!named.ok) return `${named.message}. The operator can allow it with --allowed-hosts.`;
    if (!from.ok) return `${from.message}. The operator can allow it with --allowed-origins.`;
    return undefined;
  };
}

/** RFC 9112, 3.2: what reads it as a URL would take `localhost#.evil.example` for localhost. */
const isHost = (host = ''): boolean => /^(?:[\w.-]{1,255}|\[[\da-f:.]{2,45}\])(?::\d{1,5})?$/i.test(host);

/** Node keeps the first one, a proxy in front may have looked at the last. */
const countHosts = (rawHeaders: readonly string[]): number =>
  rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host').length;

const publicHost = ({ public_url }: HttpSettings) => (public_url ? [new URL(public_url).hostname] : []);

// Who listens on every address has no name by which it is called.
const listeningHost = ({ host }: HttpSettings) => (/^(0\.0\.0\.0|::|\[::\])$/.test(host) ? [] : [hostInUrl(host)]);
