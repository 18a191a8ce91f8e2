import { Fault, type FaultCode } from '../../base/errors.ts';
import type { Retryable } from '../exchange.ts';

/** A proxy stopped it, before anything of the request was sent. */
export class ProxyFailure extends Error {
  readonly again: Retryable;
  readonly #code: FaultCode;
  readonly #hint: string;

  constructor(
    message: string,
    { code, hint, again }: { code: FaultCode; hint: string; again: Retryable },
    cause?: unknown,
  ) {
    super(message, { cause });
    this.again = again;
    this.#code = code;
    this.#hint = hint;
  }

  /** `title`: of the platform that was to be reached. */
  fault(title: string): Fault {
    return new Fault({ code: this.#code, message: `${title}: ${this.message}.`, hint: this.#hint, cause: this });
  }
}

/** Whether it came to that: libraries wrap what they were told. */
export function proxyFailureIn(error: unknown): ProxyFailure | undefined {
  if (error instanceof ProxyFailure) return error;
  return error instanceof Error && error.cause !== undefined ? proxyFailureIn(error.cause) : undefined;
}
