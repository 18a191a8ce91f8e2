import { Fault } from '../../base/errors.ts';
import { isLoopback } from '../../http/addresses.ts';
import type { Connection } from '../../http/connection.ts';
import type { CallerServices } from '../services.ts';

/**
 * Refuses what was pasted from another server than the connection's: the path of a thing there may be that of another
 * thing here.
 * @param hosts by argument
 * @throws Fault `bad_arguments`
 */
export function refuseForeign(
  { connections }: Pick<CallerServices, 'connections'>,
  { name, platform, baseUrl, apis = {} }: Connection,
  hosts: Readonly<Record<string, string>>,
): void {
  const { pages, isOneHost } = connections.platforms.find(one => one.name === platform) ?? {};
  if (pages === undefined) return;
  const { host: own, hostname } = new URL(baseUrl);
  const roots = [own, ...Object.values(apis).map(api => new URL(api.baseUrl).host)];
  const isSame = isOneHost ? isSameHost : isSameSite;
  // The vendor's own server, and what stands for it here: then the vendor's pages are of this account.
  const isVendors = isLoopback(hostname) || (!isOneHost && roots.some(root => isBelow(root, pages)));
  const isOwn = (host: string) =>
    roots.some(root => isSame(host, root)) ||
    (isVendors && (isOneHost ? isSame(host, pages) : isBelow(host, pages))) ||
    (isLoopback(hostname) && isLoopback(host.replace(/:\d+$/, '')));
  for (const [argument, host] of Object.entries(hosts)) {
    if (isOwn(host)) continue;
    throw new Fault({
      code: 'bad_arguments',
      message: `${argument} is an address at ${host}, and the connection ${name} is at ${isLoopback(hostname) ? pages : own}.`,
      hint: 'Nothing was sent. Give the path or number of the thing, if it is on the connected server as well.',
    });
  }
}

const isSameHost = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** Below what the vendor's pages are below: `api.prod.acme.io`, where those are at `app.acme.io`. */
const isBelow = (host: string, pages: string): boolean =>
  isSameHost(host, pages) || host.toLowerCase().endsWith(pages.slice(pages.indexOf('.')));

/** The same host, or one beside or above it: `api.acme.io`, `app.acme.io` and `acme.io`. */
function isSameSite(one: string, other: string): boolean {
  const site = (host: string) => (host.split('.').length > 2 ? host.slice(host.indexOf('.') + 1) : host);
  const [first, second] = [one.toLowerCase(), other.toLowerCase()];
  const sites = [site(first), site(second)];
  return first === second || sites[0] === sites[1] || sites[0] === second || sites[1] === first;
}
