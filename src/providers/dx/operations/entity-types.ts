import * as z from 'zod';
import type { Row } from '../../../base/json-value.ts';
import { countOf, lookAt, textOf } from '../../../operations/look-up.ts';
import { operation, reference } from '../../../operations/operation.ts';
import { done, inUri, maps, payload, required, text } from '../arguments.ts';
import { cursorPages } from '../paging.ts';
import { mapped, named, web, within } from '../web.ts';

const reads = 'catalog:read';
const writes = 'catalog:write:entities';

/** Identifiers are written like this, whatever the vendor lets them be; anything else may be a name. */
export const identifierForm = /^[a-z0-9][a-z0-9_.:/@-]*$/;

export const entityTypeName = reference({
  list: () => listEntityTypes,
  key: 'identifier',
  label: 'name',
  keyForm: identifierForm,
});

const identifier = required('Entity type: identifier or name').meta({
  reference: entityTypeName,
  fromUri: inUri('entity-types'),
});

const entityType = z.looseObject({
  identifier: z.string(),
  name: z.string().nullish(),
  properties: z.array(z.looseObject({ identifier: z.string(), type: z.string().nullish() })).nullish(),
});

const settable = {
  description: text('Description'),
  icon: text('Icon'),
  ordering: z.number().int().optional().describe('Place among the types'),
  properties: maps(
    'identifier, type (text, url, date, email, slack_channel, msteams_channel, select, user, number, boolean, ' +
      'multi_select, list, json, openapi), name, description, ordering, is_required, visibility (visible, hidden), ' +
      'definition {options: [{value, color}], ...}',
  ).optional(),
  aliases: z
    .record(z.string(), z.boolean())
    .optional()
    .describe('Kinds of alias its entities may have: {github_repo: true}'),
};

/** Properties by identifier and type; the type itself shows the rest of them. */
const brief = ({ properties, ...rest }: Row): Row => ({
  ...rest,
  properties: mapped(properties, 'identifier', 'type'),
});

export const listEntityTypes = operation({
  ...web(reads),
  name: 'dx_list_entity_types',
  route: 'GET /catalog.entityTypes.list',
  risk: 'reads',
  summary: 'List the entity types of the software catalog with their properties.',
  words: 'kinds of thing in the catalog',
  input: z.strictObject({}),
  output: entityType.extend({ properties: z.looseObject({}).nullish().describe('Type by identifier') }),
  paging: cursorPages('entity_types', { show: brief }),
  resource: { uri: 'dx://entity-types', title: 'DX entity types' },
  example: { arguments: {} },
});

export const getEntityType = operation({
  ...web(reads),
  name: 'dx_get_entity_type',
  route: 'GET /catalog.entityTypes.info',
  risk: 'reads',
  summary: 'Show an entity type of the catalog with its properties.',
  input: z.strictObject({ identifier }),
  output: entityType,
  repair: payload('entity_type'),
  resource: { uri: 'dx://entity-types/{identifier}', title: 'A DX entity type' },
  example: { arguments: { identifier: 'service' } },
});

export const createEntityType = operation({
  ...web(writes),
  name: 'dx_create_entity_type',
  route: 'POST /catalog.entityTypes.create',
  risk: 'adds',
  summary: 'Create an entity type in the software catalog.',
  verifyWith: 'dx_get_entity_type shows whether it was created.',
  input: z.strictObject({ identifier: required('Identifier of the new type'), name: required('Name'), ...settable }),
  output: entityType,
  repair: payload('entity_type'),
  example: {
    arguments: { identifier: 'topic', name: 'Topic', properties: [{ identifier: 'retention_days', type: 'number' }] },
  },
});

export const updateEntityType = operation({
  ...web(writes),
  name: 'dx_update_entity_type',
  route: 'POST /catalog.entityTypes.update',
  risk: 'replaces',
  question: 'Change the entity type {identifier}?',
  summary: 'Change an entity type. A properties list replaces all properties: those that it lacks are deleted.',
  input: z.strictObject({ identifier, name: text('Name'), ...settable }),
  output: entityType,
  repair: payload('entity_type'),
  example: { arguments: { identifier: 'service', description: 'What runs in production' } },
  async describeLoss({ identifier, properties }, context) {
    if (!properties) return undefined;
    const { body } = await context.request(getEntityType, { identifier });
    const before = ((payload('entity_type')(body) as Row)['properties'] ?? []) as Row[];
    const lost = before.filter(one => !properties.some(other => other['identifier'] === one['identifier']));
    const what = lost.length
      ? `This would delete ${lost.length} of its ${before.length} properties, and their values in every entity: ` +
        named(lost.map(one => one['identifier']))
      : `This would replace the definitions of its ${before.length} properties; none would be deleted`;
    return `${what}.`;
  },
});

const propertiesIn = (list: unknown) => (countOf(list) === 1 ? '1 property' : `${countOf(list)} properties`);

export const deleteEntityType = operation({
  ...web(writes),
  name: 'dx_delete_entity_type',
  route: 'POST /catalog.entityTypes.delete',
  risk: 'deletes',
  question: 'Delete the entity type {identifier}?',
  describeLoss: lookAt(
    'identifier',
    () => getEntityType,
    within('entity_type', ({ name, properties, updated_at }) => ({
      name: textOf(name),
      says: [`It has ${propertiesIn(properties)}; what its entities say in them goes with it.`],
      version: updated_at,
    })),
  ),
  summary: 'Delete an entity type from the catalog.',
  input: z.strictObject({ identifier }),
  ...done,
  example: { arguments: { identifier: 'topic' } },
});
