import type { Fault, FaultDetails } from '../base/errors.ts';
import { firstWords } from './body.ts';
import type { HttpReply } from './request.ts';

/** Somebody's page: platforms that answer in JSON refuse in JSON. */
export const isWebPage = ({ body, headers }: Pick<HttpReply, 'body' | 'headers'>): boolean =>
  typeof body === 'string' &&
  body !== '' &&
  (/^\s*<(!doctype|html)\b/i.test(body) || /^text\/html\b/i.test(headers['content-type'] ?? ''));

interface Asked {
  title: string;
  connection: string;
  operation: string;
}

/**
 * A refusal that is a web page: a firewall, a content network or a proxy spoke before the platform did, so that it says
 * nothing of credential, scope or thing. Undefined for a fault of a server (5xx), which may be the platform's own.
 */
export function refusedBefore(reply: HttpReply, asked: Asked, fault: Fault): Partial<FaultDetails> | undefined {
  const { status } = reply;
  if (!isWebPage(reply) || status < 400 || status >= 500 || status === 429) return undefined;
  const { title, connection, operation } = asked;
  const words = firstWords(String(reply.body), 200);
  return {
    code: fault.code === 'rate_limited' ? fault.code : 'rejected',
    message: `Something before ${title} answered ${status} to ${operation}, with a web page${words ? `: "${words}"` : ''}.`,
    hint:
      'A proxy, a firewall or a content network refused it; the platform has not seen the credential. ' +
      `Whoever runs the network can let it through; check the base URL of the connection ${connection} too.`,
  };
}
