import type { Chain } from '../../operations/chain.ts';

export const chains: readonly Chain[] = [
  {
    chain: 1,
    name: 'why-did-last-night-fail',
    title: 'Why did last night fail?',
    description:
      'Failed pipelines of every project that was active, with the jobs that count, their reason, and how often each occurs.',
    parameters: { since: { description: 'From when on', default: 'yesterday 18:00' } },
    steps: [
      {
        name: 'pipelines',
        operation: 'dataops_list_pipelines',
        arguments: { project: { active_since: '$since' }, status: 'failed', since: '$since', why: true },
      },
    ],
  },
];
