import type { IncomingHttpHeaders } from 'node:http';
import {
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  validateHostHeader,
  validateOriginHeader,
} from '@modelcontextprotocol/server';
import type { HttpSettings } from '../../config/http.ts';
import { hostInUrl } from '../../http/addresses.ts';

/**
 * Says why a request may not come in, or undefined. A web page can make a browser on this machine or in this network
 * send requests: under the page's own host name (DNS rebinding), or with its origin.
 */
export function guard(settings: HttpSettings): (headers: IncomingHttpHeaders) => string | undefined {
  const own = [...(settings.allowed_hosts ?? []), ...publicHost(settings), ...listeningHost(settings)];
  const hosts = [...localhostAllowedHostnames(), ...own];
  const origins = [...localhostAllowedOrigins(), ...(settings.allowed_origins ?? own)];
  return ({ host, origin }) => {
    const [named, from] = [validateHostHeader(host, hosts), validateOriginHeader(origin, origins)];
    if (!named.ok) return `${named.message}. The operator can allow it with --allowed-hosts.`;
    if (!from.ok) return `${from.message}. The operator can allow it with --allowed-origins.`;
    return undefined;
  };
}

const publicHost = ({ public_url }: HttpSettings) => (public_url ? [new URL(public_url).hostname] : []);

// Who listens on every address has no name by which it is called.
const listeningHost = ({ host }: HttpSettings) => (/^(0\.0\.0\.0|::|\[::\])$/.test(host) ? [] : [hostInUrl(host)]);
