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
  { name, platform, baseUrl }: Connection,
  hosts: Readonly<Record<string, string>>,
): void {
  const pages = connections.platforms.find(one => one.name === platform)?.pages;
  if (pages === undefined) return;
  const { host: own, hostname } = new URL(baseUrl);
  const isOwn = (host: string) =>
    isSameSite(host, own) ||
    (isLoopback(hostname) && (isSameSite(host, pages) || isLoopback(host.replace(/:\d+$/, ''))));
  for (const [argument, host] of Object.entries(hosts)) {
    if (isOwn(host)) continue;
    throw new Fault({
      code: 'bad_arguments',
      message: `${argument} is an address at ${host}, and the connection ${name} is at ${isLoopback(hostname) ? pages : own}.`,
      hint: 'Nothing was sent. Give the path or number of the thing, if it is on the connected server as well.',
    });
  }
}

/** The same host, or the one beside it: `api.acme.io` and `app.acme.io`. */
function isSameSite(one: string, other: string): boolean {
  const site = (host: string) => (host.split('.').length > 2 ? host.slice(host.indexOf('.') + 1) : host);
  return one === other || site(one.toLowerCase()) === site(other.toLowerCase());
}
