import * as z from 'zod';
import { type OperationContext, operation, reference } from '../../../operations/operation.ts';
import { done, inUri, payload, required, text } from '../arguments.ts';
import { cursorPages } from '../paging.ts';
import { web } from '../web.ts';

const row = z.looseObject({ id: z.string(), name: z.string() });
const details = row.extend({ tiles: z.array(z.looseObject({ title: z.string(), sql: z.string() })) });
type Report = z.output<typeof details> & { owner_email?: string };

export const listReports = operation({
  ...web('studio:reports:read'),
  name: 'dx_list_reports',
  route: 'GET /studio.reports.list',
  risk: 'reads',
  summary: 'List the reports of the Data Studio.',
  words: 'saved dashboards charts',
  input: z.strictObject({ search: text('Text in the name').meta({ wire: 'search_term' }) }),
  output: row,
  paging: cursorPages('reports', { most: 100 }),
  resource: { uri: 'dx://reports', title: 'Reports of the DX Data Studio' },
  example: { arguments: { search: 'frequency' } },
});

const report = z
  .string()
  .min(1)
  .describe('Id or name of the report')
  .meta({
    wire: 'id',
    // The search of the vendor looks at names only, and ids have no form of their own: the whole list tells them apart.
    reference: reference({ list: () => listReports, key: 'id', label: 'name' }),
    fromUri: inUri('reports'),
  });

export const getReport = operation({
  ...web('studio:reports:read'),
  name: 'dx_get_report',
  route: 'GET /studio.reports.info',
  risk: 'reads',
  summary: 'Show a report with the SQL of its tiles, which dx_run_query can run.',
  input: z.strictObject({ report }),
  output: details,
  repair: payload('report'),
  resource: { uri: 'dx://reports/{report}', title: 'A report of the DX Data Studio' },
  example: { arguments: { report: 'Deployment frequency' } },
});

const emails = (description: string) => z.array(z.string()).optional().describe(description);

const content = {
  description: text('Description'),
  markdown_notes: text('Notes in Markdown'),
  view_access_type: z
    .enum(['owner_and_direct_url_only', 'everyone', 'specific_users'])
    .optional()
    .describe('Who reads'),
  edit_access_type: z.enum(['read_only', 'everyone', 'specific_users']).optional().describe('Who writes'),
  viewer_emails: emails('Specific readers'),
  editor_emails: emails('Specific writers'),
  tiles: z
    .array(
      z.strictObject({
        title: z.string(),
        sql: z.string(),
        chart_type: z.enum(['line', 'pie', 'stacked_bar', 'scatter', 'table']),
        chart_config: z.looseObject({}).optional(),
      }),
    )
    .optional()
    .describe('Charts, each of one SELECT'),
};
const owner_email = text('Owner; an organization token has to name one');
const tile = {
  title: 'Deployments',
  sql: 'SELECT service, count(*) FROM deployments GROUP BY 1',
  chart_type: 'table',
} as const;

export const createReport = operation({
  ...web('studio:reports:write'),
  name: 'dx_create_report',
  route: 'POST /studio.reports.create',
  risk: 'adds',
  summary: 'Create a report of charts in the Data Studio. Only its owner sees it unless said otherwise.',
  words: 'new dashboard chart',
  verifyWith: 'dx_list_reports shows whether it was created.',
  input: z.strictObject({ name: required('Name'), owner_email, ...content }),
  output: details,
  repair: payload('report'),
  example: { arguments: { name: 'Deployments', owner_email: 'lin.park@kestrel.example', tiles: [tile] } },
});

export const updateReport = operation({
  ...web('studio:reports:write'),
  name: 'dx_update_report',
  route: 'POST /studio.reports.update',
  risk: 'replaces',
  question: 'Replace the tiles of the report {report}?',
  summary: 'Change a report. tiles replaces all that it has.',
  input: z.strictObject({ report, name: text('Name'), owner_email: text('Owner'), ...content }),
  output: details,
  repair: payload('report'),
  async describeLoss({ report: id, tiles }, context) {
    if (!tiles) return undefined;
    const { name, tiles: has } = await reportNow(id, context);
    return has?.length ? `It replaces ${titles(has ?? [])} of ${name}.` : undefined;
  },
  example: { arguments: { report: 'Deployment frequency', description: 'Per service' } },
});

export const deleteReport = operation({
  ...web('studio:reports:write'),
  name: 'dx_delete_report',
  route: 'POST /studio.reports.delete',
  risk: 'deletes',
  question: 'Delete the report {report}?',
  summary: 'Delete a report. With a personal token only its owner may.',
  input: z.strictObject({ report }),
  ...done,
  async describeLoss({ report: id }, context) {
    const { name, owner_email: owner, tiles: has } = await reportNow(id, context);
    return `It deletes ${name}${owner ? ` of ${owner}` : ''} with ${titles(has ?? [])}.`;
  },
  example: { arguments: { report: 'Deployment frequency' } },
});

async function reportNow(id: string, context: OperationContext): Promise<Report> {
  return payload('report')((await context.request(getReport, { report: id })).body) as Report;
}

const titles = (tiles: readonly { title: string }[]) =>
  `${tiles.length} tile${tiles.length === 1 ? '' : 's'}${tiles.length ? ` (${tiles.map(({ title }) => title).join(', ')})` : ''}`;
