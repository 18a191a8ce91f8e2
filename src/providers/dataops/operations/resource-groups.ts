import * as z from 'zod';
import { operation } from '../../../operations/operation.ts';
import { drillAssays } from '../arguments.ts';
import { pages } from '../paging.ts';
import { briefJob, jobRow } from './jobs.ts';
import { projectArgument as project } from './projects.ts';

const root = '/projects/{project}/resource_groups';
const resourceGroup = z.looseObject({ key: z.string(), process_mode: z.string().nullish() });
const key = z
  .string()
  .min(1)
  .describe('Name of the resource group')
  .meta({ foundIn: { listing: 'dataops_list_resource_groups', key: 'key' } });
const one = { project, key };
const example = { arguments: { ...drillAssays, key: 'PROD' } };

export const listResourceGroups = operation({
  name: 'dataops_list_resource_groups',
  route: `GET ${root}`,
  risk: 'reads',
  summary: 'List the resource groups of a project: jobs of one take turns.',
  words: 'which jobs wait for each other, concurrency locks',
  input: z.strictObject({ project }),
  output: resourceGroup,
  paging: pages(),
  example: { arguments: drillAssays },
});

export const getResourceGroup = operation({
  name: 'dataops_get_resource_group',
  route: `GET ${root}/{key}`,
  risk: 'reads',
  summary: 'Show in which order the jobs of a resource group run.',
  input: z.strictObject(one),
  output: resourceGroup,
  example,
});

export const updateResourceGroup = operation({
  name: 'dataops_update_resource_group',
  route: `PUT ${root}/{key}`,
  risk: 'edits',
  summary: 'Change in which order the jobs of a resource group run.',
  words: 'newest deployment first, concurrency order',
  input: z.strictObject({
    ...one,
    process_mode: z.enum(['unordered', 'oldest_first', 'newest_first', 'newest_ready_first']).describe('Order'),
  }),
  output: resourceGroup,
  example: { arguments: { ...example.arguments, process_mode: 'newest_first' } },
});

export const listUpcomingJobs = operation({
  name: 'dataops_list_upcoming_jobs',
  route: `GET ${root}/{key}/upcoming_jobs`,
  risk: 'reads',
  summary: 'List the jobs that wait for their turn in a resource group.',
  words: 'waiting for resource, why does the job not start',
  input: z.strictObject(one),
  output: jobRow,
  paging: pages({ show: briefJob }),
  example,
});
