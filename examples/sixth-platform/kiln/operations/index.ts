import { toolset } from '../../../operations/operation.ts';
import type { ProviderCode } from '../../provider.ts';
import * as firings from './firings.ts';

export const kilnCode: ProviderCode = {
  toolsets: [toolset('firings', firings)],
  runs: [firings.firingRun],
  async probe(context) {
    const furnaces = await context.rows(firings.listFurnaces, {});
    return { facts: [`${furnaces.length} furnaces`] };
  },
};
