import type { buildConnector, Dispatcher } from 'undici';
import type { Clock } from '../base/clock.ts';
import type { Proxies } from './proxy/proxies.ts';

/** The pools of sockets, one for each origin. `signal`: gives up tunnels that are being opened. */
export async function createDispatcher(
  proxies: Proxies | undefined,
  clock: Clock,
  signal: AbortSignal,
): Promise<Dispatcher> {
  const { Agent, buildConnector } = await import('undici');
  // Connecting is tried four times, so it must be quick.
  const connect = buildConnector({ timeout: 6_000, allowH2: false });
  const agent = new Agent({
    connections: 64,
    allowH2: false,
    // The pipeline has its own deadlines, on its own clock.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: proxies ? await throughProxies(connect, proxies, { clock, signal }) : connect,
  });
  return agent.compose(tellWritten);
}

/** A request may wait for a connection, which takes a tunnel and TLS to open. `written` tells when it waits no longer. */
export interface WrittenOptions extends Dispatcher.RequestOptions {
  written?(): void;
}

const tellWritten: Dispatcher.DispatcherComposeInterceptor = dispatch => (options, handler) => {
  const { written } = options as Dispatcher.DispatchOptions & Pick<WrittenOptions, 'written'>;
  if (!written) return dispatch(options, handler);
  return dispatch(options, {
    // The request is written right after it, in the same turn.
    onRequestStart(controller, context) {
      handler.onRequestStart?.(controller, context);
      if (!controller.aborted) written();
    },
    onRequestUpgrade: (...given) => handler.onRequestUpgrade?.(...given),
    onResponseStart: (...given) => handler.onResponseStart?.(...given),
    onResponseData: (...given) => handler.onResponseData?.(...given),
    onResponseEnd: (...given) => handler.onResponseEnd?.(...given),
    onResponseError: (...given) => handler.onResponseError?.(...given),
  });
};

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
