import * as z from 'zod';
import { lookAt, textOf } from '../../../operations/look-up.ts';
import { operation } from '../../../operations/operation.ts';
import { done, drillAssays, ref, search, sort, text } from '../arguments.ts';
import { brief } from '../brief.ts';
import { beginning, rowOf } from '../losses.ts';
import { pages } from '../paging.ts';
import { projectArgument as project } from './projects.ts';

const tagRow = z.looseObject({ name: z.string(), target: z.string().nullish(), message: z.string().nullish() });

export const tag = z
  .string()
  .min(1)
  .describe('Tag')
  .meta({ foundIn: { listing: 'dataops_list_tags', key: 'name' } });

export const listTags = operation({
  name: 'dataops_list_tags',
  route: 'GET /projects/{project}/repository/tags',
  risk: 'reads',
  summary: 'List the tags of a project.',
  words: 'versions',
  input: z.strictObject({
    project,
    search,
    order_by: z.enum(['name', 'updated', 'version']).optional().describe('Order (updated)'),
    sort,
  }),
  output: tagRow,
  paging: pages({ show: brief }),
  resource: { uri: 'dataops://projects/{project}/tags', title: 'Tags of a DataOps.live project' },
  example: { arguments: drillAssays },
});

export const getTag = operation({
  name: 'dataops_get_tag',
  route: 'GET /projects/{project}/repository/tags/{tag}',
  risk: 'reads',
  summary: 'Show a tag and its commit.',
  input: z.strictObject({ project, tag }),
  output: tagRow,
  example: { arguments: { ...drillAssays, tag: 'v1.0.0' } },
});

export const createTag = operation({
  name: 'dataops_create_tag',
  route: 'POST /projects/{project}/repository/tags',
  risk: 'adds',
  summary: 'Create a tag.',
  words: 'mark a version',
  verifyWith: 'dataops_get_tag shows whether it was created.',
  input: z.strictObject({
    project,
    tag: tag.meta({ wire: 'tag_name' }),
    ref: ref.describe('Branch, tag or SHA it is for'),
    message: text('Message; makes it an annotated tag'),
  }),
  output: tagRow,
  example: { arguments: { ...drillAssays, tag: 'v9.0.0', ref: 'main' } },
});

export const deleteTag = operation({
  name: 'dataops_delete_tag',
  route: 'DELETE /projects/{project}/repository/tags/{tag}',
  risk: 'deletes',
  question: 'Delete the tag {tag} of {project}?',
  describeLoss: lookAt(
    'tag',
    () => getTag,
    ({ name, commit, release }) => ({
      name: textOf(name),
      says: [`It stands at "${beginning(rowOf(commit)['title'])}".`, release ? 'There is a release of it.' : undefined],
      version: rowOf(commit)['id'],
    }),
  ),
  summary: 'Delete a tag.',
  input: z.strictObject({ project, tag }),
  ...done,
  example: { arguments: { ...drillAssays, tag: 'v9.0.0' } },
});
