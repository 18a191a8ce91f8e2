/** What can go wrong, as a caller can act on it, and what each means. The codes are part of the public interface. */
export const faultCodes = {
  bad_arguments: 'The call itself is wrong: change the arguments.',
  unknown_operation: 'There is no such tool or operation here.',
  not_configured: 'A connection or setting is missing or malformed: the operator has to act.',
  unauthorized: 'The platform refused the credential.',
  missing_scope: 'The credential is good but may not do this.',
  not_found: 'The platform has no such thing, or hides it from this credential.',
  conflict: 'The thing is in a state that forbids the call.',
  rejected: 'The platform understood, and refused.',
  rate_limited: "The platform's quota is used up: wait, then repeat.",
  upstream_down: 'The platform cannot be reached, or fails.',
  bad_upstream_reply: "The platform's answer cannot be read.",
  timed_out: 'There was no answer in time.',
  outcome_unknown: 'It may have been done, and nobody knows: look, then decide.',
  cancelled: 'The caller gave up.',
  needs_confirmation: 'A person has to agree first.',
  too_large: 'It is more than the limits allow.',
  read_only: 'This server or connection changes nothing.',
} as const;

export type FaultCode = keyof typeof faultCodes;

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
  /** The platform may have done what it was asked to, although this says otherwise. */
  doubtful?: boolean | undefined;
  /** The platform's server has no such route at all, whatever it was asked about. */
  noRoute?: boolean | undefined;
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
  readonly doubtful: boolean;
  readonly noRoute: boolean;

  constructor(details: FaultDetails) {
    const { code, message, hint, status, retryAfter, requestId, doubtful = false, noRoute = false, cause } = details;
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.hint = hint;
    this.status = status;
    this.retryAfter = retryAfter;
    this.requestId = requestId;
    this.doubtful = doubtful;
    this.noRoute = noRoute;
  }

  /** The same fault, some details changed. */
  with(changes: Partial<FaultDetails>): Fault {
    const { code, message, hint, status, retryAfter, requestId, doubtful, noRoute, cause } = this;
    return new Fault({ code, message, hint, status, retryAfter, requestId, doubtful, noRoute, cause, ...changes });
  }
}

/** What was thrown without being a fault: a defect of this program. */
export const defectFault = (error: unknown): Fault =>
  new Fault({
    code: 'bad_upstream_reply',
    message: `This server failed unexpectedly: ${wordsOf(error)}`,
    hint: 'Repeat the call once. If it stays, report it with the log line of the same time.',
    cause: error,
  });

/** What the file system says names folders of this machine, which are in the log and nobody else's business. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, syscall, path } = error as NodeJS.ErrnoException;
  return path === undefined ? error.message : `${code} (${syscall})`;
}

export function isFault(error: unknown, code?: FaultCode): error is Fault {
  return error instanceof Fault && (code === undefined || error.code === code);
}
