import type { Spool } from './content.ts';
import type { ErrorStyle } from './refusal.ts';
import type { World } from './world.ts';

/** What tests look at and switch. */
export interface DatagrokState {
  /** Everything there is. Things in it are replaced, never changed. */
  world: World;
  /** Address of the web interface, which links lead to. */
  server: string;
  /** The key that the environment carries. */
  key: string;
  /** Logins by API key. Delete an entry and the key is wrong. */
  keys: Map<string, string>;
  /** A further key, for what other people may do. */
  addKey(login: string): string;
  /** Logins by legacy developer key. */
  developerKeys: Map<string, string>;
  /** What developer keys were exchanged for: sent raw, without `Bearer`. `until` in clock ms. */
  sessions: Map<string, { login: string; until: number }>;
  /** Lifetime of sessions that begin from now on. */
  sessionSeconds: number;
  /**
   * How the server says no, but for 401, 405 and paths without a route, which are real statuses always. `contentType`
   * may be `text/plain`.
   */
  errors: ErrorStyle;
  /**
   * Endpoints that this server does not have, by their id in `contract.json` (A6: sharing by GET, B4: by POST, A7 and
   * A7-short: the two paths of a call), and how it says so.
   */
  absent: Map<string, 404 | 405>;
  /** What a shared dashboard is answered with. */
  shareAnswer: 'empty' | 'json' | 'text';
  /** True: results of calls come without a JSON content type, strings without quotes. */
  plainAnswers: boolean;
  /** Every call of a function that was bound and begun. */
  calls: { name: string; given: Record<string, unknown>; at: number }[];
  /** Clock ms that calls take, by Grok name of the function, in place of the seed's. */
  durations: Map<string, number>;
  /** Grok names of functions that crash: an error without a code. */
  failing: Set<string>;
  /** Keys of services that are down in the health check. */
  failedServices: Set<string>;
  /** Hosts that a tested connection cannot reach. */
  unreachable: Set<string>;
  /** Uploads. */
  spool: Spool;
}
