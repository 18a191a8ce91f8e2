import { Refusal } from '../../../sandbox/frame/refusal.ts';
import type { SimulatorReply } from '../../../sandbox/router.ts';

/** `json`: the body as the platform writes it, for example `{ message: '404 Project Not Found' }`. */
export const refusal = (status: number, json: object): Refusal<SimulatorReply> => new Refusal({ status, json });
export const notFound = (noun?: string): Refusal<SimulatorReply> =>
  refusal(404, { message: noun ? `404 ${noun} Not Found` : '404 Not found' });
export const forbidden = (reason?: string): Refusal<SimulatorReply> =>
  refusal(403, { message: reason ? `403 Forbidden - ${reason}` : '403 Forbidden' });
export const badRequest = (reason: string): Refusal<SimulatorReply> =>
  refusal(400, { message: `400 Bad request - ${reason}` });
/** Errors of a model, field by field. */
export const invalid = (errors: Record<string, string[]>): Refusal<SimulatorReply> => refusal(400, { message: errors });
