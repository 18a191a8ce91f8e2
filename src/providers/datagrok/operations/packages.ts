import * as z from 'zod';
import { whole } from '../../../http/paging/whole.ts';
import { operation } from '../../../operations/operation.ts';
import { entity, filter } from '../arguments.ts';
import { briefRows } from '../rows.ts';

const packageRow = z.looseObject({ id: z.string(), name: z.string() });
const published = z.looseObject({ id: z.string(), name: z.string(), version: z.string().nullish() });
const rows = whole({ items: briefRows });

export const listPackages = operation({
  name: 'datagrok_list_packages',
  route: 'GET /public/v1/packages',
  risk: 'reads',
  summary: 'List the packages of the server. Undocumented.',
  words: 'installed plugins extensions',
  input: z.strictObject({ text: filter }),
  output: packageRow,
  paging: rows,
  example: { arguments: {} },
});

export const getPackage = operation({
  name: 'datagrok_get_package',
  route: 'GET /public/v1/packages/{package}',
  risk: 'reads',
  summary: 'Show a package. Undocumented.',
  input: z.strictObject({
    package: entity('Package: UUID or name').meta({ foundIn: { listing: 'datagrok_list_packages', key: 'id' } }),
  }),
  output: packageRow,
  example: { arguments: { package: 'Chem' } },
});

export const listPublished = operation({
  name: 'datagrok_list_published_packages',
  route: 'GET /public/v1/packages/published',
  risk: 'reads',
  summary: 'List published versions of packages and which are current. Undocumented.',
  words: 'plugins versions',
  input: z.strictObject({
    text: filter,
    package_id: z.uuid().optional().describe('Of this package').meta({ wire: 'packageId' }),
  }),
  output: published,
  paging: rows,
  example: { arguments: { text: 'Chem' } },
});

export const getPublished = operation({
  name: 'datagrok_get_published_package',
  route: 'GET /public/v1/packages/published/{published}',
  risk: 'reads',
  summary: 'Show a published version of a package. Undocumented.',
  input: z.strictObject({
    published: z
      .uuid()
      .describe('Its id, from the list')
      .meta({ foundIn: { listing: 'datagrok_list_published_packages', key: 'id' } }),
  }),
  output: published,
  example: { arguments: { published: '7b3c1f0e-2d4a-4c55-8a6b-9f0e1d2c3b4a' } },
});
