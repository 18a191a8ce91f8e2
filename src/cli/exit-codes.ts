import type { FaultCode } from '../base/errors.ts';

/** What the exit codes of the program mean: for `--help` and the documentation. */
export const exitCodes = [
  { code: 0, meaning: 'it worked' },
  { code: 1, meaning: 'a defect of this program' },
  { code: 2, meaning: 'wrong use: flags, commands, arguments' },
  { code: 3, meaning: 'no access: not configured, credential refused, permission missing, read-only' },
  { code: 4, meaning: 'refused by the platform: not found, conflict, rejected, too large' },
  { code: 5, meaning: 'no answer from the platform: rate limit, failure, timeout, unreadable reply' },
  { code: 6, meaning: 'the run was started and ended without success, or not for all of many things' },
  { code: 130, meaning: 'interrupted' },
] as const;

export type ExitCode = (typeof exitCodes)[number]['code'];

/** The exit code of each fault. */
export const faultExits: Readonly<Record<FaultCode, ExitCode>> = {
  bad_arguments: 2,
  unknown_operation: 2,
  not_configured: 3,
  unauthorized: 3,
  missing_scope: 3,
  read_only: 3,
  needs_confirmation: 3,
  not_found: 4,
  conflict: 4,
  rejected: 4,
  too_large: 4,
  rate_limited: 5,
  upstream_down: 5,
  bad_upstream_reply: 5,
  timed_out: 5,
  outcome_unknown: 5,
  cancelled: 130,
};
