import * as z from 'zod';
import type { Row } from '../../../base/json-value.ts';
import { firstOf } from '../../../base/nearest.ts';
import { whole } from '../../../http/paging/whole.ts';
import { howMany, lookAtAll, lookIn } from '../../../operations/look-up.ts';
import { type Operation, operation } from '../../../operations/operation.ts';
import { sourceArgument } from '../../../results/transfer/source.ts';
import { done, entity, filePath, flag, folder } from '../arguments.ts';
import { lookAtThing, nameOfThing, sizeTold } from '../losses.ts';
import { brief, briefRows, withName } from '../rows.ts';
import { existing, fetchFile, fileName } from '../stored-files.ts';
import { browserPages, listing } from './undocumented.ts';

const firstNames = (some: readonly Row[]) =>
  firstOf(
    some.map(one => nameOfThing(one) ?? 'one without a name'),
    5,
  );

const row = z.looseObject({ id: z.string(), name: z.string(), grok_name: z.string().nullish() });
const space = entity('Space: UUID or Grok name').meta({ foundIn: { listing: 'datagrok_list_spaces', key: 'id' } });
const geology = { space: 'Geology' };

export const listSpaces = operation({
  name: 'datagrok_list_spaces',
  route: 'GET /spaces',
  risk: 'reads',
  summary: 'List spaces. Internal route of the browser.',
  words: 'workspaces',
  input: z.strictObject(listing),
  output: row,
  paging: browserPages(),
  example: { arguments: {} },
});

export const getSpace = operation({
  name: 'datagrok_get_space',
  route: 'GET /spaces/{space}',
  risk: 'reads',
  summary: 'Show a space. Internal route of the browser.',
  input: z.strictObject({ space }),
  output: row,
  repair: withName,
  example: { arguments: geology },
});

const name = z.string().min(1).describe('Name');

export const createSpace = operation({
  name: 'datagrok_create_space',
  route: 'POST /spaces',
  risk: 'adds',
  summary: 'Make a space. Internal route of the browser.',
  words: 'new workspace',
  verifyWith: 'datagrok_list_spaces shows whether it was made.',
  input: z.strictObject({ name }),
  output: row,
  repair: withName,
  example: { arguments: { name: 'Metallurgy' } },
});

export const deleteSpace = operation({
  name: 'datagrok_delete_space',
  route: 'DELETE /spaces/{space}',
  risk: 'deletes',
  question: 'Delete the space {space} with everything in it?',
  describeLoss: lookAtAll(
    lookAtThing('space', () => getSpace),
    async (args, context) => {
      const held = await context.rows(listChildren, { space: args['space'] });
      return { says: held.length ? `It holds ${howMany(held.length, 'thing')}: ${firstNames(held)}.` : 'It is empty.' };
    },
  ),
  summary: 'Delete a space with its files and the spaces in it. Internal route of the browser.',
  input: z.strictObject({ space }),
  ...done,
  example: { arguments: { space: 'Scratch' } },
});

export const listSubspaces = operation({
  name: 'datagrok_list_subspaces',
  route: 'GET /spaces/{space}/subspaces',
  risk: 'reads',
  summary: 'List the spaces in a space. Internal route of the browser.',
  input: z.strictObject({ space, link: flag('Also linked ones') }),
  output: row,
  paging: whole({ items: briefRows }),
  example: { arguments: geology },
});

export const createSubspace = operation({
  name: 'datagrok_create_subspace',
  route: 'POST /spaces/{space}/subspaces',
  risk: 'adds',
  summary: 'Make a space in a space. Internal route of the browser.',
  verifyWith: 'datagrok_list_subspaces shows whether it was made.',
  input: z.strictObject({ space, name, link: flag('As a link').meta({ in: 'query' }) }),
  output: row,
  repair: withName,
  example: { arguments: { ...geology, name: 'Logging' } },
});

/** Of what kind each is, is what is asked here. */
const typedRows = (body: unknown): unknown =>
  Array.isArray(body) ? body.map(one => ({ ...(brief(one) as Row), type: (one as Row)['#type'] })) : body;

export const listChildren = operation({
  name: 'datagrok_list_space_children',
  route: 'GET /spaces/{space}/children',
  risk: 'reads',
  summary: 'List what a space holds. Internal route of the browser.',
  input: z.strictObject({
    space,
    types: z.array(z.string()).optional().describe('Only these, like Project or DataConnection'),
    linked: flag('Also what is linked').meta({ wire: 'includeLinked' }),
  }),
  output: row,
  paging: whole({ items: typedRows }),
  example: { arguments: { ...geology, linked: true } },
});

