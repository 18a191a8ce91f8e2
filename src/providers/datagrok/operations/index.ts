import type { OperationContext } from '../../../operations/operation.ts';
import type { Probed, ProviderCode } from '../../provider.ts';
import { callFunction } from './calls.ts';
import { connections } from './connections.ts';
import { createDashboard, shareDashboard, shareEntity } from './dashboards.ts';
import { deleteFile, downloadFile, listFiles, uploadFile } from './files.ts';
import { getFunction, listFunctions, saveFunction } from './functions.ts';
import { groups } from './groups.ts';
import { packages } from './packages.ts';
import { batch, healthcheck } from './server.ts';
import { spaces } from './spaces.ts';
import { syncFolder } from './sync.ts';
import { downloadTable, uploadTable } from './tables.ts';
import { internals } from './undocumented.ts';
import { users } from './users.ts';

export const datagrokCode: ProviderCode = {
  operations: [
    ...[downloadFile, uploadFile, downloadTable, uploadTable, createDashboard, shareDashboard, callFunction],
    ...[listFiles, deleteFile, syncFolder, shareEntity],
    ...[listFunctions, getFunction, saveFunction],
    ...connections,
    ...[...users, ...groups, ...packages],
    ...[healthcheck, batch],
    ...[...internals, ...spaces],
  ],
  // Calls are synchronous: there is nothing to come back to.
  runs: [],
  probe,
};

/** Version and health, which need a good key. */
async function probe(context: OperationContext): Promise<Probed> {
  const { body } = await context.request(healthcheck, {});
  const { status, version, services = [] } = (body ?? {}) as Health;
  const down = services.filter(service => service.status === 'Failed').map(({ name }) => name);
  const state = `${status}${down.length ? ` (down: ${down.join(', ')})` : ''}`;
  return { facts: [`server ${version ?? 'of unknown version'}, ${state}`] };
}

interface Health {
  status: string;
  version?: string;
  services?: { name: string; status: string }[];
}
