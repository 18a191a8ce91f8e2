import * as z from 'zod';
import { pageNumber } from '../../../http/paging/page-number.ts';
import { whole } from '../../../http/paging/whole.ts';
import { type Operation, operation } from '../../../operations/operation.ts';
import { done, entity, filter, text, uuid } from '../arguments.ts';
import { lookAtThing, lookForSaved, nameOfThing, sizeTold } from '../losses.ts';
import { briefRows, withName } from '../rows.ts';
import { existing } from '../stored-files.ts';
import { functionFields, functionRows, identified, query, script } from './functions.ts';
import { downloadTable } from './tables.ts';

const row = z.looseObject({ id: z.string(), name: z.string(), grok_name: z.string().nullish() });

/** The browser's lists count pages from 1. */
export const browserPages = (items: (body: unknown) => unknown = briefRows) =>
  pageNumber({ items, pageSize: 50, maxPageSize: 100, perPageParam: 'limit' });
export const listing = { text: filter, order: text('Field to sort by; !field: descending') };

const scriptName = entity('Script: UUID or Grok name').meta({
  foundIn: { listing: 'datagrok_list_scripts', key: 'id' },
});
const queryName = entity('Query: UUID or Grok name').meta({ foundIn: { listing: 'datagrok_list_queries', key: 'id' } });

export const listScripts = operation({
  name: 'datagrok_list_scripts',
  route: 'GET /scripts',
  risk: 'reads',
  summary: 'List scripts. Internal route of the browser.',
  words: 'python R code',
  input: z.strictObject(listing),
  output: row,
  paging: browserPages(functionRows),
  example: { arguments: { text: 'Composite' } },
});

export const getScript = operation({
  name: 'datagrok_get_script',
  route: 'GET /scripts/{script}',
  risk: 'reads',
  summary: 'Show a script with its code. Internal route of the browser.',
  input: z.strictObject({ script: scriptName }),
  output: row,
  repair: withName,
  example: { arguments: { script: 'Geology:Composite' } },
});

export const saveScript: Operation = operation({
  name: 'datagrok_save_script',
  route: 'POST /scripts',
  risk: 'replaces',
  question: 'Replace the script {name}?',
  describeLoss: lookForSaved(() => getScript, 'script', 'code'),
  summary: 'Create or change a script. Internal route of the browser.',
  words: 'write new edit',
  verifyWith: 'datagrok_list_scripts shows whether it was saved.',
  input: z.strictObject({
    ...functionFields,
    ...script,
    source: z.literal('script').default('script').describe('Always script'),
  }),
  output: row,
  example: { arguments: { name: 'Depth', language: 'python', script: '#name: Depth\n' } },
  async send(args, context) {
    return withName((await context.request(saveScript, identified(args))).body) as z.input<typeof row>;
  },
});

export const deleteScript = operation({
  name: 'datagrok_delete_script',
  route: 'DELETE /scripts/{script}',
  risk: 'deletes',
  question: 'Delete the script {script}?',
  describeLoss: lookAtThing(
    'script',
    () => getScript,
    ({ language }) => `It is in ${String(language)}.`,
  ),
  summary: 'Delete a script. Internal route of the browser.',
  input: z.strictObject({ script: scriptName }),
  ...done,
  example: { arguments: { script: 'MaraOkafor:RockQuality' } },
});

export const listQueries = operation({
  name: 'datagrok_list_queries',
  route: 'GET /connectors/queries',
  risk: 'reads',
  summary: 'List data queries. Internal route of the browser.',
  input: z.strictObject(listing),
  output: row,
  paging: browserPages(functionRows),
  example: { arguments: {} },
});

export const getQuery = operation({
  name: 'datagrok_get_query',
  route: 'GET /connectors/queries/{query}',
  risk: 'reads',
  summary: 'Show a data query with its SQL. Internal route of the browser.',
  words: 'SQL behind code',
  input: z.strictObject({ query: queryName }),
  output: row,
  repair: withName,
  example: { arguments: { query: 'Geology:Laboratory:AssaysByHole' } },
});

export const saveQuery: Operation = operation({
  name: 'datagrok_save_query',
  route: 'POST /connectors/queries',
  risk: 'replaces',
  question: 'Replace the query {name}?',
  describeLoss: lookForSaved(() => getQuery, 'query', 'SQL'),
  summary: 'Create or change a data query. Internal route of the browser.',
  words: 'write new edit sql',
  verifyWith: 'datagrok_list_queries shows whether it was saved.',
  input: z.strictObject({
    ...functionFields,
    query: query.query,
    data_connection: query.connection.meta({ wire: 'connection' }),
    source: z.literal('data-query').default('data-query').describe('Always data-query'),
  }),
  output: row,
  example: {
    arguments: { name: 'Holes', query: 'select 1', data_connection: { id: '7b3c1f0e-2d4a-4c55-8a6b-9f0e1d2c3b4a' } },
  },
  async send(args, context) {
    return withName((await context.request(saveQuery, identified(args))).body) as z.input<typeof row>;
  },
});

