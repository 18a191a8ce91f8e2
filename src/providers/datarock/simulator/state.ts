import type * as crypto from 'node:crypto';
import type { SeedArtefact, SeedHole, SeedProject } from './seed/seed.ts';

/** PEM texts: SPKI and PKCS#8. */
export interface KeyPair {
  publicKey: string;
  privateKey: string;
}

/** What tests look at and switch. Sets of holes go by hole id. */
export interface DatarockState {
  user: string;
  /** One public key per account, as with the vendor. Delete an entry and the user is unknown. */
  registeredKeys: Map<string, crypto.KeyObject>;
  /** Registers another key for the user; what the old one signs is refused from now on. */
  replaceKey(next?: KeyPair): Promise<KeyPair>;
  /** Oldest and newest accepted `iat`, in seconds round now. The vendor's numbers are unknown. */
  iatWindow: { past: number; ahead: number };
  /** False: the account has no API permission. */
  permitted: boolean;
  /** Uuids of projects that are not assigned to the user. */
  unassigned: Set<string>;
  /** Sliding windows. `block` answers 403 with a text instead of 429 with Retry-After. */
  quota: { general: number; exports: number; perSeconds: number; answer: 'retry-after' | 'block' };
  /** Holes without a matching run in exports created from now on. */
  failedHoles: Set<string>;
  /** True: such holes are left out instead of being listed as failed. */
  omitFailed: boolean;
  /** Holes that are still under way in an export that says it is completed. */
  lateHoles: Set<string>;
  /** Holes whose file answers 500. */
  brokenFiles: Set<string>;
  /** Column that a hole's file lacks. */
  missingColumns: Map<string, string>;
  /** Unix seconds: when the pipeline last ran, over the recent holes alone. */
  recentRun: number;
  /** Average clock ms from one finished hole to the next. */
  paceMs: number;
  linkSeconds: number;
  exportSeconds: number;
  /** False: there is no listing of exports, as nobody has confirmed it for v3. */
  listsExports: boolean;
  /** Requests to object storage that carried credentials. Must stay empty. */
  leaks: { target: string; headers: string[] }[];
  exports: Map<string, ExportJob>;
}

export interface ExportJob {
  uuid: string;
  project: SeedProject;
  artefact: SeedArtefact;
  version: string;
  /** Clock ms. */
  createdAt: number;
  holes: JobHole[];
}

export interface JobHole {
  id: string;
  /** Clock ms. */
  doneAt: number;
  /** Absent: it fails, for want of a run. */
  source?: { hole: SeedHole; runAt: number };
}

export const unixSeconds = (ms: number): number => Math.floor(ms / 1000);

export const expiryOf = (job: ExportJob, state: DatarockState): number =>
  unixSeconds(job.createdAt) + state.exportSeconds;

export const isAlive = (job: ExportJob, now: number, state: DatarockState): boolean =>
  now / 1000 < expiryOf(job, state);

export interface Links {
  /** A fresh link each time. */
  make(job: ExportJob, hole: JobHole): { url: string; linkExpiryTime: number };
}
