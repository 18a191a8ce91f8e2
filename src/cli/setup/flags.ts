import type { Storage } from './keep.ts';
import type { LaunchBy } from './launch.ts';

/** The flags of the command: each answers a question. */
export interface SetupFlags {
  sandbox?: true;
  platform?: string[];
  set?: string[];
  secret?: string[];
  newKey?: true;
  untested?: true;
  storage?: Storage;
  readOnly?: true;
  client?: string[];
  launch?: LaunchBy;
  dryRun?: true;
  yes?: true;
  json?: true;
  undo?: true;
  forget?: true;
  print?: string;
}
