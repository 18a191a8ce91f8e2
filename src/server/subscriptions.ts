import {
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type JSONRPCErrorResponse,
  type JSONRPCMessage,
  ProtocolError,
  ProtocolErrorCode,
  type RequestId,
  type Server,
  type Transport,
  type TransportSendOptions,
} from '@modelcontextprotocol/server';
import type { CallOptions } from '../calls/call-scope.ts';
import { tasksExtension, tasksNotDeclared } from '../runs/tasks.ts';
import type { RunWatch } from '../runs/watch.ts';

/** Subscriptions of a connection of the 2025 era, which lasts and can be told things. */
export function serveSubscriptions(server: Server, runs: RunWatch): void {
  const stops = new Map<string, () => void>();
  const stop = (uri: string) => {
    stops.get(uri)?.();
    stops.delete(uri);
  };
  server.setRequestHandler('resources/subscribe', ({ params: { uri } }) => {
    if (stops.has(uri)) return {};
    if (runs.accept([uri]).length === 0) throw notWatched(uri);
    const changed = () => void server.sendResourceUpdated({ uri }).catch(() => stop(uri));
    stops.set(uri, runs.watch(uri, {}, changed));
    return {};
  });
  server.setRequestHandler('resources/unsubscribe', ({ params: { uri } }) => {
    stop(uri);
    return {};
  });
  const { onclose } = server;
  server.onclose = () => {
    for (const uri of [...stops.keys()]) stop(uri);
    onclose?.();
  };
}

const notWatched = (uri: string) =>
  new ProtocolError(
    ProtocolErrorCode.InvalidParams,
    `${uri} does not announce changes: only runs do, some fifty at a time. Subscribe to the run.uri of an answer.`,
  );

/** What comes of a `subscriptions/listen` of the 2026 era. */
export interface Listening {
  /** Runs that are to be watched for it. */
  uris: string[];
  /** The request, as far as it can be granted. */
  message: unknown;
  /** In place of an answer. */
  refusal?: JSONRPCErrorResponse;
}

interface ListenRequest {
  id: RequestId;
  params?: {
    notifications?: { resourceSubscriptions?: unknown; taskIds?: unknown };
    _meta?: Record<string, unknown>;
  };
}

/** Narrows a request to what will be told. */
export function narrowListening(message: unknown, runs: RunWatch): Listening {
  const { id, params } = message as ListenRequest;
  const capabilities = params?._meta?.[CLIENT_CAPABILITIES_META_KEY] as ClientCapabilities | undefined;
  if (params?.notifications?.taskIds !== undefined && !capabilities?.extensions?.[tasksExtension]) {
    const { code, message: words, data } = tasksNotDeclared();
    return { uris: [], message, refusal: { jsonrpc: '2.0', id, error: { code, message: words, data } } };
  }
  const wanted = params?.notifications?.resourceSubscriptions;
  if (!Array.isArray(wanted)) return { uris: [], message };
  const uris = runs.accept(wanted.filter(uri => typeof uri === 'string'));
  // The acknowledgement repeats the filter: it must not promise what never comes.
  const notifications = { ...params?.notifications, resourceSubscriptions: uris };
  return { uris, message: { ...(message as object), params: { ...params, notifications } } };
}

/** Watches runs; returns how to stop all of them. */
export function watchAll(
  runs: RunWatch,
  uris: readonly string[],
  options: CallOptions,
  changed: (uri: string) => void,
) {
  const stops = uris.map(uri => runs.watch(uri, options, () => changed(uri)));
  return () => {
    for (const stop of stops) stop();
  };
}

/**
 * A transport that watches the runs its client listens to. On stdio the SDK answers `subscriptions/listen` by itself
 * and tells nobody; what a server then sends reaches those who listen.
 */
export function listeningTransport(wire: Transport, runs: RunWatch, changed: (uri: string) => void): Transport {
  const listening = new Map<RequestId, () => void>();
  const stop = (id: RequestId | undefined) => {
    if (id === undefined) return;
    listening.get(id)?.();
    listening.delete(id);
  };
  const transport: Transport = {
    async start() {
      wire.onmessage = (message, extra) => {
        const passed = received(message);
        if (passed) transport.onmessage?.(passed, extra);
      };
      wire.onerror = error => transport.onerror?.(error);
      wire.onclose = () => {
        for (const id of [...listening.keys()]) stop(id);
        transport.onclose?.();
      };
      await wire.start();
    },
    // An answer to `subscriptions/listen` is its end, or says that it never began.
    send(message: JSONRPCMessage, options?: TransportSendOptions) {
      if (!('method' in message)) stop(message.id);
      return wire.send(message, options);
    },
    close: () => wire.close(),
  };
  function received(message: JSONRPCMessage): JSONRPCMessage | undefined {
    // The wire has parsed it; parsing it again for its kind costs more than all else here.
    if (!('method' in message)) return message;
    if (message.method === 'notifications/cancelled') stop(message.params?.['requestId'] as RequestId | undefined);
    if (!('id' in message) || message.method !== 'subscriptions/listen') return message;
    const narrowed = narrowListening(message, runs);
    if (narrowed.refusal) {
      wire.send(narrowed.refusal).catch(error => transport.onerror?.(error));
      return undefined;
    }
    stop(message.id);
    listening.set(message.id, watchAll(runs, narrowed.uris, {}, changed));
    return narrowed.message as JSONRPCMessage;
  }
  return transport;
}