export const deleteQuery = operation({
  name: 'datagrok_delete_query',
  route: 'DELETE /connectors/queries/{query}',
  risk: 'deletes',
  question: 'Delete the query {query}?',
  describeLoss: lookAtThing('query', () => getQuery),
  summary: 'Delete a data query. Internal route of the browser.',
  input: z.strictObject({ query: queryName }),
  ...done,
  example: { arguments: { query: 'Geology:Laboratory:LatestBatch' } },
});

const project = entity('Project or dashboard: UUID or Grok name').meta({
  foundIn: { listing: 'datagrok_list_projects', key: 'id' },
});

export const listProjects = operation({
  name: 'datagrok_list_projects',
  route: 'GET /projects',
  risk: 'reads',
  summary: 'List projects and dashboards. Internal route of the browser.',
  words: 'which dashboards are there',
  input: z.strictObject(listing),
  output: row,
  paging: browserPages(),
  example: { arguments: { order: '!updatedOn' } },
});

export const getProject = operation({
  name: 'datagrok_get_project',
  route: 'GET /projects/{dashboard}',
  risk: 'reads',
  summary: 'Show a project or dashboard. Internal route of the browser.',
  input: z.strictObject({ dashboard: project }),
  output: row,
  repair: withName,
  resource: { uri: 'datagrok://dashboards/{dashboard}', title: 'A dashboard or project on Datagrok' },
  example: { arguments: { dashboard: 'MaraOkafor:CopperheadOverview' } },
});

export const saveProject = operation({
  name: 'datagrok_save_project',
  route: 'POST /projects',
  risk: 'replaces',
  question: 'Change the project {name}?',
  describeLoss: lookForSaved(() => getProject, 'dashboard', 'name and description'),
  summary: 'Create or change a project. Internal route of the browser.',
  verifyWith: 'datagrok_list_projects shows whether it was saved.',
  input: z.strictObject({
    id: z.uuid().optional().describe('Of the one to change'),
    name: z.string().min(1).describe('Name'),
    description: text('What it is for'),
  }),
  output: row,
  repair: withName,
  example: { arguments: { name: 'CoreScans' } },
});

export const deleteProject = operation({
  name: 'datagrok_delete_project',
  route: 'DELETE /projects/{dashboard}',
  risk: 'deletes',
  question: 'Delete {dashboard}? The tables of a project go with it.',
  describeLoss: lookAtThing(
    'dashboard',
    () => getProject,
    ({ isDashboard }) => (isDashboard === true ? 'It is a dashboard.' : undefined),
  ),
  summary: 'Delete a project or dashboard; the tables of a project go with it. Internal route of the browser.',
  words: 'remove dashboard',
  input: z.strictObject({ dashboard: project }),
  ...done,
  example: { arguments: { dashboard: 'MaraOkafor:Legacy' } },
});

export const searchProjects = operation({
  name: 'datagrok_search_projects',
  route: 'GET /projects/search',
  risk: 'reads',
  summary: 'Find projects and dashboards by part of their name. Internal route of the browser.',
  words: 'find dashboards by name',
  input: z.strictObject({ name: z.string().min(1).describe('Part of the name') }),
  output: row,
  paging: whole({ items: briefRows }),
  example: { arguments: { name: 'copper' } },
});

export const recentProjects = operation({
  name: 'datagrok_list_recent_projects',
  route: 'GET /projects/recent',
  risk: 'reads',
  summary: 'List projects and dashboards used lately. Internal route of the browser.',
  words: 'opened recently, last used dashboards',
  input: z.strictObject({}),
  output: row,
  paging: whole({ items: briefRows }),
  example: { arguments: {} },
});

export const listTables = operation({
  name: 'datagrok_list_tables',
  route: 'GET /tables',
  risk: 'reads',
  summary: 'List the tables that are on the server. Internal route of the browser.',
  words: 'uploaded data sets',
  input: z.strictObject(listing),
  output: row,
  paging: browserPages(),
  example: { arguments: { text: 'collars', order: '!updatedOn' } },
});

export const deleteTable = operation({
  name: 'datagrok_delete_table',
  route: 'DELETE /tables/{table}',
  risk: 'deletes',
  question: 'Delete the table {table} with its rows?',
  async describeLoss({ table }, context) {
    const size = await existing(() => context.request(downloadTable, { table }, { expect: 'stream' }));
    const found = uuid.test(table) ? (await context.rows(listTables, {})).find(({ id }) => id === table) : undefined;
    const name = found && nameOfThing(found);
    return { ...sizeTold('table', table, size), names: name ? { table: `"${name}"` } : {} };
  },
  summary: 'Delete a table. Internal route of the browser.',
  words: 'remove',
  input: z.strictObject({ table: entity('Table: UUID or Grok name') }),
  ...done,
  example: { arguments: { table: 'MaraOkafor:CopperheadNorth:Collars' } },
});
