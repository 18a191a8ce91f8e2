import { isFault } from '../../../base/errors.ts';
import { type OperationContext, toolset } from '../../../operations/operation.ts';
import type { Probed, ProviderCode } from '../../provider.ts';
import { showField } from '../secrets.ts';
import * as calls from './calls.ts';
import * as connections from './connections.ts';
import * as credentials from './credentials.ts';
import * as dashboards from './dashboards.ts';
import * as fileTransfer from './file-transfer.ts';
import * as files from './files.ts';
import * as functions from './functions.ts';
import * as groups from './groups.ts';
import * as packages from './packages.ts';
import * as server from './server.ts';
import * as sharing from './sharing.ts';
import * as spaces from './spaces.ts';
import * as sync from './sync.ts';
import * as tables from './tables.ts';
import * as undocumented from './undocumented.ts';
import * as users from './users.ts';

export const datagrokCode: ProviderCode = {
  showField,
  toolsets: [
    toolset('data', fileTransfer, tables, dashboards, calls),
    toolset('files', files, sync),
    toolset('sharing', sharing),
    toolset('functions', functions),
    toolset('connections', connections),
    toolset('credentials', credentials),
    toolset('users', users),
    toolset('groups', groups),
    toolset('packages', packages),
    toolset('server', server),
    toolset('internal', undocumented, spaces),
  ],
  // Calls are synchronous: there is nothing to come back to.
  nouns: { project: 'dashboard', membership: 'join', user: 'account, person' },
  runs: [],
  probe,
};

/** Version and health, which need a good key. */
async function probe(context: OperationContext): Promise<Probed> {
  const [{ body }, account] = await Promise.all([context.request(server.healthcheck, {}), accountOf(context)]);
  const { status, version, services } = (body ?? {}) as Health;
  const down = (services ?? []).filter(service => service.status === 'Failed').map(({ name }) => name);
  const state = `${status}${down.length ? ` (down: ${down.join(', ')})` : ''}`;
  return {
    ...account,
    facts: [`server ${version ?? 'of unknown version'}, ${state}`],
    ...(version ? { release: version } : {}),
  };
}

/** The login; the route is in no document, so a server without it is not asked for more. */
async function accountOf(context: OperationContext): Promise<Pick<Probed, 'account'>> {
  try {
    const { login } = ((await context.request(users.getCurrentUser, {})).body ?? {}) as { login?: string };
    return login === undefined ? {} : { account: login };
  } catch (error) {
    if (isFault(error) && !isFault(error, 'cancelled')) return {};
    throw error;
  }
}

interface Health {
  status: string;
  version?: string;
  services?: { name: string; status: string }[] | null;
}
