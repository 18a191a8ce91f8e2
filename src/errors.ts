/** What can go wrong, as a caller can act on it. The codes are part of the public interface. */
export const faultCodes = [
  'bad_arguments', // the call itself is wrong: change the arguments
  'unknown_operation', // no such tool, operation, run or resource
  'not_configured', // a connection or setting is missing or malformed: the operator has to act
  'unauthorized', // the platform refused the credential
  'missing_scope', // the credential is good but may not do this
  'not_found', // the platform has no such thing, or hides it from this credential
  'conflict', // the thing is in a state that forbids the call
  'rejected', // the platform understood and refused
  'rate_limited', // the platform's quota is used up: wait `retryAfter` seconds
  'upstream_down', // the platform cannot be reached or answers 5xx
  'bad_upstream_reply', // the platform's answer cannot be read
  'timed_out', // no answer within the deadline
  'cancelled', // the caller gave up
  'needs_confirmation', // a person has to agree first
  'too_large', // more than the limits allow
  'read_only', // this server or connection does not write
] as const;

export type FaultCode = (typeof faultCodes)[number];

export interface FaultDetails {
  code: FaultCode;
  /** What happened, in the user's nouns; quotes the platform's own words where it gave any. */
  message: string;
  /** The next step, naming the call, setting or person that can take it. */
  hint: string;
  /** HTTP status of the platform's answer. */
  status?: number | undefined;
  /** Seconds to wait before the same call can succeed. */
  retryAfter?: number | undefined;
  /** The platform's own id of the failed request. */
  requestId?: string | undefined;
  cause?: unknown;
}

/** The one error of this program. Anything else that is thrown is a defect. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: FaultCode;
  readonly hint: string;
  readonly status: number | undefined;
  readonly retryAfter: number | undefined;
  readonly requestId: string | undefined;

  constructor({ code, message, hint, status, retryAfter, requestId, cause }: FaultDetails) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.hint = hint;
    this.status = status;
    this.retryAfter = retryAfter;
    this.requestId = requestId;
  }

  /** The same fault, some details changed. */
  with(changes: Partial<FaultDetails>): Fault {
    const { code, message, hint, status, retryAfter, requestId, cause } = this;
    return new Fault({ code, message, hint, status, retryAfter, requestId, cause, ...changes });
  }
}

export function isFault(error: unknown, code?: FaultCode): error is Fault {
  return error instanceof Fault && (code === undefined || error.code === code);
}
