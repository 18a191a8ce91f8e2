import type { Chain } from '../../operations/chain.ts';

export const chains: readonly Chain[] = [
  {
    chain: 1,
    name: 'datamin-getting-slower',
    title: 'Are my Datamin pipelines getting slower?',
    description: 'Mean duration, successes and failures of every pipeline by calendar period, as one table.',
    parameters: {
      from: { description: 'First day', default: '12 months ago' },
      period: { description: 'day, week, month, quarter or year', default: 'month' },
      periods: { description: 'How many', default: 12 },
    },
    steps: [
      {
        name: 'history',
        operation: 'datamin_get_pipeline_history',
        arguments: { pipeline: 'all', from: '$from', period: '$period', periods: '$periods' },
      },
    ],
  },
];
