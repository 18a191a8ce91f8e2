import * as z from 'zod';
import { Fault, type FaultCode, isFault } from '../../../base/errors.ts';
import { type OperationContext, operation } from '../../../operations/operation.ts';
import { entities, entity, existingEntity } from '../arguments.ts';
import { lookForGroups } from '../losses.ts';
import { withName } from '../rows.ts';
import { lookupGroups } from './groups.ts';
import { address, addressOf } from './tables.ts';
import { getProject, listProjects } from './undocumented.ts';

export const createDashboard = operation({
  name: 'datagrok_create_dashboard',
  route: 'POST /public/v1/dashboards/{name}/{tables}',
  risk: 'replaces',
  question: 'Replace the dashboard {name}?',
  verifyWith: 'Look in the web interface before you make it again.',
  summary: 'Make a dashboard of tables. Answers id, name and URL.',
  words: 'new project, viewers',
  input: z.strictObject({
    name: entity('Its name, with or without a namespace'),
    tables: entities('Tables: UUIDs or Grok names'),
    layout: z.unknown().optional().describe('Project layout, as exported').meta({ in: 'payload' }),
  }),
  output: address,
  repair: addressOf,
  example: { arguments: { name: 'Rock quality', tables: ['MaraOkafor:CopperheadNorth:RQD'] } },
  async describeLoss({ name }, context) {
    const known = await dashboardNamed(name, context);
    return known && `The dashboard ${known} is there already and would be replaced.`;
  },
});

/** What a server says that has no such dashboard, or does not let people look; the route is the browser's own. */
const unknown: readonly FaultCode[] = ['not_found', 'rejected', 'missing_scope', 'bad_upstream_reply'];

/** @throws Fault `not_found` where this server lists dashboards and has no such one */
async function dashboardToShare(dashboard: string, context: OperationContext): Promise<string | undefined> {
  const name = await dashboardNamed(dashboard, context);
  if (name !== undefined || !(await listsDashboards(context))) return name;
  throw new Fault({
    code: 'not_found',
    message: `There is no dashboard ${dashboard}.`,
    hint: 'datagrok_list_projects shows what there is.',
  });
}

const listsDashboards = (context: OperationContext) =>
  context.request(listProjects, {}, { query: { limit: 1 } }).then(
    ({ body }) => Array.isArray(body),
    () => false,
  );

/** The full name of a dashboard that is there already, as far as this server tells. */
async function dashboardNamed(name: string, context: OperationContext): Promise<string | undefined> {
  try {
    const { grok_name } = withName((await context.request(getProject, { dashboard: name })).body) as {
      grok_name?: string;
    };
    return grok_name;
  } catch (error) {
    if (unknown.some(code => isFault(error, code))) return undefined;
    throw error;
  }
}

export const sharing = {
  groups: z.array(z.string().min(1)).min(1).describe('Names of groups or users').meta({ in: 'query' }),
  access: z.enum(['View', 'Edit']).default('View').describe('What they may do').meta({ in: 'query' }),
};

export const shared = z.looseObject({ status: z.string() });

/** Some servers say who got it, others say nothing. */
export const outcomeOf = (body: unknown): unknown =>
  typeof body === 'object' && body !== null && 'status' in body ? body : { status: 'success' };

export const shareDashboard = operation({
  name: 'datagrok_share_dashboard',
  // A GET that changes permissions: the effect keeps it from being repeated or taken for reading.
  route: 'GET /public/v1/dashboards/{dashboard}/shares',
  risk: 'exposes',
  question: 'Share the dashboard {dashboard} with {groups}?',
  async describeLoss({ dashboard, groups }, context) {
    await lookForGroups(groups, lookupGroups, context);
    const name = await dashboardToShare(dashboard, context);
    return name === undefined ? {} : { names: { dashboard: `"${name}"` } };
  },
  summary: 'Share a dashboard with groups or users.',
  words: 'give colleague view access, let see',
  input: z.strictObject({ dashboard: existingEntity('Dashboard: UUID or Grok name'), ...sharing }),
  output: shared,
  repair: outcomeOf,
  example: { arguments: { dashboard: 'MaraOkafor:CopperheadOverview', groups: ['Geology'] } },
});
