import type { Quota } from '../../../sandbox/frame/quota.ts';
import type { Token } from './access.ts';
import type { World } from './world.ts';

/** What tests look at and switch. */
export interface DxState {
  /** Everything there is. */
  world: World;
  /** By value. Change `scopes` or `expiresAt` of one, or delete it. */
  tokens: Map<string, Token>;
  /** Values of tokens to start from. `reader` is personal and has what every role may give; `expired` has ended. */
  names: {
    dataCloud: string;
    organization: string;
    personal: string;
    reader: string;
    expired: string;
    project: string;
  };
  /** False: every call with a good token is refused. */
  accountActive: boolean;
  /** False: the account has no repo groups. */
  repoGroupsEnabled: boolean;
  /** True: a survey is under way, and neither its settings nor the teams can be changed. */
  snapshotLive: boolean;
  /** Sliding windows: per API and account, and for the status of one query run. */
  quotas: Record<Api | 'run', Quota>;
  /**
   * Statuses that pages of the vendor disagree about: of a credential that the Data Cloud refuses, and of a deployment
   * repeated with other values. `failure`: of every failure of either API.
   */
  statuses: { auth: 401 | 422; conflict: 422 | 409; failure?: number };
  /** True: failures say more than their code, as `message` (Data Cloud) or `error_details` (Web API). */
  explains: boolean;
  /** Clock ms that query runs wait and run; from `timeoutMs` on they fail. `runningWord`: one of two that are known. */
  queries: { queueMs: number; runMs: number; timeoutMs: number; runningWord: 'running' | 'started' };
  /** Lifetime of links to files made from now on. */
  linkSeconds: number;
  /** Targets of requests to the file store that carried a credential. Must stay empty. */
  leaks: string[];
}

export type Api = 'data_cloud' | 'web';

/** A file that somebody got a link to. */
export interface StoredFile {
  type: string;
  /** Pieces of its text, made when they are read. */
  content(): Iterable<string>;
}

export interface Links {
  /** A fresh link to a file of this name. It ends after `linkSeconds`. */
  make(name: string, file: StoredFile): string;
}
