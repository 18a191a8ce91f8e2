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

export const isDataFile = (name: unknown): name is string => typeof name === 'string' && dataForm.test(name);
/** Whatever else is in a results folder is somebody else's, and is left alone. */
export const isOfStore = (name: string): boolean => dataForm.test(name) || draftForm.test(name);
export const isOwnFolder = (name: string): boolean => folderForm.test(name);

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
