import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { userFolders } from '../../base/folders.ts';

const id = '[0-9a-z]{12}';

/** Names of data files, as the store makes them. */
const dataForm = new RegExp(`^${id}-${id}\\.(?:csv|ndjson|bin|br|parquet)$`);
/** The same while they are written, and of a record's draft. */
const draftForm = new RegExp(`^${id}(?:-${id}\\.(?:csv|ndjson|bin|br|parquet)|\\.json)\\.[0-9a-f]{12}\\.tmp$`);
/** Names of the folders of work areas and of callers. */
const folderForm = /^[0-9a-f]{32}$/;

/** Whether it is the name of a data file of this result. */
export const isDataFileOf = (id: string, name: unknown): name is string =>
  typeof name === 'string' && dataForm.test(name) && name.startsWith(`${id}-`);
/** Whatever else is in a results folder is somebody else's, and is left alone. */
export const isOfStore = (name: string): boolean => dataForm.test(name) || draftForm.test(name);
export const isOwnFolder = (name: string): boolean => folderForm.test(name);

/** Names of the parts in a work area, also while they are written. */
const partForm = /^(?:[0-9a-f]{32}(?:\.[0-9a-f]{12}\.tmp)?|[0-9a-f]{12}\.parquet)$/;
/** What a register keeps something under: a signature. It is moved aside before it is removed. */
const keyForm = /^[\w-]{22}(?:\.gone)?$/;

export const isOwnPart = (name: string): boolean => partForm.test(name);
export const isRegisterKey = (name: string): boolean => keyForm.test(name);

/** The folder in the results folder that holds the work areas, one folder for each. */
export const workFolder = 'work';

/** The folder in the results folder that holds what belongs to single callers, one results folder for each. */
export const ownersFolder = 'callers';

/**
 * Folders in the results folder that hold what was started, agreed to or refused lately, who works on a batch, and what
 * platforms were found not to offer, and which sessions were ended. They are swept by themselves.
 */
export const registerFolders = {
  starts: 'starts',
  agreements: 'agreements',
  batches: 'batches',
  verified: 'verified',
  sessions: 'sessions',
} as const;

/** The folder in the results folder that holds chains, and agreements to them. Nothing in it is swept. */
export const chainsFolderName = 'chains';
const chainForm = /^[a-z0-9-]{1,60}\.json(?:\.approved|\.[0-9a-f]{12}\.tmp)?$/;
export const isChainFile = (name: string): boolean => chainForm.test(name);

/** The file in the results folder that the processes of this user sign with. */
export const keyFile = 'key';

interface System {
  environment: Readonly<Record<string, string | undefined>>;
  platform: string;
}

/**
 * `results` in the user's cache folder; where it was before that followed the system's habits, if there is one.
 * @throws where the user has no home folder
 */
export async function defaultResultsDirectory(
  { environment, platform }: System = { environment: process.env, platform: process.platform },
): Promise<string> {
  const { cache } = await userFolders();
  const former = formerDirectory(environment, platform);
  return former !== undefined && existsSync(former) ? former : join(cache, 'results');
}

/** On Linux nothing has moved. */
function formerDirectory({ XDG_CACHE_HOME: xdg, LOCALAPPDATA: local }: System['environment'], platform: string) {
  const folder = xdg || (platform === 'win32' ? (local ?? join(homedir(), 'AppData', 'Local')) : undefined);
  return folder && join(folder, 'data-platforms-mcp', 'results');
}
