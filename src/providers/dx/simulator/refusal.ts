/** What the platform says no with, on its way out of a handler. */
export class Refusal extends Error {
  readonly code: string;
  /** Absent: what the API usually answers with this code. */
  readonly status: number | undefined;
  readonly headers: Record<string, string>;
  /** Goes out as it is where the API has details. */
  readonly details: unknown;

  constructor(code: string, message: string, more: RefusalDetails = {}) {
    super(message);
    this.code = code;
    this.status = more.status;
    this.headers = more.headers ?? {};
    this.details = more.details;
  }
}

export interface RefusalDetails {
  status?: number;
  headers?: Record<string, string>;
  details?: unknown;
}

export const refusal = (code: string, message: string, more?: RefusalDetails): Refusal =>
  new Refusal(code, message, more);
export const invalid = (message: string, details?: unknown): Refusal =>
  new Refusal('invalid_arguments', message, { details });
export const notFound = (noun: string): Refusal => new Refusal('not_found', `There is no such ${noun}`);
