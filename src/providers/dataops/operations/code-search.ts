import * as z from 'zod';
import { lacks, onlyWith } from '../../../operations/lack.ts';
import { operation } from '../../../operations/operation.ts';
import { text } from '../arguments.ts';
import { brief } from '../brief.ts';
import { pages } from '../paging.ts';
import { projectArgument as project } from './projects.ts';
import { found, search, shared } from './search.ts';

export const searchProject = operation({
  name: 'dataops_list_project_search_hits',
  route: 'GET /projects/{project}/search',
  risk: 'reads',
  summary: 'Look for text in the files (blobs), commits, issues, merge requests or comments (notes) of a project.',
  words: 'search grep in code, where is a table text used',
  input: z.strictObject({
    project,
    search,
    scope: z.enum(['blobs', 'commits', ...shared, 'notes', 'wiki_blobs']).describe('What to look through'),
    ref: text('Branch or tag, for blobs and commits'),
  }),
  describeLack: lacks(onlyWith('ref', 'scope', 'blobs', 'commits', 'wiki_blobs')),
  output: found,
  paging: pages({ show: brief }),
  example: { arguments: { project: 'meridian/data/drill-assays', search: 'SNOWFLAKE', scope: 'blobs' } },
});