const member = entity('What is put there: UUID or Grok name');

export const addToSpace = operation({
  name: 'datagrok_add_to_space',
  route: 'POST /spaces/{space}/entities/{entity}',
  risk: 'adds',
  summary: 'Put a thing into a space, or link it there. Internal route of the browser.',
  verifyWith: 'datagrok_list_space_children shows whether it is there.',
  input: z.strictObject({ space, entity: member, link: flag('As a link').meta({ in: 'query' }) }),
  ...done,
  readsBack: () => ({ reading: listChildren }),
  example: { arguments: { ...geology, entity: 'MaraOkafor:CopperheadNorth', link: true } },
});

export const removeFromSpace = operation({
  name: 'datagrok_remove_from_space',
  route: 'DELETE /spaces/{space}/entities/{entity}',
  risk: 'deletes',
  question: 'Take {entity} out of the space {space}?',
  describeLoss: lookAtAll(
    lookAtThing('space', () => getSpace),
    lookIn(
      'entity',
      () => listChildren,
      'id',
      thing => ({ name: nameOfThing(thing), version: thing['updatedOn'] }),
    ),
  ),
  summary: 'Take a thing out of a space. Internal route of the browser.',
  input: z.strictObject({ space, entity: z.uuid().describe('Its id'), link: flag('The link only') }),
  ...done,
  example: { arguments: { ...geology, entity: '7b3c1f0e-2d4a-4c55-8a6b-9f0e1d2c3b4a' } },
});

export const listSpaceFiles = operation({
  name: 'datagrok_list_space_files',
  route: 'GET /spaces/{space}/files/{dir*}/',
  risk: 'reads',
  summary: 'List the files of a space. Internal route of the browser.',
  input: z.strictObject({ space, dir: folder, recursive: flag('Folders inside too') }),
  output: z.looseObject({ path: z.string(), isFile: z.boolean() }),
  paging: whole({ items: body => body }),
  example: { arguments: { ...geology, recursive: true } },
});

export const downloadSpaceFile: Operation = operation({
  name: 'datagrok_download_space_file',
  route: 'GET /spaces/{space}/files/{path*}',
  risk: 'reads',
  summary: 'Store a file of a space as a result. Internal route of the browser.',
  input: z.strictObject({ space, path: filePath }),
  output: z.looseObject({}),
  example: { arguments: { ...geology, path: 'plans/2027.txt' } },
  collect: (args, context) =>
    fetchFile({ operation: downloadSpaceFile, args, name: fileName(args.path), asIs: true }, context),
});

export const uploadSpaceFile = operation({
  name: 'datagrok_upload_space_file',
  route: 'POST /spaces/{space}/files/{path*}',
  risk: 'replaces',
  question: 'Replace the file {path} of the space {space}?',
  summary: 'Write data to a file of a space, byte for byte. Internal route of the browser.',
  verifyWith: 'datagrok_download_space_file shows what is there now.',
  input: z.strictObject({
    space,
    path: filePath,
    source: sourceArgument().meta({ in: 'payload', wire: 'content', source: 'bytes' }),
  }),
  ...done,
  example: { arguments: { ...geology, path: 'plans/2028.csv', source: [{ hole: 'DDH041' }] } },
  async describeLoss({ space: holder, path }, context) {
    const size = await existing(() =>
      context.request(downloadSpaceFile, { space: holder, path }, { expect: 'stream' }),
    );
    return size && `The file ${path} is there already (${size}) and would be replaced.`;
  },
});

export const deleteSpaceFile = operation({
  name: 'datagrok_delete_space_file',
  route: 'DELETE /spaces/{space}/files/{path*}',
  risk: 'deletes',
  question: 'Delete the file {path} of the space {space}?',
  describeLoss: lookAtAll(
    lookAtThing('space', () => getSpace),
    async ({ space: holder, path }, context) => {
      const download = () => context.request(downloadSpaceFile, { space: holder, path }, { expect: 'stream' });
      return sizeTold('file', String(path), await existing(download));
    },
  ),
  summary: 'Delete a file of a space. Internal route of the browser.',
  input: z.strictObject({ space, path: filePath }),
  ...done,
  example: { arguments: { ...geology, path: 'plans/2027.txt' } },
});
