import * as z from 'zod';
import { whole } from '../../../http/paging/whole.ts';
import { operation, reference } from '../../../operations/operation.ts';

const uuid = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';

export const projectName = reference({
  list: () => listProjects,
  key: 'uuid',
  label: 'name',
  keyForm: new RegExp(`^${uuid}$`, 'i'),
});

// No public page shows the addresses of the web pages; wherever the UUID follows this word, it can be nothing else.
const inAddress = new RegExp(`/projects?/(${uuid})`, 'i');

export const project = z
  .string()
  .min(1)
  .describe('Project UUID, or its name')
  .meta({ reference: projectName, fromUri: (uri: string) => inAddress.exec(uri)?.[1] });

export const artefact = z
  .string()
  .min(1)
  .describe('Artefact key, or its name')
  .meta({ reference: reference({ list: () => listArtefacts, key: 'key', label: 'name' }) });

export const listProjects = operation({
  name: 'datarock_list_projects',
  route: 'GET /projects',
  risk: 'reads',
  summary: 'List the drill-core projects this account can see.',
  words: 'drilling campaigns prospects sites',
  input: z.strictObject({}),
  output: z.looseObject({ uuid: z.string(), name: z.string() }),
  paging: whole({ items: body => body }),
  resource: { uri: 'datarock://projects', title: 'Datarock projects' },
  example: { arguments: {} },
});

export const listArtefacts = operation({
  name: 'datarock_list_artefacts',
  route: 'GET /projects/{project}/artefacts',
  risk: 'reads',
  summary: 'List the data products a project offers for export (RQD, fractures, ...), with their keys and versions.',
  words:
    'what can be exported, rock quality designation, lithology, veins, alteration, fracture frequency, core photos images',
  input: z.strictObject({ project }),
  output: z.looseObject({
    key: z.string(),
    name: z.string(),
    description: z.string().nullish(),
    versions: z.array(z.looseObject({ version: z.string() })),
    product: z.looseObject({ name: z.string() }).nullish(),
    productCategory: z.looseObject({ name: z.string() }).nullish(),
  }),
  paging: whole({ items: 'artefacts' }),
  resource: { uri: 'datarock://projects/{project}/artefacts', title: 'Artefacts of a Datarock project' },
  example: { arguments: { project: 'Copperhead North' } },
});

export const listHoles = operation({
  name: 'datarock_list_holes',
  route: 'GET /projects/{project}/holes',
  risk: 'reads',
  summary: 'List the drill holes of a project.',
  words: 'drill holes boreholes processed collars, which holes are done',
  input: z.strictObject({ project }),
  output: z.looseObject({ id: z.string() }),
  paging: whole({ items: body => body }),
  resource: { uri: 'datarock://projects/{project}/holes', title: 'Holes of a Datarock project' },
  example: { arguments: { project: 'Copperhead North' } },
});
