import * as z from 'zod';
import type { Row } from '../../../base/json-value.ts';
import { lookAt, lookAtAll, lookIn, textOf } from '../../../operations/look-up.ts';
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

const packageTold = ({ name, version }: Row) => ({ name: `${String(name)} ${String(version)}` });

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

export const getPackage = operation({
  name: 'dataops_get_package',
  route: 'GET /projects/{project}/packages/{package}',
  risk: 'reads',
  summary: 'Show a package: version, type, the pipeline that built it.',
  words: 'details of a data product package',
  input: z.strictObject({ project, package: packageId }),
  output: packageRow,
  example: { arguments: example },
});

export const listPackagePipelines = operation({
  name: 'dataops_list_package_pipelines',
  route: 'GET /projects/{project}/packages/{package}/pipelines',
  risk: 'reads',
  summary: 'List the pipelines that built a package, newest first.',
  words: 'which pipeline published a package',
  input: z.strictObject({ project, package: packageId }),
  output: z.looseObject({ id: z.number(), status: z.string(), ref: z.string().nullish() }),
  paging: pages({ show: brief }),
  example: { arguments: example },
});

export const deletePackageFile = operation({
  name: 'dataops_delete_package_file',
  route: 'DELETE /projects/{project}/packages/{package}/package_files/{file}',
  risk: 'deletes',
  question: 'Delete the file {file} of the package {package} of {project}?',
  describeLoss: lookAtAll(
    lookAt('package', () => getPackage, packageTold),
    lookIn(
      'file',
      () => listPackageFiles,
      'id',
      ({ file_name, size }) => ({ name: textOf(file_name), says: [`It has ${String(size)} bytes.`] }),
    ),
  ),
  summary: 'Delete one file of a package. A package may be of no use without it.',
  input: z.strictObject({
    project,
    package: packageId,
    file: id('Number of the file', 'package_files', 'dataops_list_package_files'),
  }),
  ...done,
  example: { arguments: { ...example, file: '1' } },
});

export const deletePackage = operation({
  name: 'dataops_delete_package',
  route: 'DELETE /projects/{project}/packages/{package}',
  risk: 'deletes',
  question: 'Delete the package {package} of {project} with its files?',
  describeLoss: lookIn('package', () => listProjectPackages, 'id', packageTold),
  summary: 'Delete a package from the registry.',
  words: 'remove data product',
  input: z.strictObject({ project, package: packageId }),
  ...done,
  example: { arguments: example },
});
