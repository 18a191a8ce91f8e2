import { toolset } from '../../../operations/operation.ts';
import type { ProviderCode } from '../../provider.ts';
import { chains } from '../chains.ts';
import * as download from './download.ts';
import * as exportList from './export-list.ts';
import * as exports from './exports.ts';
import * as projects from './projects.ts';
import * as status from './status.ts';

export const datarockCode: ProviderCode = {
  toolsets: [
    toolset('projects', projects),
    toolset('exports', exports, status, download),
    toolset('unconfirmed', exportList),
  ],
  runs: [exports.exportRun],
  chains,
  async probe(context) {
    const known = await context.rows(projects.listProjects, {});
    return { facts: [`${known.length} project${known.length === 1 ? '' : 's'} visible`] };
  },
};
