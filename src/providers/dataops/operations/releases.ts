import * as z from 'zod';
import { lookAt, textOf, whenOf } from '../../../operations/look-up.ts';
import { operation } from '../../../operations/operation.ts';
import { done, sort, text } from '../arguments.ts';
import { brief } from '../brief.ts';
import { pages } from '../paging.ts';
import { projectArgument as project } from './projects.ts';

export const release = z.looseObject({
  tag_name: z.string(),
  name: z.string().nullish(),
  released_at: z.string().nullish(),
  description: z.string().nullish(),
});

const tag = z
  .string()
  .min(1)
  .describe('Tag of the release')
  .meta({ foundIn: { listing: 'dataops_list_releases', key: 'tag_name' } });
export const one = { project, tag };
export const example = { project: 'meridian/data/drill-assays', tag: 'v1.0.0' };

const settable = {
  name: text('Title'),
  description: text('Markdown'),
  released_at: text('Date and time, ISO 8601'),
  milestones: z.array(z.string()).optional().describe('Titles of milestones'),
};

const links = z
  .array(z.strictObject({ name: z.string(), url: z.url(), link_type: z.string().optional() }))
  .optional()
  .describe('Links to what belongs to it')
  .meta({ wire: 'assets', encode: (list: unknown) => ({ links: list }) });

export const listReleases = operation({
  name: 'dataops_list_releases',
  route: 'GET /projects/{project}/releases',
  risk: 'reads',
  summary: 'List the releases of a project, newest first.',
  words: 'versions, release notes',
  input: z.strictObject({
    project,
    order_by: z.enum(['released_at', 'created_at']).optional().describe('Order (released_at)'),
    sort,
  }),
  output: release,
  paging: pages({ show: brief }),
  resource: { uri: 'dataops://projects/{project}/releases', title: 'Releases of a DataOps.live project' },
  example: { arguments: { project: example.project } },
});

export const getRelease = operation({
  name: 'dataops_get_release',
  route: 'GET /projects/{project}/releases/{tag}',
  risk: 'reads',
  summary: 'Show a release: notes, commit, assets.',
  words: 'version, release notes',
  input: z.strictObject(one),
  output: release,
  example: { arguments: example },
});

export const createRelease = operation({
  name: 'dataops_create_release',
  route: 'POST /projects/{project}/releases',
  risk: 'adds',
  summary: 'Publish a release of a tag; the tag is created from ref if it does not exist.',
  words: 'tag publish a version',
  verifyWith: 'dataops_get_release shows whether it was published.',
  input: z.strictObject({
    project,
    tag: tag.meta({ wire: 'tag_name' }),
    ref: text('Branch or SHA to tag, if the tag is new'),
    tag_message: text('Message of the new tag'),
    ...settable,
    links,
  }),
  output: release,
  example: { arguments: { project: example.project, tag: 'v9.0.0', ref: 'main', description: 'New limits' } },
});

export const updateRelease = operation({
  name: 'dataops_update_release',
  route: 'PUT /projects/{project}/releases/{tag}',
  risk: 'edits',
  summary: 'Change the title, notes, date or milestones of a release.',
  words: 'edit release notes',
  input: z.strictObject({ ...one, ...settable }),
  output: release,
  example: { arguments: { ...example, description: 'Limits for gold' } },
});

export const deleteRelease = operation({
  name: 'dataops_delete_release',
  route: 'DELETE /projects/{project}/releases/{tag}',
  risk: 'deletes',
  question: 'Delete the release {tag} of {project}? Its tag stays.',
  describeLoss: lookAt(
    'tag',
    () => getRelease,
    ({ name, tag_name, released_at }) => ({
      name: textOf(name) ?? textOf(tag_name),
      says: [whenOf(released_at) && `It is of ${whenOf(released_at)}; its notes and links would be lost.`],
    }),
  ),
  summary: 'Delete a release. Its tag stays.',
  input: z.strictObject(one),
  ...done,
  example: { arguments: example },
});
