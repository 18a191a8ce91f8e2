import * as z from 'zod';
import { lookIn } from '../../../operations/look-up.ts';
import { operation } from '../../../operations/operation.ts';
import { done, drillAssays, flag, search } from '../arguments.ts';
import { brief } from '../brief.ts';
import { rowOf } from '../losses.ts';
import { pages } from '../paging.ts';
import { projectArgument as project } from './projects.ts';

const protectedBranch = z.looseObject({ id: z.number().nullish(), name: z.string() });

const pushers = { nobody: 0, developer: 30, maintainer: 40 } as const;

export const allowed = (description: string) =>
  z
    .enum(Object.keys(pushers) as [keyof typeof pushers, ...(keyof typeof pushers)[]])
    .optional()
    .describe(description)
    .meta({ encode: (word: keyof typeof pushers) => pushers[word] });

export const listProtectedBranches = operation({
  name: 'dataops_list_protected_branches',
  route: 'GET /projects/{project}/protected_branches',
  risk: 'reads',
  summary: 'List the protected branches of a project and who may push and merge.',
  words: 'who can push merge to main, branch rules',
  input: z.strictObject({ project, search }),
  output: protectedBranch,
  paging: pages({ show: brief }),
  example: { arguments: drillAssays },
});

export const protectBranch = operation({
  name: 'dataops_protect_branch',
  route: 'POST /projects/{project}/protected_branches',
  risk: 'adds',
  summary: 'Protect a branch, or all that fit a wildcard.',
  words: 'stop forbid direct push to main, lock, branch rules',
  input: z.strictObject({
    project,
    name: z.string().min(1).describe('Branch or wildcard (release-*)'),
    push: allowed('Who may push (maintainer)').meta({ wire: 'push_access_level' }),
    merge: allowed('Who may merge (maintainer)').meta({ wire: 'merge_access_level' }),
    allow_force_push: flag('Allow force push'),
  }),
  output: protectedBranch,
  example: { arguments: { ...drillAssays, name: 'qa' } },
});

export const unprotectBranch = operation({
  name: 'dataops_unprotect_branch',
  route: 'DELETE /projects/{project}/protected_branches/{name}',
  risk: 'deletes',
  question: 'Take the protection off {name} of {project}, so that everybody who can push may change or delete it?',
  describeLoss: lookIn(
    'name',
    () => listProtectedBranches,
    'name',
    ({ push_access_levels }) => ({
      says: [
        `Now ${(Array.isArray(push_access_levels) ? push_access_levels : []).map(one => String(rowOf(one)['access_level_description'])).join(', ') || 'nobody'} may push to it.`,
      ],
    }),
  ),
  summary: 'Take the protection from a branch.',
  words: 'allow let push to main again, unlock',
  input: z.strictObject({ project, name: z.string().min(1).describe('Branch or wildcard, as protected') }),
  ...done,
  example: { arguments: { ...drillAssays, name: 'qa' } },
});
