import type { JSONRPCMessage, WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server';

/**
 * The SDK counts its requests to a client from 0 in every process, so that two replicas of one session would both wait for
 * the answer to request 0. With the replica in its id, each request is one of a kind, and its answer says where it belongs.
 */
export function nameRequests(transport: WebStandardStreamableHTTPServerTransport, replica: string): void {
  const send = transport.send.bind(transport);
  transport.send = (message, options) => send(outgoing(message, replica), options);
  const { onmessage } = transport;
  transport.onmessage = (message, extra) => onmessage?.(incoming(message, replica), extra);
}

/** The replica that waits for this answer; undefined for what answers nothing of ours. */
export function replicaAsked(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || 'method' in body || !('id' in body)) return undefined;
  return typeof body.id === 'string' ? /^([\w-]+):\d+$/.exec(body.id)?.[1] : undefined;
}

function outgoing(message: JSONRPCMessage, replica: string): JSONRPCMessage {
  if (!('method' in message)) return message;
  if ('id' in message) return { ...message, id: `${replica}:${message.id}` };
  if (message.method !== 'notifications/cancelled') return message;
  const { params } = message;
  return { ...message, params: { ...params, requestId: `${replica}:${params?.['requestId']}` } };
}

function incoming(message: JSONRPCMessage, replica: string): JSONRPCMessage {
  if (replicaAsked(message) !== replica || !('id' in message)) return message;
  return { ...message, id: Number(String(message.id).slice(replica.length + 1)) } as JSONRPCMessage;
}
