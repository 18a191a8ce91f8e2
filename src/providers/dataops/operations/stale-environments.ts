import * as z from 'zod';
import { parseTime, time } from '../../../base/time.ts';
import { howMany, lookAt, textOf } from '../../../operations/look-up.ts';
import { type Operation, operation } from '../../../operations/operation.ts';
import { drillAssays, search, since, sort, text } from '../arguments.ts';
import { brief } from '../brief.ts';
import { deploymentTold, rowOf } from '../losses.ts';
import { pages } from '../paging.ts';
import { deployment, getDeployment, listEnvironments } from './environments.ts';
import { mergeRequest } from './merge-requests.ts';
import { projectArgument as project } from './projects.ts';

const before = (description: string) =>
  time(description).meta({
    encode: (value: string | number, now: number, name: string) => new Date(parseTime(value, name, now)).toISOString(),
  });

const namesOf = (rows: unknown) =>
  (Array.isArray(rows) ? rows : []).map(row => textOf(rowOf(row)['name']) ?? 'one without a name');

const named = (names: readonly string[]) => `${howMany(names.length, 'environment')}: ${names.join(', ') || 'none'}.`;

export const stopStale = operation({
  name: 'dataops_stop_stale_environments',
  route: 'POST /projects/{project}/environments/stop_stale',
  risk: 'interrupts',
  question: 'Stop the environments of {project} that were last deployed to before {before}?',
  async describeLoss({ project: of, before: day }, context) {
    const at = parseTime(day, 'before', context.clock.now());
    const rows = await context.rows(listEnvironments, { project: of, state: 'available' });
    const names = namesOf(rows.filter(row => Date.parse(String(row['updated_at'])) < at));
    return { says: named(names), version: names };
  },
  summary: 'Stop every environment that nothing was deployed to since a day; protected ones stay.',
  words: 'clean up old unused environments, stop those that nobody uses any more',
  input: z.strictObject({ project, before: before('Last deployed to before, at least a week ago') }),
  output: z.looseObject({ message: z.string().nullish() }),
  example: { arguments: { ...drillAssays, before: '2026-11-01' } },
});

export const deleteReviewApps: Operation = operation({
  name: 'dataops_delete_review_apps',
  route: 'DELETE /projects/{project}/environments/review_apps',
  risk: 'deletes',
  question: 'Delete the environments of review apps of {project} that were stopped long ago?',
  // The platform itself tells what it would delete.
  async describeLoss({ dry_run: _, ...args }, context) {
    const { body } = await context.request(deleteReviewApps, { ...args, dry_run: true });
    const names = namesOf(rowOf(body)['scheduled_entries']);
    return { says: named(names), version: names };
  },
  summary: 'Delete environments of review apps (names that begin with review/) that were stopped before a day.',
  words: 'clean up stopped review environments',
  input: z.strictObject({
    project,
    before: before('Stopped before (30 days ago)').optional(),
    limit_to: z.number().int().min(1).max(1000).optional().describe('At most so many (100)').meta({ wire: 'limit' }),
    dry_run: z.literal(false).default(false).describe('What would be deleted is told before it is'),
  }),
  output: z.looseObject({ scheduled_entries: z.array(z.looseObject({})).nullish() }),
  example: { arguments: drillAssays },
});

export const approveDeployment = operation({
  name: 'dataops_approve_deployment',
  route: 'POST /projects/{project}/deployments/{deployment}/approval',
  risk: 'exposes',
  question: 'Have the deployment {deployment} of {project} {status} in your name?',
  describeLoss: lookAt(
    'deployment',
    () => getDeployment,
    row => ({ ...deploymentTold(row), version: row['status'] }),
  ),
  summary: 'Approve or reject a deployment that waits for approval.',
  words: 'let a blocked deployment through, release to production, reject a deployment',
  input: z.strictObject({
    project,
    deployment,
    status: z.enum(['approved', 'rejected']).describe('What you say'),
    comment: text('Why'),
    represented_as: text('Group or role that you speak for, where you are in several'),
  }),
  output: z.looseObject({ status: z.string().nullish() }),
  example: { arguments: { ...drillAssays, deployment: '1', status: 'approved' } },
});

export const listDeployedMergeRequests = operation({
  name: 'dataops_list_deployment_mrs',
  route: 'GET /projects/{project}/deployments/{deployment}/merge_requests',
  risk: 'reads',
  summary: 'List the merge requests that a deployment brought along.',
  words: 'what went live with a deployment, which changes were deployed',
  input: z.strictObject({
    project,
    deployment,
    state: z.enum(['opened', 'closed', 'merged', 'all']).optional().describe('State (all)'),
    search,
    created_after: since('Created'),
    order_by: z.enum(['created_at', 'updated_at', 'title', 'merged_at']).optional().describe('Order (created_at)'),
    sort,
  }),
  output: mergeRequest,
  paging: pages({ show: brief }),
  example: { arguments: { ...drillAssays, deployment: '1' } },
});
