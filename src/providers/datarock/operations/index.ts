import type { ProviderCode } from '../../provider.ts';
import { downloadExport } from './download.ts';
import { createExport, exportRun, listExports } from './exports.ts';
import { listArtefacts, listHoles, listProjects } from './projects.ts';
import { getExport } from './status.ts';

export const datarockCode: ProviderCode = {
  operations: [listProjects, listArtefacts, listHoles, createExport, getExport, downloadExport, listExports],
  runs: [exportRun],
  async probe(context) {
    const projects = await context.rows(listProjects, {});
    return { facts: [`${projects.length} project${projects.length === 1 ? '' : 's'} visible`] };
  },
};
