import type { IncomingMessage, ServerResponse } from 'node:http';

/** What is done here, besides asking whether it may be (OPTIONS). */
export const methods = ['GET', 'POST', 'DELETE'];
const requestHeaders =
  'authorization, content-type, accept, last-event-id, mcp-session-id, mcp-protocol-version, mcp-method, mcp-name';
const responseHeaders = 'mcp-session-id, www-authenticate';

/**
 * Lets a web page that may send requests read the answers (https://fetch.spec.whatwg.org/#http-cors-protocol). True
 * when its browser only asked whether it may, and has its answer. Asked after the page's origin was found right.
 */
export function answerBrowser({ method, headers: { origin } }: IncomingMessage, response: ServerResponse): boolean {
  if (origin === undefined) return false;
  response.setHeader('access-control-allow-origin', origin);
  response.setHeader('access-control-expose-headers', responseHeaders);
  response.setHeader('vary', 'origin');
  if (method !== 'OPTIONS') return false;
  response.writeHead(204, {
    'access-control-allow-methods': methods.join(', '),
    'access-control-allow-headers': requestHeaders,
    'access-control-max-age': '600',
  });
  response.end();
  return true;
}
