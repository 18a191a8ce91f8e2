import type { Agent, buildConnector } from 'undici';
import type { Clock } from '../base/clock.ts';
import type { Proxies } from './proxy/proxies.ts';

/** The pools of sockets, one for each origin. `signal`: gives up tunnels that are being opened. */
export async function createDispatcher(
  proxies: Proxies | undefined,
  clock: Clock,
  signal: AbortSignal,
): Promise<Agent> {
  const { Agent, buildConnector } = await import('undici');
  // Connecting is tried four times, so it must be quick.
  const connect = buildConnector({ timeout: 6_000, allowH2: false });
  return new Agent({
    connections: 64,
    allowH2: false,
    // The pipeline has its own deadlines, on its own clock.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: proxies ? await throughProxies(connect, proxies, { clock, signal }) : connect,
  });
}

/**
 * undici has agents for proxies, but 7.30 opens a tunnel that the proxy breaks off again at once and for ever, whoever
 * has given up, takes no limit of time for it, and tells of a refusal in words alone.
 */
async function throughProxies(
  connect: buildConnector.connector,
  proxies: Proxies,
  options: { clock: Clock; signal: AbortSignal },
): Promise<buildConnector.connector> {
  const { openTunnel } = await import('./proxy/tunnel.ts');
  const opened = async (destination: buildConnector.Options) => {
    const proxy = proxies.to(destination);
    return proxy && openTunnel(proxy, destination, options);
  };
  return (destination, callback) => {
    opened(destination).then(
      tunnel => {
        if (tunnel && destination.protocol !== 'https:') callback(null, tunnel);
        else connect({ ...destination, ...(tunnel && { httpSocket: tunnel }) }, callback);
      },
      error => callback(error, null),
    );
  };
}
