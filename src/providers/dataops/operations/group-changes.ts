import * as z from 'zod';
import type { Row } from '../../../base/json-value.ts';
import { dayAhead } from '../../../base/time.ts';
import { howMany, lookAt, lookAtAll, textOf } from '../../../operations/look-up.ts';
import { operation, reference } from '../../../operations/operation.ts';
import { done, drillAssays, flag, role, search, text } from '../arguments.ts';
import { brief } from '../brief.ts';
import { beginning, groupTold, projectTold, rowOf } from '../losses.ts';
import { pages } from '../paging.ts';
import { getGroup, groupArgument as group, groupRow, listGroups } from './groups.ts';
import { getProject, projectArgument as project, visibility } from './projects.ts';

/** A group where its number is sent. */
const groupNumber = (description: string) =>
  z
    .string()
    .min(1)
    .describe(`${description}: full path, name or number`)
    .meta({
      reference: reference({
        list: () => listGroups,
        key: 'id',
        label: 'full_path',
        also: ['name'],
        search: 'search',
        keyForm: /^\d+$/,
      }),
    });

const settable = {
  description: text('Description'),
  visibility,
  project_creation_level: z
    .enum(['noone', 'owner', 'maintainer', 'developer'])
    .optional()
    .describe('Who may create projects in it'),
  subgroup_creation_level: z.enum(['owner', 'maintainer']).optional().describe('Who may create groups in it'),
  request_access_enabled: flag('People may ask to be let in'),
  default_branch: text('Default branch of new projects'),
};

export const createGroup = operation({
  name: 'dataops_create_group',
  route: 'POST /groups',
  risk: 'adds',
  summary: 'Create a group, inside another with parent.',
  words: 'new subgroup organisation namespace for projects',
  verifyWith: 'dataops_list_groups with search shows whether it was created.',
  input: z.strictObject({
    name: z.string().min(1).describe('Name'),
    path: z.string().min(1).describe('Last part of its address'),
    parent: groupNumber('Group that it is in').optional().meta({ wire: 'parent_id' }),
    ...settable,
  }),
  output: groupRow,
  example: { arguments: { name: 'Geophysics', path: 'geophysics', parent: 'meridian' } },
});

export const updateGroup = operation({
  name: 'dataops_update_group',
  route: 'PUT /groups/{group}',
  risk: 'replaces',
  question: 'Change the group {group}?',
  describeLoss: lookAt(
    'group',
    () => getGroup,
    (now, wanted) => ({
      ...groupTold(now),
      says: Object.keys(wanted)
        .filter(field => field !== 'group' && wanted[field] !== undefined && now[field] != null)
        .map(field => `Its ${field.replaceAll('_', ' ')} is "${beginning(now[field])}" now.`),
    }),
  ),
  summary: 'Change the settings of a group. A new path gives all that is in it other addresses.',
  words: 'rename a group, visibility, who may create projects',
  input: z.strictObject({ group, name: text('Name'), path: text('Last part of its address'), ...settable }),
  output: groupRow,
  example: { arguments: { group: 'meridian/data', description: 'Everything of the data team' } },
});

const namesOf = (rows: unknown): string[] =>
  (Array.isArray(rows) ? rows : []).flatMap(row => textOf(rowOf(row)['path_with_namespace']) ?? []);

export const deleteGroup = operation({
  name: 'dataops_delete_group',
  route: 'DELETE /groups/{group}',
  risk: 'deletes',
  question: 'Delete the group {group} with every group and project in it?',
  // With the projects, which the platform gives unless it is told not to.
  describeLoss: lookAt(
    'group',
    () => getGroup,
    (thing: Row) => {
      const names = namesOf(thing['projects']);
      return {
        ...groupTold(thing),
        says: [
          names.length
            ? `${howMany(names.length, 'project')} would be lost with their pipelines, issues and packages: ${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}.`
            : 'No project that you can see is in it.',
        ],
        version: names,
      };
    },
  ),
  summary: 'Delete a group with everything in it. The platform may keep it for some days before it is gone.',
  words: 'remove a namespace with all projects',
  input: z.strictObject({ group }),
  ...done,
  example: { arguments: { group: 'meridian/data' } },
});

export const listProjectGroups = operation({
  name: 'dataops_list_project_groups',
  route: 'GET /projects/{project}/groups',
  risk: 'reads',
  summary: 'List the groups that a project is in and, with with_shared, those that it is shared with.',
  words: 'which groups have access to a project, shared with',
  input: z.strictObject({ project, search, with_shared: flag('Also those that it is shared with') }),
  output: z.looseObject({ id: z.number(), full_path: z.string().nullish() }),
  paging: pages({ show: brief }),
  example: { arguments: { ...drillAssays, with_shared: true } },
});

const guest = lookAt('group', () => getGroup, groupTold);

export const shareProject = operation({
  name: 'dataops_share_project',
  route: 'POST /projects/{project}/share',
  risk: 'exposes',
  question: 'Give the members of the group {group} access to {project}, as {role} at most?',
  describeLoss: lookAtAll(
    lookAt('project', () => getProject, projectTold),
    guest,
  ),
  summary: 'Give the members of a group access to a project.',
  words: 'invite a group, share a repository',
  verifyWith: 'dataops_list_project_groups with with_shared shows whether it is shared.',
  input: z.strictObject({
    project,
    group: groupNumber('Group').meta({ wire: 'group_id' }),
    role: role('The most that its members may').meta({ wire: 'group_access' }),
    expires_at: dayAhead('Last day').optional(),
  }),
  output: z.looseObject({ group_id: z.number().nullish() }),
  example: { arguments: { ...drillAssays, group: 'meridian/platform', role: 'reporter' } },
});
