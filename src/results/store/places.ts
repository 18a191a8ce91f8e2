import { homedir } from 'node:os';
import { join } from 'node:path';

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

/** `data-platforms-mcp/results` in the user's cache folder. */
export function defaultResultsDirectory(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  return join(cacheDirectory(environment, platform), 'data-platforms-mcp', 'results');
}

function cacheDirectory(environment: Readonly<Record<string, string | undefined>>, platform: string): string {
  if (environment['XDG_CACHE_HOME']) return environment['XDG_CACHE_HOME'];
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches');
  if (platform !== 'win32') return join(homedir(), '.cache');
  return environment['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local');
}
