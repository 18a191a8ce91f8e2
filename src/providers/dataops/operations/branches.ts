import * as z from 'zod';
import { lookAt, textOf, whenOf } from '../../../operations/look-up.ts';
import { operation, reference } from '../../../operations/operation.ts';
import { done, drillAssays, ref, search } from '../arguments.ts';
import { brief } from '../brief.ts';
import { beginning, notDeleted, rowOf } from '../losses.ts';
import { pages } from '../paging.ts';
import { getProject, projectArgument as project } from './projects.ts';

const branchRow = z.looseObject({
  name: z.string(),
  default: z.boolean().nullish(),
  protected: z.boolean().nullish(),
  merged: z.boolean().nullish(),
});

export const branch = z
  .string()
  .min(1)
  .describe('Branch')
  .meta({ foundIn: { listing: 'dataops_list_branches', key: 'name' } });

/** Any name is one of a branch or tag as it stands; of "master" many people mean whatever the default branch is. */
export const branchName = reference({
  list: () => listBranches,
  key: 'name',
  label: 'name',
  search: 'search',
  keyForm: /^(?!(?:master|default|default branch)$)/i,
  async otherwise(_, { project: of }, context) {
    const { body } = await context.request(getProject, { project: of });
    const key = (body as { default_branch?: string | null }).default_branch;
    return key ? { key, is: 'the default branch' } : undefined;
  },
});

export const listBranches = operation({
  name: 'dataops_list_branches',
  route: 'GET /projects/{project}/repository/branches',
  risk: 'reads',
  summary: 'List the branches of a project.',
  words: 'which branches are there',
  input: z.strictObject({
    project,
    search,
    sort: z.enum(['name_asc', 'updated_asc', 'updated_desc']).optional().describe('Order'),
  }),
  output: branchRow,
  paging: pages({ show: brief }),
  resource: { uri: 'dataops://projects/{project}/branches', title: 'Branches of a DataOps.live project' },
  example: { arguments: drillAssays },
});

export const getBranch = operation({
  name: 'dataops_get_branch',
  route: 'GET /projects/{project}/repository/branches/{branch}',
  risk: 'reads',
  summary: 'Show a branch and its latest commit.',
  input: z.strictObject({ project, branch: branch.meta({ reference: branchName }) }),
  output: branchRow,
  example: { arguments: { ...drillAssays, branch: 'main' } },
});

export const createBranch = operation({
  name: 'dataops_create_branch',
  route: 'POST /projects/{project}/repository/branches',
  risk: 'adds',
  summary: 'Create a branch.',
  verifyWith: 'dataops_get_branch shows whether it was created.',
  input: z.strictObject({ project, branch, ref: ref.describe('Branch, tag or SHA to start from') }),
  output: branchRow,
  example: { arguments: { ...drillAssays, branch: 'feature-limits', ref: 'main' } },
});

export const deleteBranch = operation({
  name: 'dataops_delete_branch',
  route: 'DELETE /projects/{project}/repository/branches/{branch}',
  risk: 'deletes',
  question: 'Delete the branch {branch} of {project}?',
  describeLoss: lookAt(
    'branch',
    () => getBranch,
    ({ name, merged, commit, default: isDefault, protected: isProtected }) => {
      if (isDefault === true || isProtected === true)
        throw notDeleted(`The branch ${String(name)} is ${isDefault === true ? 'the default branch' : 'protected'}`);
      const { title, author_name, committed_date } = rowOf(commit);
      const last = `Its last commit is "${beginning(title)}" of ${String(author_name)}, ${whenOf(committed_date) ?? 'some time ago'}`;
      return {
        name: textOf(name),
        says: [merged === true ? `${last}; it is merged.` : `${last}; it is not merged, so its commits would be lost.`],
        version: rowOf(commit)['id'],
      };
    },
  ),
  summary: 'Delete a branch.',
  input: z.strictObject({ project, branch }),
  ...done,
  example: { arguments: { ...drillAssays, branch: 'feature-limits' } },
});
