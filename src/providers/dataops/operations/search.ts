import * as z from 'zod';
import { operation } from '../../../operations/operation.ts';
import { brief } from '../brief.ts';
import { pages } from '../paging.ts';
import { groupArgument as group } from './groups.ts';

export const search = z.string().min(1).describe('Text to look for');

export const shared = ['issues', 'merge_requests', 'milestones', 'users'] as const;

export const found = z.looseObject({});

export const searchAll = operation({
  name: 'dataops_list_search_hits',
  route: 'GET /search',
  risk: 'reads',
  summary: 'Look for projects, issues, merge requests, milestones or users everywhere.',
  words: 'milestones users people, everywhere',
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
  words: 'milestones',
  input: z.strictObject({ group, search, scope: z.enum(['projects', ...shared]).describe('What to look for') }),
  output: found,
  paging: pages({ show: brief }),
  example: { arguments: { group: 'meridian/data', search: 'assay', scope: 'projects' } },
});
