import type { Fault } from '../base/errors.ts';
import type { Redactor } from '../base/redact.ts';
import type { ListStyle } from './path.ts';
import type { HttpReply, HttpRequest } from './request.ts';

/** The part of the web's own that libraries use to send with. */
export type Fetch = (
  url: string,
  init: {
    method: string;
    headers: Record<string, string> | Headers;
    body?: URLSearchParams | null | undefined;
    redirect: 'manual';
    signal?: AbortSignal | undefined;
  },
) => Promise<Response>;

/**
 * How a request proves who is asking. `headers` is called for every attempt, just before it is sent, with the exact
 * URL that goes on the wire; its result never leaves the connection's origin. `fetch`: for what has to be asked for first.
 */
export interface Auth {
  headers(request: { method: string; url: string; now: number; fetch: Fetch }): Promise<Record<string, string>>;
  /** Fields that go into a JSON body, where the platform wants a credential there. */
  fields?(request: { method: string; url: string }): Record<string, string> | undefined;
  /**
   * Renews the credential after a 401; true when a second attempt makes sense. Absent: a 401 is final.
   * `refused`: the headers that were sent. Of many calls that were refused alike, one renews.
   */
  renew?(refused: Record<string, string>, fetch: Fetch): Promise<boolean>;
}

/** A documented quota: at most `requests` in any `perMs` milliseconds over all requests that it applies to. */
export interface Quota {
  name: string;
  requests: number;
  perMs: number;
  appliesTo(request: { method: string; path: string }): boolean;
  /** What it is counted for, each by itself: a run, for example. Absent: everything counts together. */
  countedFor?(url: URL): string;
}

/** One API of a platform as one account reaches it: where it is, who asks, and how it answers. */
export interface Api {
  /** Every path is resolved below it. No trailing slash. */
  baseUrl: string;
  auth: Auth;
  /** The same object on several APIs: one quota for all of them. */
  quotas: readonly Quota[];
  /** How lists travel in a query. Default `repeat`. */
  lists?: ListStyle;
  /** Longest time one attempt may take, in ms. Default 30,000. */
  attemptTimeoutMs?: number;
  /**
   * Errors come as successes where a file was asked for, too: what is short and begins like JSON or a web page is read,
   * and shown to `readFault`, before it is taken for the file.
   */
  errorsInFiles?: true;
  /** What changes something may be answered in plain text. Absent: what is not JSON is not the platform speaking. */
  answersInText?: true;
  /** Whether a success has the platform's own form, as far as all of its answers have one. Default: any JSON, or none. */
  isOwnAnswer?(body: unknown): boolean;
  /**
   * Reads the platform's way of saying no. Called for every reply that is not a success by status, and for successes
   * too, because some platforms put errors into a 200. Undefined: by status alone.
   */
  readFault?(reply: HttpReply, request: HttpRequest): Partial<FaultReading> | undefined;
}

/** One account on one platform: all that the request pipeline has to know. */
export interface Connection extends Api {
  /** The name the operator gave it; the platform's own name where there is only one. */
  name: string;
  platform: string;
  /** The platform's name as people write it. */
  title: string;
  readOnly: boolean;
  /** Knows the secrets of this connection, which may be a caller's alone. */
  redactor?: Redactor;
  /** Things that the platform cannot list, by kind, as the operator named them. */
  named?: Readonly<Record<string, readonly Record<string, unknown>[]>>;
  /** What the operator chose where servers of a platform differ; only the platform's own code reads it. */
  choices?: Readonly<Record<string, string>>;
  /** Whose account it is, where the settings say it. */
  account?: string;
  /** Digest of the platform and of who asks there: the same account has the same in every process. */
  accountKey?(): string;
  /** Longest time one call may take, in ms. Default 50,000. */
  callTimeoutMs?: number;
  /**
   * The same account on each API that it has a credential for, by the names that the provider gives its APIs. Absent
   * where the platform has one API.
   */
  apis?: Readonly<Record<string, Connection>>;
}

/** What a platform's answer says about a failure; what it leaves out follows from the status. */
export interface FaultReading
  extends Pick<Fault, 'code' | 'message' | 'hint' | 'retryAfter' | 'requestId' | 'noRoute'> {
  /** Do not repeat, whatever the code. */
  final: boolean;
  /** Nothing was done, and the same may work in a moment: repeat it, whatever its effect. */
  transient: boolean;
}
