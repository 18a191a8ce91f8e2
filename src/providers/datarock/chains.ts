import type { Chain } from '../../operations/chain.ts';

export const chains: readonly Chain[] = [
  {
    chain: 1,
    name: 'weekly-rqd',
    title: 'Weekly RQD report to Datagrok',
    description: 'RQD of a project that was updated lately, as a table and a dashboard that a group may view.',
    parameters: {
      project: { description: 'Datarock project' },
      since: { description: 'Updated at or after', default: '7 days ago' },
      table: { description: 'Table on Datagrok', default: 'WeeklyRQD:RQD' },
      dashboard: { description: 'Name of the dashboard', default: 'WeeklyRockQuality' },
      group: { description: 'Who may view it' },
    },
    steps: [
      {
        name: 'rqd',
        operation: 'datarock_create_export',
        arguments: { project: '$project', artefact: 'RQD', holes: 'all', updated_since: '$since' },
      },
      {
        name: 'table',
        operation: 'datagrok_upload_table',
        arguments: { table: '$table', source: '$steps.rqd.result' },
      },
      {
        name: 'dashboard',
        operation: 'datagrok_create_dashboard',
        arguments: { name: '$dashboard', tables: ['$steps.table.id'] },
      },
      {
        name: 'share',
        operation: 'datagrok_share_dashboard',
        arguments: { dashboard: '$steps.dashboard.id', groups: ['$group'] },
      },
    ],
  },
];
