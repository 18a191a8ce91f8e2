import { homedir } from 'node:os';
import { join } from 'node:path';

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
