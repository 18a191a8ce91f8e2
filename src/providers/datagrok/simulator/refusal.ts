import { Refusal } from '../../../sandbox/frame/refusal.ts';
import type { SimulatorReply } from '../../../sandbox/router.ts';

/** `status`: a real 4xx or 5xx. `header`: 200 with an `api-error` header. `body`: 200, told by the body alone. */
export type ErrorForm = 'status' | 'header' | 'body';

export interface Refused {
  message: string;
  /** Absent: the server failed and does not know why. */
  code?: number;
  /** The status says so, whatever the profile: what the front door refuses. */
  always?: boolean;
  stackTrace?: string;
}

/** A no of the server on its way out of a handler. */
export const refused = (reason: Refused): Refusal<Refused> => new Refusal(reason, reason.message);
export const refusal = (code: number, message: string): Refusal<Refused> => refused({ code, message });
export const noSuch = (noun: string, name: string): Refusal<Refused> => refusal(404, `${noun} not found: ${name}`);
export const forbidden = (what: string): Refusal<Refused> => refusal(403, `You do not have permission to ${what}`);
/** The router's own answer, for paths that lead nowhere. */
export const noRoute = (path: string): Refusal<Refused> =>
  refused({ code: 404, message: `Route not found: ${path}`, always: true });

export interface ErrorStyle {
  form: ErrorForm;
  /** `older`: `error`, `source` and `innerError` in place of `message`. */
  fields: 'current' | 'older';
  contentType: string;
}

const defaultTrace = 'package:datlas/src/api/public_api.dart 412:9  PublicApi.handle\ndart:async  _completeError';

export function writeRefusal({ message, code, always, stackTrace = defaultTrace }: Refused, style: ErrorStyle) {
  const form = always ? 'status' : style.form;
  const words =
    style.fields === 'current'
      ? { message }
      : { error: message, source: 'datlas', innerError: { '#type': 'ApiError', message } };
  const body = { '#type': 'ApiError', ...words, ...(code !== undefined && { errorCode: code }), stackTrace };
  const reply: SimulatorReply = {
    status: form === 'status' ? (code ?? 500) : 200,
    headers: { 'content-type': style.contentType, ...(form !== 'body' && { 'api-error': 'true' }) },
    json: body,
  };
  return reply;
}
