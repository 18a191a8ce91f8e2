import * as z from 'zod';
import { Fault } from '../../../base/errors.ts';
import { lookAt, textOf } from '../../../operations/look-up.ts';
import { operation } from '../../../operations/operation.ts';
import { done, drillAssays, flag, search, sort } from '../arguments.ts';
import { brief } from '../brief.ts';
import { rowOf } from '../losses.ts';
import { pages } from '../paging.ts';
import { getProject, projectArgument as project, projectRow } from './projects.ts';

export const listForks = operation({
  name: 'dataops_list_forks',
  route: 'GET /projects/{project}/forks',
  risk: 'reads',
  summary: 'List the forks of a project that you can see.',
  words: 'copies of a repository',
  input: z.strictObject({
    project,
    search,
    archived: flag('Only archived, or only others'),
    order_by: z.enum(['id', 'name', 'created_at', 'last_activity_at']).optional().describe('Order (created_at)'),
    sort,
    simple: z.boolean().default(true).describe('false: with visibility and archived, slower'),
  }),
  output: projectRow,
  paging: pages({ show: brief }),
  example: { arguments: drillAssays },
});

export const unlinkFork = operation({
  name: 'dataops_remove_fork_relation',
  route: 'DELETE /projects/{project}/fork',
  risk: 'deletes',
  question: 'End that {project} is a fork of {origin}?',
  describeLoss: lookAt(
    'project',
    () => getProject,
    ({ path_with_namespace, forked_from_project }) => {
      const origin = textOf(rowOf(forked_from_project)['path_with_namespace']);
      if (!forked_from_project)
        throw new Fault({
          code: 'not_found',
          message: `${String(path_with_namespace)} is no fork.`,
          hint: 'dataops_list_forks of the original names its forks.',
        });
      return {
        name: textOf(path_with_namespace),
        names: { origin: origin ?? 'another project' },
        says: ['Open merge requests into the original are closed.'],
      };
    },
  ),
  summary: 'End that a project is a fork of another. Both projects stay; open merge requests between them are closed.',
  words: 'unlink detach a fork',
  input: z.strictObject({ project }),
  ...done,
  example: { arguments: drillAssays },
});
