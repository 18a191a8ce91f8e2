import { Refusal } from '../../../sandbox/frame/refusal.ts';

/** What the platform says no with. */
export interface Refused {
  code: string;
  message: string;
  /** Absent: what the API usually answers with this code. */
  status?: number;
  headers?: Record<string, string>;
  /** Goes out as it is where the API has details. */
  details?: unknown;
}

export const refusal = (
  code: string,
  message: string,
  more: Pick<Refused, 'status' | 'headers' | 'details'> = {},
): Refusal<Refused> => new Refusal({ code, message, ...more }, message);
export const invalid = (message: string, details?: unknown): Refusal<Refused> =>
  refusal('invalid_arguments', message, { details });
export const notFound = (noun: string): Refusal<Refused> => refusal('not_found', `There is no such ${noun}`);
