import {
  type AuthInfo,
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  type Server,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { type Caller, localCaller } from '../callers/caller.ts';
import type { CallOptions } from '../calls/call-scope.ts';
import { pageMediaType, pagesExtension } from '../catalog/pages.ts';

/** Key of the caller in the SDK's `AuthInfo.extra`. */
export const callerKey = 'caller';

/** Who calls, as whoever let the request in has found out; without any of that, the person at this machine. */
export function callerIn(authInfo: AuthInfo | undefined): Caller {
  return (authInfo?.extra?.[callerKey] as Caller | undefined) ?? localCaller;
}

/** Capabilities that came with a request, in the 2026 era. */
export function declaredCapabilities({ mcpReq: { envelope } }: ServerContext): ClientCapabilities | undefined {
  return (envelope as Record<string, unknown> | undefined)?.[CLIENT_CAPABILITIES_META_KEY] as
    | ClientCapabilities
    | undefined;
}

/** Whether the client of a request, or of a connection where it said so once, shows our kind of pages. */
export function draws(server: Pick<Server, 'getClientCapabilities'>, context: ServerContext): boolean {
  const declared = (declaredCapabilities(context) ?? server.getClientCapabilities())?.extensions?.[pagesExtension];
  if (declared === undefined) return false;
  const { mimeTypes } = declared as { mimeTypes?: unknown };
  return !Array.isArray(mimeTypes) || mimeTypes.includes(pageMediaType);
}

/** Cancellation and progress of one protocol request. */
export function callOptions({ mcpReq: { signal, _meta, notify } }: ServerContext): CallOptions {
  const progressToken = _meta?.progressToken;
  if (progressToken === undefined) return { signal };
  const count = risingCount();
  return {
    signal,
    progress(message, done, total) {
      // Nobody waits for a notification; a client that has gone shows up as an aborted signal.
      notify({ method: 'notifications/progress', params: { progressToken, message, ...count(done, total) } }).catch(
        () => {},
      );
    },
  };
}

/**
 * Progress must rise with every notification, but a call has phases that count different things. Each phase counts on
 * from the end of the one before it; a message without a count moves by a hair.
 */
function risingCount(): (done?: number, total?: number) => { progress: number; total?: number } {
  let base = 0;
  let phase: number | undefined;
  let last = 0;
  return (done, total) => {
    if (done !== undefined && total !== undefined) {
      if (phase !== undefined && (total !== phase || base + done < last - 1)) base += phase;
      phase = total;
    }
    const progress = Math.max(last + 0.001, done === undefined ? 0 : base + done);
    last = progress;
    return phase === undefined ? { progress } : { progress, total: Math.max(base + phase, progress) };
  };
}
