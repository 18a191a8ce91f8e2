import type { SimulatorReply } from '../../../sandbox/router.ts';

const nosniff = { 'x-content-type-options': 'nosniff' };

export const ok = (json: unknown): SimulatorReply => ({ status: 200, json });

/** The server's way of saying no where it says anything. */
export const envelope = (code: number, message: string, errors?: string[]): SimulatorReply => ({
  status: code,
  headers: { 'content-type': 'application/json; charset=utf-8', ...nosniff },
  json: { code, message, ...(errors && { errors }) },
});

/** A status that claims to have JSON and has nothing. */
export const empty = (status: number, guarded = false): SimulatorReply => ({
  status,
  headers: { 'content-type': 'application/json', ...(guarded && nosniff) },
});

/** What the router says about a path that it does not know. */
export const noSuchPath = (): SimulatorReply => ({
  status: 404,
  headers: { 'content-type': 'text/plain; charset=utf-8', ...nosniff },
  body: '404 page not found\n',
});

export function refuse(status: number, message: string): SimulatorReply {
  if (status === 404) return noSuchPath();
  return [401, 403, 405].includes(status) ? { status } : envelope(status, message);
}
