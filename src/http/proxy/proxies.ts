import { BlockList, isIP } from 'node:net';
import { Fault } from '../../base/errors.ts';
import { isLoopback } from '../addresses.ts';
import { decoded } from '../path.ts';
import type { ProxyVariables, Variable } from './variables.ts';

/** A proxy that passes connections on. */
export interface HttpProxy {
  /** Without user and password. */
  url: URL;
  /** The variable that names it, for people. */
  variable: string;
  /** What it is shown, where the variable holds a user or a password. */
  authorization?: string;
}

/** Where a connection is to lead. */
export interface Destination {
  protocol: string;
  /** As in a URL, or an address without brackets. */
  hostname: string;
  /** Empty: the one of the protocol. */
  port: string;
}

export interface Proxies {
  /** The proxy on the way there; undefined where there is none. @throws Fault `not_configured` */
  to(destination: Destination): HttpProxy | undefined;
  /** What of the variables nobody may see. */
  secrets: readonly string[];
}

export function readProxies({ https, http, none }: ProxyVariables): Proxies {
  const read = { 'https:': https && readProxy(https), 'http:': http && readProxy(http) };
  const exempt = exemptions(none?.value ?? '');
  return {
    to(destination) {
      const { hostname, protocol } = destination;
      const found = read[protocol as keyof typeof read];
      if (!found || isLoopback(hostname) || exempt(hostname, portOf(destination))) return undefined;
      if ('fault' in found) throw found.fault;
      return found.proxy;
    },
    secrets: Object.values(read).flatMap(found => found?.secrets ?? []),
  };
}

export const portOf = ({ port, protocol }: Destination): string => port || (protocol === 'https:' ? '443' : '80');

type Read = { secrets: readonly string[] } & ({ proxy: HttpProxy } | { fault: Fault });

function readProxy({ name, value }: Variable): Read {
  // Without a scheme, which is how many write it, it would be read as a scheme.
  const text = value.includes('://') ? value : `http://${value}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // It cannot be told where in it a password is.
  if (!url || !/^https?:$/.test(url.protocol)) return { fault: noProxy(name), secrets: [value] };
  const [user, password] = [plain(url.username), plain(url.password)];
  const account = `${user}:${password}`;
  const proxy: HttpProxy = { url: new URL(url.origin), variable: name };
  if (account === ':') return { proxy, secrets: [] };
  const authorization = `Basic ${Buffer.from(account).toString('base64')}`;
  return { proxy: { ...proxy, authorization }, secrets: [password, account, url.password].filter(Boolean) };
}

const noProxy = (variable: string) =>
  new Fault({
    code: 'not_configured',
    message: `The variable ${variable} does not name an HTTP proxy.`,
    hint: `Write it as http://proxy.example.com:8080 or http://user:password@proxy.example.com:8080; SOCKS is not known here.`,
  });

// A percent sign may not have been encoded.
const plain = (part: string) => decoded(part) ?? part;

type Exempts = (hostname: string, port: string) => boolean;

/**
 * Reads the forms of NO_PROXY that are in use: `*`, a host with all below it (`example.com`, `.example.com`,
 * `*.example.com`), an address, a network (`10.0.0.0/8`), each with or without a port; by commas or spaces.
 */
function exemptions(text: string): Exempts {
  const all = text
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(exemption);
  return (hostname, port) => {
    const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
    return all.some(exempts => exempts(host, port));
  };
}

function exemption(entry: string): Exempts {
  if (entry === '*') return () => true;
  const [, before, itsPort] = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(entry) ?? [];
  const name = (before ?? entry)
    .replace(/^\[|\]$/g, '')
    .replace(/^\*?\./, '')
    .toLowerCase();
  const covers = network(name) ?? (host => host === name || host.endsWith(`.${name}`));
  return (host, port) => (itsPort === undefined || itsPort === port) && covers(host);
}

/** One address is a network, too: IPv6 ones can be spelt in several ways. */
function network(name: string): ((host: string) => boolean) | undefined {
  const [address = '', prefix] = name.split('/');
  const version = isIP(address);
  if (version === 0) return undefined;
  const most = version === 4 ? 32 : 128;
  const length = Number(prefix ?? most);
  if (!Number.isInteger(length) || length < 0 || length > most) return () => false;
  const list = new BlockList();
  list.addSubnet(address, length, `ipv${version as 4 | 6}`);
  return host => isIP(host) === version && list.check(host, `ipv${version as 4 | 6}`);
}
