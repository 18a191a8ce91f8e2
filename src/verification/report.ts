import type { Level } from '../providers/contract.ts';

/**
 * What asking an operation came to.
 *
 * | verdict           | means                                                                            |
 * | ----------------- | -------------------------------------------------------------------------------- |
 * | `as_described`    | status, shape and types are those of the record and the contract                 |
 * | `differs`         | the platform answered otherwise; `differences` says where and how                |
 * | `not_offered`     | the platform has no such route                                                   |
 * | `not_allowed`     | the credential may not do this                                                   |
 * | `nothing_to_try`  | it takes something that could only be guessed, or the account has no such thing  |
 * | `no_answer`       | the platform could not be reached, had no room in its quota, or failed           |
 */
export type Verdict = 'as_described' | 'differs' | 'not_offered' | 'not_allowed' | 'nothing_to_try' | 'no_answer';

/** Where an answer is otherwise than it is described. Names of fields that are described, and types: no values. */
export interface Difference {
  /** For example `items[].started_at`; `*` is a name that nobody described. */
  field: string;
  expected: string;
  found: string;
}

/** What was found out about one operation. Holds no data of the account. */
export interface OperationFinding {
  operation: string;
  route: string;
  /** What it rested on before. */
  evidence: Level;
  verdict: Verdict;
  /** HTTP status of the last answer. */
  status?: number;
  /** Why there was nothing to try it on, in words of ours. */
  reason?: string;
  differences?: Difference[];
  /** Fields that nobody described, by their JSON type. */
  undescribed?: Record<string, number>;
}

export interface PlatformReport {
  platform: string;
  /** The vendor's release, where the platform tells. */
  release?: string;
  /** Requests that were sent, and rows that were looked at. */
  requests: number;
  rows: number;
  findings: OperationFinding[];
}

/** The whole report. It can be sent to the project as it is. */
export interface VerificationReport {
  format: 'data-platforms-mcp/verification/1';
  /** Of the program that made it. */
  version: string;
  /** ISO date. */
  at: string;
  platforms: PlatformReport[];
}

export const verdictWords: Readonly<Record<Verdict, string>> = {
  as_described: 'as described',
  differs: 'differ',
  not_offered: 'not offered here; not listed until this is run again',
  not_allowed: 'not allowed with this credential',
  nothing_to_try: 'with nothing to try them on',
  no_answer: 'without an answer',
};

export const verdictsInOrder = Object.keys(verdictWords) as readonly Verdict[];
