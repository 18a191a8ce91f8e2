import type { Fault } from '../base/errors.ts';
import type { Effects } from './change.ts';
import type { StreamBody } from './stream-body.ts';

/** One call to a platform, before authentication. */
export interface HttpRequest extends Effects {
  method: string;
  /** Absolute, or from the root of the connection's origin; query included, every part encoded once (`path.ts`). */
  url: string;
  headers?: Record<string, string>;
  /** Sent as JSON, unless there is a `body`. */
  json?: unknown;
  /** Sent as it is read. Once any of it may have arrived, the request is not repeated. */
  body?: StreamBody;
  /** The operation's name, for telemetry and errors. */
  operation: string;
  /** What the credential has to be allowed to do, for the words of a refusal. */
  scopes?: readonly string[];
  /** Operations that list the things its arguments name, for what was not found. */
  listings?: () => readonly string[];
  /** It lists all things of a kind, whatever they belong to: where it is not found, the server has no such route. */
  isWholeListing?: boolean;
  /** `json`: parsed, capped. `text`: decoded, capped. `stream`: the body as it arrives, uncapped, unread. */
  expect: 'json' | 'text' | 'stream';
  /** Statuses besides 2xx that are an answer and not a failure, for example 404 where absence is data. */
  accept?: readonly number[];
  /** The platform works on it before it answers: only the call's own time bounds the attempt. */
  slow?: boolean;
}

export interface HttpReply {
  status: number;
  /** Lower-case names; repeated headers joined with ", ". */
  headers: Record<string, string>;
  /** Where it came from, after redirects. */
  url: string;
  /** `expect: 'json'`: the value, undefined for an empty body; when it is not JSON, the text. */
  body: unknown;
  /** Why the answer to a change is not the platform's own, unless the platform's code reads a refusal in it. */
  unreadable?: Fault;
  /** What a streamed body holds that may be an error in disguise (see `errorsInFiles`). */
  suspicion?: unknown;
}
