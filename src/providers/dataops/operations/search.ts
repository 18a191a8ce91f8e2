import * as z from 'zod';
import { operation } from '../../../operations/operation.ts';
import { text } from '../arguments.ts';
import { brief } from '../brief.ts';
import { pages } from '../paging.ts';
import { groupArgument as group } from './groups.ts';
import { projectArgument as project } from './projects.ts';

const search = z.string().min(1).describe('Text to look for');
const shared = ['issues', 'merge_requests', 'milestones', 'users'] as const;
const found = z.looseObject({});

export const searchAll = operation({
  name: 'dataops_list_search_hits',
  route: 'GET /search',
  risk: 'reads',
  summary: 'Look for projects, issues, merge requests, milestones or users everywhere.',
  input: z.strictObject({
    search,
    scope: z.enum(['projects', ...shared, 'snippet_titles']).describe('What to look for'),
  }),
  output: found,
  paging: pages({ show: brief }),
  example: { arguments: { search: 'assay', scope: 'projects' } },
});

export const searchGroup = operation({
  name: 'dataops_list_group_search_hits',
  route: 'GET /groups/{group}/search',
  risk: 'reads',
  summary: 'Look for projects, issues, merge requests, milestones or users in a group.',
  input: z.strictObject({ group, search, scope: z.enum(['projects', ...shared]).describe('What to look for') }),
  output: found,
  paging: pages({ show: brief }),
  example: { arguments: { group: 'meridian/data', search: 'assay', scope: 'projects' } },
});

export const searchProject = operation({
  name: 'dataops_list_project_search_hits',
  route: 'GET /projects/{project}/search',
  risk: 'reads',
  summary: 'Look for text in the files (blobs), commits, issues, merge requests or comments (notes) of a project.',
  input: z.strictObject({
    project,
    search,
    scope: z.enum(['blobs', 'commits', ...shared, 'notes', 'wiki_blobs']).describe('What to look through'),
    ref: text('Branch or tag, for blobs and commits'),
  }),
  output: found,
  paging: pages({ show: brief }),
  example: { arguments: { project: 'meridian/data/drill-assays', search: 'SNOWFLAKE', scope: 'blobs' } },
});
