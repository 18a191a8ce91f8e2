import type { Limiter, Quota } from './limits.ts';
import type { Group, User, World } from './world.ts';

/** What tests look at and switch. */
export interface DataOpsState {
  /** Everything there is. `world.outcomes` and `world.pace` say how jobs end from now on, and how fast. */
  world: World;
  /** Credentials of every kind, and ids and paths that tests start from. */
  names: SeedNames;
  quota: Quota;
  /** Above page x per_page of this many rows, lists that have keyset paging refuse offset paging. */
  offsetCap: number;
  /** Bytes of a job's log that the runner keeps. */
  logLimit: number;
  /** False: artifacts come from the API itself. */
  redirectsArtifacts: boolean;
  /** Archives in place of the generated ones, by job id: hostile zips, for example. Single files stay as they are. */
  archives: Map<number, Buffer>;
  /** Requests to object storage that carried credentials. Must stay empty. */
  leaks: { target: string; headers: string[] }[];
  /** The release that the server says it is. */
  release: string;
  /** For the routes. */
  redirect: Redirect;
  limitJobList: Limiter['countJobList'];
}

/** Makes links to archives that hold for ten minutes. */
export type Redirect = (path: string) => string;

/** Where tests and stories start. */
export interface SeedNames {
  tokens: Family['tokens'] & {
    /** Of the drill assays' pipeline trigger. */
    trigger: string;
    /** Of a job that runs for three hours from the start. */
    job: string;
  };
  /** Ids. */
  projects: {
    drillAssays: number;
    oreQuality: number;
    referencePipelines: number;
    oldWarehouse: number;
    hidden: number;
  };
  /** Ids. `failed`: last night's, on main. `waiting`: parked at a manual job. `running`: the one of the long job. */
  pipelines: { failed: number; waiting: number; running: number; warned: number };
  schedules: { nightly: number; paused: number };
  /** Full path of the drill assays before they moved. */
  oldPath: string;
  /** Full path of the group with ten thousand projects. */
  manyPath: string;
}

/** The people, their groups, and the credentials they made. */
export interface Family {
  groups: Record<'meridian' | 'data' | 'products' | 'platform' | 'hidden' | 'many', Group>;
  users: Record<'maya' | 'jonas' | 'amara' | 'liam' | 'ines' | 'noor', User>;
  tokens: {
    /** Maya, Maintainer, `api`. The one a client is connected with. */
    personal: string;
    /** Maya again: it shares her quota. */
    second: string;
    /** Maya, `read_api`. */
    readOnly: string;
    /** Maya, `read_repository`. */
    repository: string;
    /** Jonas, Owner. */
    owner: string;
    /** Amara, Developer. */
    developer: string;
    /** Liam, Reporter. */
    reporter: string;
    /** A bot of the drill assays, Maintainer there and nowhere else. */
    project: string;
    /** A bot of meridian/data, Developer. */
    group: string;
    expired: string;
    revoked: string;
  };
}
