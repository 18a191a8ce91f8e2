import type { ServerResponse } from 'node:http';

/** A request that is answered without being looked into any further. */
export class HttpError extends Error {
  readonly status: number;
  /** Code of the JSON-RPC error. */
  readonly code: number;
  readonly headers: Record<string, string>;

  constructor(status: number, code: number, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

export function refuse(response: ServerResponse, { status, code, message, headers }: HttpError): void {
  const body = JSON.stringify({ jsonrpc: '2.0', error: { code, message }, id: null });
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
}
