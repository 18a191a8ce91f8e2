import * as z from 'zod';
import { whole } from '../../../http/paging/whole.ts';
import { operation } from '../../../operations/operation.ts';
import { entity, filter, fromClients } from '../arguments.ts';
import { briefRows } from '../rows.ts';

const packageRow = z.looseObject({ id: z.string(), name: z.string() });
const published = z.looseObject({ id: z.string(), name: z.string(), version: z.string().nullish() });
const rows = whole({ items: briefRows });

const listPackages = operation({
  name: 'datagrok_list_packages',
  route: 'GET /public/v1/packages',
  effect: 'read',
  summary: 'List the packages of the server. Undocumented.',
  toolset: 'packages',
  input: z.strictObject({ text: filter }),
  output: packageRow,
  paging: rows,
  evidence: fromClients,
  example: { arguments: {} },
});

const getPackage = operation({
  name: 'datagrok_get_package',
  route: 'GET /public/v1/packages/{package}',
  effect: 'read',
  summary: 'Show a package. Undocumented.',
  toolset: 'packages',
  input: z.strictObject({ package: entity('Package: UUID or name') }),
  output: packageRow,
  evidence: fromClients,
  example: { arguments: { package: 'Chem' } },
});

const listPublished = operation({
  name: 'datagrok_list_published_packages',
  route: 'GET /public/v1/packages/published',
  effect: 'read',
  summary: 'List published versions of packages and which are current. Undocumented.',
  toolset: 'packages',
  input: z.strictObject({
    text: filter,
    package_id: z.uuid().optional().describe('Of this package').meta({ wire: 'packageId' }),
  }),
  output: published,
  paging: rows,
  evidence: fromClients,
  example: { arguments: { text: 'Chem' } },
});

const getPublished = operation({
  name: 'datagrok_get_published_package',
  route: 'GET /public/v1/packages/published/{published}',
  effect: 'read',
  summary: 'Show a published version of a package. Undocumented.',
  toolset: 'packages',
  input: z.strictObject({ published: z.uuid().describe('Its id, from the list') }),
  output: published,
  evidence: fromClients,
  example: { arguments: { published: '7b3c1f0e-2d4a-4c55-8a6b-9f0e1d2c3b4a' } },
});

export const packages = [listPackages, getPackage, listPublished, getPublished];
