import { type IncomingMessage, request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import type { Socket } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import { hostInUrl } from '../addresses.ts';
import { ProxyFailure } from './failure.ts';
import { type Destination, type HttpProxy, portOf } from './proxies.ts';

/** How long a proxy may take to open one, in ms. As for connections without one: it is tried several times. */
const patience = 6_000;

/**
 * Has the proxy connect to a destination, and hands over the connection. TLS goes through it from end to end, so the
 * proxy sees host and port alone: https://www.rfc-editor.org/rfc/rfc9110#name-connect
 * @throws ProxyFailure
 */
export function openTunnel(
  proxy: HttpProxy,
  destination: Destination,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<Socket> {
  const target = `${hostInUrl(destination.hostname)}:${portOf(destination)}`;
  const { hostname, port, protocol } = proxy.url;
  const { authorization } = proxy;
  return new Promise((resolve, reject) => {
    const connect = (protocol === 'https:' ? overHttps : overHttp)({
      method: 'CONNECT',
      host: hostname.replace(/^\[|\]$/g, ''),
      ...(port && { port }),
      path: target,
      headers: { host: target, ...(authorization && { 'proxy-authorization': authorization }) },
      // None of the process's own: it might have been told to use proxies itself.
      agent: false,
    });
    const alarm = clock.alarm(patience, () => connect.destroy(new Error(`no answer within ${patience / 1000} s`)));
    const giveUp = () => connect.destroy(new Error('not wanted any more'));
    signal.addEventListener('abort', giveUp, { once: true });
    const settle = () => {
      alarm.clear();
      signal.removeEventListener('abort', giveUp);
    };
    connect.once('connect', (response, socket: Socket, head) => {
      settle();
      if (response.statusCode === 200) {
        if (head.length > 0) socket.unshift(head);
        return resolve(socket);
      }
      socket.destroy();
      reject(refusal(proxy, target, response));
    });
    connect.once('error', error => {
      settle();
      reject(unreachable(proxy, destination, error));
    });
    connect.end();
  });
}

const nameOf = ({ url, variable }: HttpProxy) => `the proxy ${url.host} (${variable})`;

function unreachable(proxy: HttpProxy, { hostname }: Destination, error: NodeJS.ErrnoException): ProxyFailure {
  const message = `${nameOf(proxy)} cannot be reached (${error.code ?? error.message})`;
  const hint = `Check ${proxy.variable}, or name ${hostname} in NO_PROXY if it is reached without a proxy.`;
  return new ProxyFailure(message, { code: 'upstream_down', hint, again: 'always' }, error);
}

function refusal(proxy: HttpProxy, target: string, { statusCode = 0, statusMessage }: IncomingMessage): ProxyFailure {
  const { variable, authorization } = proxy;
  if (statusCode === 407) {
    const what = authorization ? `does not accept the user and password in ${variable}` : 'wants a user and a password';
    return new ProxyFailure(`${nameOf(proxy)} ${what} (407)`, {
      code: 'not_configured',
      hint: `Set ${variable} to http://user:password@${proxy.url.host}, special characters percent-encoded. Only basic authentication is known here: for NTLM or Kerberos run a local proxy that does it, and name that one.`,
      again: 'never',
    });
  }
  const said = `${statusCode}${statusMessage ? ` ${statusMessage}` : ''}`;
  const passing = statusCode >= 500;
  return new ProxyFailure(`${nameOf(proxy)} does not connect to ${target}: it answered ${said}`, {
    code: passing ? 'upstream_down' : 'not_configured',
    hint: passing
      ? 'Check the base URL of the connection, and whether the proxy can reach that host.'
      : `Have the proxy allow ${target}, or name the host in NO_PROXY if it is reached without a proxy.`,
    again: passing ? 'always' : 'never',
  });
}
