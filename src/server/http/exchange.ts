import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AuthInfo, RequestId } from '@modelcontextprotocol/server';
import type { Caller } from '../../callers/caller.ts';

/** A request that has been let in, and where its answer goes. */
export interface Exchange {
  /** The SDK reads method, address and `auth` from it. */
  request: IncomingMessage & { method: string; url: string; auth: AuthInfo };
  response: ServerResponse;
  caller: Caller;
  /** The JSON of a POST. */
  body: unknown;
}

const isRequest = (message: unknown) =>
  typeof message === 'object' && message !== null && 'method' in message && 'id' in message;

/** Asks for something, instead of answering or telling. */
export const asks = (body: unknown): boolean => (Array.isArray(body) ? body.some(isRequest) : isRequest(body));

/** The id of the one request that a body is. */
export const requestIdOf = (body: unknown): RequestId | undefined =>
  isRequest(body) ? (body as { id: RequestId }).id : undefined;

/** The requests that a body takes back. They get no answer. */
export const cancelledIn = (body: unknown): RequestId[] =>
  [body].flat().flatMap(message => {
    const { method, params } = (message ?? {}) as { method?: unknown; params?: { requestId?: RequestId } };
    return method === 'notifications/cancelled' && params?.requestId !== undefined ? [params.requestId] : [];
  });

/** The way to be told of changes in the 2026 era. */
export const listens = (body: unknown): boolean =>
  (body as { method?: unknown } | undefined)?.method === 'subscriptions/listen';

/** Its answer is a stream that stays open until somebody ends it. */
export const staysOpen = ({ request, body }: Exchange): boolean => request.method === 'GET' || listens(body);
