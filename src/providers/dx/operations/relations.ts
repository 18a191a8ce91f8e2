import * as z from 'zod';
import { isFault } from '../../../base/errors.ts';
import type { Row } from '../../../base/json-value.ts';
import { lookAt, lookIn, textOf } from '../../../operations/look-up.ts';
import { type Operation, operation, reference } from '../../../operations/operation.ts';
import { done, inUri, payload, required, text } from '../arguments.ts';
import { cursorPages } from '../paging.ts';
import { web, within } from '../web.ts';
import { entityName } from './entities.ts';
import { entityTypeName } from './entity-types.ts';

const reads = 'catalog:read';
const writes = 'catalog:write:entities';

/** Relations have no name but their identifier: the listing serves completion alone. */
const relationName = reference({ list: () => listRelations, key: 'identifier', label: 'identifier', keyForm: /^/ });

const identifier = required('Relation: identifier').meta({ reference: relationName, fromUri: inUri('relations') });
const relation_identifier = identifier;
const entityType = (description: string) => required(description).meta({ reference: entityTypeName });
const entity = (description: string) =>
  required(`${description}: identifier or name`).meta({ reference: entityName, fromUri: inUri('entities') });

const type = z
  .enum(['consumes', 'depends on', 'parent of', 'part of', 'provides', 'manages'])
  .describe('What the source does to the target');

const relation = z.looseObject({
  identifier: z.string(),
  type: z.string().nullish(),
  source_entity_type_identifier: z.string().nullish(),
  target_entity_type_identifier: z.string().nullish(),
});

export const listRelations = operation({
  ...web(reads),
  name: 'dx_list_relations',
  route: 'GET /catalog.relations.list',
  risk: 'reads',
  summary:
    'List the kinds of relation in the software catalog: which entity types depend on, consume or provide which.',
  input: z.strictObject({}),
  output: relation,
  paging: cursorPages('relations'),
  resource: { uri: 'dx://relations', title: 'DX catalog relations' },
  example: { arguments: {} },
});

export const getRelation = operation({
  ...web(reads),
  name: 'dx_get_relation',
  route: 'GET /catalog.relations.info',
  risk: 'reads',
  summary: 'Show a kind of relation of the software catalog.',
  input: z.strictObject({ identifier }),
  output: relation,
  repair: payload('relation'),
  resource: { uri: 'dx://relations/{identifier}', title: 'A DX catalog relation' },
  example: { arguments: { identifier: 'service-consumes-api' } },
});

export const createRelation = operation({
  ...web(writes),
  name: 'dx_create_relation',
  route: 'POST /catalog.relations.create',
  risk: 'adds',
  summary: 'Create a kind of relation between two entity types of the software catalog.',
  verifyWith: 'dx_get_relation shows whether it was created.',
  input: z.strictObject({
    identifier: z
      .string()
      .regex(/^[\w.-]+$/)
      .describe('Identifier: letters, digits, _ . -'),
    source_entity_type_identifier: entityType('Entity type it goes from'),
    target_entity_type_identifier: entityType('Entity type it goes to'),
    type,
    cardinality: z.enum(['one_to_one', 'one_to_many', 'many_to_one', 'many_to_many']).describe('How many on each side'),
    description: text('Description'),
  }),
  output: relation,
  repair: payload('relation'),
  example: {
    arguments: {
      identifier: 'service-stores-in',
      source_entity_type_identifier: 'service',
      target_entity_type_identifier: 'datastore',
      type: 'depends on',
      cardinality: 'many_to_one',
    },
  },
});

export const updateRelation = operation({
  ...web(writes),
  name: 'dx_update_relation',
  route: 'POST /catalog.relations.update',
  risk: 'edits',
  summary: 'Change the type or description of a kind of relation.',
  input: z.strictObject({ identifier, type: type.optional(), description: text('Description') }),
  output: relation,
  repair: payload('relation'),
  example: { arguments: { identifier: 'service-consumes-api', description: 'Calls it over the network' } },
});

export const deleteRelation = operation({
  ...web(writes),
  name: 'dx_delete_relation',
  route: 'POST /catalog.relations.delete',
  risk: 'deletes',
  question: 'Delete the relation {identifier}?',
  describeLoss: lookAt(
    'identifier',
    () => getRelation,
    within('relation', ({ identifier: own, type: kind, ...ends }) => ({
      name: textOf(own),
      says: [
        `It says which ${String(ends['source_entity_type_identifier'])} ${String(kind)} which ${String(ends['target_entity_type_identifier'])}; all such edges between entities go with it.`,
      ],
    })),
  ),
  summary: 'Delete a kind of relation, with every edge of it between entities.',
  input: z.strictObject({ identifier }),
  ...done,
  example: { arguments: { identifier: 'service-consumes-api' } },
});

