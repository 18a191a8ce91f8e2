import { toolset } from '../../../operations/operation.ts';
import type { ProviderCode } from '../../provider.ts';
import { listPipelines, listTasks } from '../arguments.ts';
import { chains } from '../chains.ts';
import * as runs from './runs.ts';
import * as stats from './stats.ts';

/** Any UUID will do: statistics of what does not exist are zeros. */
const nothing = '00000000-0000-4000-8000-000000000000';

export const dataminCode: ProviderCode = {
  toolsets: [toolset('pipelines', { listPipelines }, runs, stats), toolset('names', { listTasks })],
  nouns: { pipeline: 'data flow', task: 'step' },
  runs: [runs.pipelineRun],
  chains,
  async probe(context) {
    await context.request(stats.getPipelineStats, { pipeline: nothing, from: '1h', to: 'now' });
    const { pipelines = [], tasks = [] } = context.connection.named ?? {};
    return { facts: [`token granted; ${pipelines.length} pipelines and ${tasks.length} tasks known by name`] };
  },
};
