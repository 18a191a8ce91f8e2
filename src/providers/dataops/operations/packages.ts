import * as z from 'zod';
import { lookIn } from '../../../operations/look-up.ts';
import { operation } from '../../../operations/operation.ts';
import { done, id, sort, text } from '../arguments.ts';
import { brief } from '../brief.ts';
import { pages } from '../paging.ts';
import { groupArgument as group } from './groups.ts';
import { projectArgument as project } from './projects.ts';

const packageRow = z.looseObject({
  id: z.number(),
  name: z.string(),
  version: z.string().nullish(),
  package_type: z.string(),
});

const filters = {
  package_type: text('generic, pypi, maven, npm, ...'),
  package_name: text('Part of the name'),
  package_version: text('Version'),
  order_by: z.enum(['created_at', 'name', 'version', 'type']).optional().describe('Order (created_at)'),
  sort,
};

const packageId = id('Number of the package', 'packages', 'dataops_list_project_packages');
const example = { project: 'meridian/data/products/ore-quality', package: '1' };

export const listProjectPackages = operation({
  name: 'dataops_list_project_packages',
  route: 'GET /projects/{project}/packages',
  risk: 'reads',
  summary: 'List the packages in the registry of a project, published data products among them.',
  words: 'data products',
  input: z.strictObject({ project, ...filters }),
  output: packageRow,
  paging: pages({ show: brief }),
  resource: { uri: 'dataops://projects/{project}/packages', title: 'Packages of a DataOps.live project' },
  example: { arguments: { project: example.project } },
});

export const listGroupPackages = operation({
  name: 'dataops_list_group_packages',
  route: 'GET /groups/{group}/packages',
  risk: 'reads',
  summary: 'List the packages of all projects of a group.',
  words: 'data products',
  input: z.strictObject({ group, ...filters }),
  output: packageRow,
  paging: pages({ show: brief }),
  example: { arguments: { group: 'meridian/data' } },
});

export const listPackageFiles = operation({
  name: 'dataops_list_package_files',
  route: 'GET /projects/{project}/packages/{package}/package_files',
  risk: 'reads',
  summary: 'List the files of a package with sizes and checksums.',
  words: 'download data product',
  input: z.strictObject({ project, package: packageId }),
  output: z.looseObject({ id: z.number(), file_name: z.string(), size: z.number().nullish() }),
  paging: pages({ show: brief }),
  example: { arguments: example },
});

export const deletePackage = operation({
  name: 'dataops_delete_package',
  route: 'DELETE /projects/{project}/packages/{package}',
  risk: 'deletes',
  question: 'Delete the package {package} of {project} with its files?',
  describeLoss: lookIn(
    'package',
    () => listProjectPackages,
    'id',
    ({ name, version }) => ({ name: `${String(name)} ${String(version)}` }),
  ),
  summary: 'Delete a package from the registry.',
  words: 'remove data product',
  input: z.strictObject({ project, package: packageId }),
  ...done,
  example: { arguments: example },
});
