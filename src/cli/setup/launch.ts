import { realpathSync } from 'node:fs';
import { version } from '../../base/version.ts';
import { npmScript } from '../npm.ts';
import type { Launch } from './clients.ts';

/** `node`: this very copy of the program; `npx`: fetched, and kept, by npm. */
export type LaunchBy = 'node' | 'npx';

/** A copy in the cache of npx may be gone tomorrow. */
export const usualLaunch = (program: string): LaunchBy => (/[\\/]_npx[\\/]/.test(program) ? 'npx' : 'node');

/**
 * How clients start the server. Whole paths throughout: applications that were not started from a shell find neither
 * Node nor npx, and on Windows npx is a script that only a shell can start.
 */
export function launch(by: LaunchBy, options: readonly string[], program = process.argv[1] ?? ''): Launch {
  if (by === 'node') return { command: process.execPath, args: [realpathSync(program), ...options] };
  const args = ['-y', `data-platforms-mcp@${version}`, ...options];
  const script = npmScript('npx-cli.js');
  return script === undefined ? { command: 'npx', args } : { command: process.execPath, args: [script, ...args] };
}
