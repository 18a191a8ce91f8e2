import * as z from 'zod';
import { howMany, lookAt, textOf, whenOf } from '../../../operations/look-up.ts';
import { operation } from '../../../operations/operation.ts';
import { done, text } from '../arguments.ts';
import { beginning } from '../losses.ts';
import {
  example,
  getProject,
  projectArgument as project,
  projectRow,
  readable,
  settings,
  visibility,
} from './projects.ts';

export const updateProject = operation({
  name: 'dataops_update_project',
  route: 'PUT /projects/{project}',
  risk: 'replaces',
  question: 'Change the project {project}?',
  describeLoss: lookAt(
    'project',
    () => getProject,
    (now, wanted) => ({
      name: textOf(now['path_with_namespace']),
      says: Object.keys(wanted)
        .filter(field => field !== 'project' && wanted[field] !== undefined && now[field] !== undefined)
        .map(field => `Its ${field.replaceAll('_', ' ')} is "${beginning(now[field])}" now.`),
    }),
  ),
  summary: 'Change settings of a project.',
  words: 'rename a project, default branch, visibility, description',
  input: z.strictObject({ project, name: text('Name'), path: text('Last part of its address'), ...settings }),
  output: projectRow,
  repair: readable,
  // Making it visible to more people cannot be taken back.
  example: { arguments: { ...example.arguments, description: 'Laboratory results' } },
});

export const deleteProject = operation({
  name: 'dataops_delete_project',
  route: 'DELETE /projects/{project}',
  risk: 'deletes',
  question: 'Delete the project {project} with everything in it?',
  describeLoss: lookAt(
    'project',
    () => getProject,
    ({ path_with_namespace, open_issues_count, forks_count, last_activity_at }) => ({
      name: textOf(path_with_namespace),
      says: [
        whenOf(last_activity_at) && `Something was last done in it ${whenOf(last_activity_at)}.`,
        `Its repository, pipelines, schedules and variables, ${howMany(Number(open_issues_count ?? 0), 'open issue')} and all else in it would be lost.`,
        Number(forks_count ?? 0) > 0 && `${howMany(Number(forks_count), 'fork')} of it would stay.`,
      ],
    }),
  ),
  summary: 'Delete a project with everything in it.',
  words: 'throw away remove a repository for good',
  input: z.strictObject({ project }),
  ...done,
  example,
});

export const forkProject = operation({
  name: 'dataops_fork_project',
  route: 'POST /projects/{project}/fork',
  risk: 'adds',
  summary: 'Copy a project into a namespace. It is ready when import_status is finished (dataops_get_project).',
  words: 'clone copy duplicate a repository',
  verifyWith: 'dataops_list_projects with search shows whether the copy exists.',
  input: z.strictObject({
    project,
    namespace_path: text('Full path of the group or user it goes to'),
    name: text('Name of the copy'),
    path: text('Last part of its address'),
    visibility,
  }),
  output: projectRow,
  repair: readable,
  example: { arguments: { ...example.arguments, namespace_path: 'meridian/data/products' } },
});

export const archiveProject = operation({
  name: 'dataops_archive_project',
  route: 'POST /projects/{project}/archive',
  risk: 'interrupts',
  question: 'Archive the project {project}, so that nobody can change it?',
  describeLoss: lookAt(
    'project',
    () => getProject,
    ({ path_with_namespace, last_activity_at }) => ({
      name: textOf(path_with_namespace),
      says: [
        'Its schedules stop, and nothing can be pushed or started in it until it is unarchived.',
        whenOf(last_activity_at) && `Something was last done in it ${whenOf(last_activity_at)}.`,
      ],
    }),
  ),
  summary: 'Make a project read-only and hide it from most lists.',
  words: 'freeze retire a repository, make read only',
  input: z.strictObject({ project }),
  output: projectRow,
  repair: readable,
  example,
});

export const unarchiveProject = operation({
  name: 'dataops_unarchive_project',
  route: 'POST /projects/{project}/unarchive',
  risk: 'edits',
  summary: 'Bring an archived project back.',
  words: 'restore',
  input: z.strictObject({ project }),
  output: projectRow,
  repair: readable,
  example,
});