export const listEdges = operation({
  ...web(reads),
  name: 'dx_list_relation_edges',
  route: 'GET /catalog.relationEdges.list',
  risk: 'reads',
  summary: 'List the entities that one entity is related to: dependencies, consumers. Newest edge first.',
  words: 'what does it depend on, dependencies of a service api, uses',
  input: z.strictObject({
    relation_identifier,
    entity_identifier: entity('Entity'),
    direction: z
      .enum(['outgoing', 'incoming'])
      .optional()
      .describe('outgoing (default): what it points to; incoming: what points to it'),
  }),
  output: z.looseObject({ identifier: z.string(), name: z.string().nullish() }),
  paging: cursorPages('entity_relations'),
  example: { arguments: { relation_identifier: 'service-consumes-api', entity_identifier: 'booking-web' } },
});

const edge = {
  relation_identifier,
  source_entity_identifier: entity('Entity it goes from'),
  target_entity_identifier: entity('Entity it goes to'),
};
const edgeExample = {
  arguments: {
    relation_identifier: 'service-consumes-api',
    source_entity_identifier: 'booking-web',
    target_entity_identifier: 'quote-rest',
  },
};

export const addEdge = operation({
  ...web(writes),
  name: 'dx_add_relation_edge',
  route: 'POST /catalog.relationEdges.add',
  risk: 'adds',
  summary: 'Relate two entities of the software catalog: add an edge, for example a dependency.',
  words: 'add create a dependency between two services',
  verifyWith: 'dx_list_relation_edges shows whether it was added.',
  input: z.strictObject(edge),
  ...done,
  readsBack: ({ source_entity_identifier: from }) => ({ reading: listEdges, arguments: { entity_identifier: from } }),
  example: edgeExample,
});

export const removeEdge = operation({
  ...web(writes),
  name: 'dx_remove_relation_edge',
  route: 'POST /catalog.relationEdges.remove',
  risk: 'deletes',
  question:
    'Take the relation {relation_identifier} between {source_entity_identifier} and {target_entity_identifier} away?',
  describeLoss: (
    { relation_identifier: relation, source_entity_identifier: entity, target_entity_identifier: target },
    context,
  ) =>
    lookIn(
      'target_entity_identifier',
      () => listEdges,
      'identifier',
      ({ name }) => ({ name: textOf(name) ?? target }),
    )({ relation_identifier: relation, entity_identifier: entity, target_entity_identifier: target }, context),
  summary: 'Remove the edge between two entities of the software catalog.',
  words: 'remove a dependency',
  input: z.strictObject(edge),
  ...done,
  example: edgeExample,
});

/** What one request takes. */
const mostEdges = 100;

export const upsertEdges: Operation = operation({
  ...web(writes),
  name: 'dx_upsert_relation_edges',
  route: 'POST /catalog.relationEdges.bulkUpsert',
  risk: 'edits',
  summary: 'Add many edges of one relation at once; those that exist stay.',
  words: 'add create dependencies bulk',
  verifyWith: 'dx_list_relation_edges shows which were added; those that exist stay when the call is repeated.',
  input: z.strictObject({
    relation_identifier,
    edges: z.record(z.string(), z.array(z.string())).describe('{source: [targets]}, identifiers of entities'),
  }),
  output: done.output,
  example: {
    arguments: {
      relation_identifier: 'service-consumes-api',
      edges: { 'booking-web': ['quote-rest', 'identity-rest'] },
    },
  },
  async send({ relation_identifier, edges }, context) {
    const all = Object.entries(edges).flatMap(([source, targets]) => targets.map(target => ({ source, target })));
    let told: Row = {};
    for (let sent = 0; sent === 0 || sent < all.length; sent += mostEdges) {
      const batch = bySource(all.slice(sent, sent + mostEdges));
      try {
        const { body } = await context.request(upsertEdges, { relation_identifier, edges: batch });
        told = summed(told, done.repair(body));
        context.progress(`${Math.min(sent + mostEdges, all.length)} of ${all.length} edges`);
      } catch (error) {
        if (sent === 0 || !isFault(error)) throw error;
        const warning = `Stopped after ${sent} of ${all.length} edges: ${error.message} Repeat the call once that is mended; edges that exist stay.`;
        return { ...told, ok: false, warnings: [warning] };
      }
    }
    return { ...told, ok: true };
  },
});

function bySource(edges: readonly { source: string; target: string }[]): Record<string, string[]> {
  const targets = new Map<string, string[]>();
  for (const { source, target } of edges) targets.set(source, [...(targets.get(source) ?? []), target]);
  return Object.fromEntries(targets);
}

/** What the requests count, together. */
const summed = (before: Row, next: Row): Row =>
  Object.fromEntries(
    Object.entries({ ...before, ...next }).map(([name, value]) => {
      const earlier = before[name];
      return [name, typeof value === 'number' && typeof earlier === 'number' && name in next ? earlier + value : value];
    }),
  );
