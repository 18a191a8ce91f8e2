import * as z from 'zod';
import { list, prose, text } from '../arguments.ts';
import { type Call, type Endpoint, endpoint, ok } from '../call.ts';
import { reads, writes } from '../catalog.ts';
import { cursorShape, pageOf } from '../paging.ts';
import { invalid, notFound, refusal } from '../refusal.ts';
import { cardinalities, type Edge, type Entity, inverses, type Relation } from '../things/catalog.ts';
import { iso, pick } from '../world.ts';

const types = Object.keys(inverses) as (keyof typeof inverses)[];
const mostEdges = 100;

function findRelation({ world }: Call, identifier: string, code?: string): Relation {
  const found = world.relations.find(relation => relation.identifier === identifier);
  if (found) return found;
  throw code ? refusal(code, `There is no relation ${identifier}`) : notFound('relation');
}

const isSame = (a: Edge, b: Edge): boolean =>
  a.relation_identifier === b.relation_identifier && a.source === b.source && a.target === b.target;

/** Adds an edge unless it is there. Returns whether it is new. */
export function addEdge(call: Call, edge: Edge): boolean {
  const { world } = call;
  const relation = findRelation(call, edge.relation_identifier, 'relation_not_found');
  checkEnd(call, edge.source, relation.source_entity_type_identifier);
  checkEnd(call, edge.target, relation.target_entity_type_identifier);
  if (world.edges.some(other => isSame(other, edge))) return false;
  const others = world.edges.filter(other => other.relation_identifier === relation.identifier);
  const oneTarget = /_to_one$/.test(relation.cardinality) && others.some(({ source }) => source === edge.source);
  const oneSource = /^one_to_/.test(relation.cardinality) && others.some(({ target }) => target === edge.target);
  if (oneTarget || oneSource) throw refusal('invalid_cardinality', `${relation.identifier} is ${relation.cardinality}`);
  world.edges.unshift(edge);
  return true;
}

function findEnd({ world }: Call, identifier: string): Entity {
  const entity = world.entities.find(one => one.identifier === identifier);
  if (!entity) throw refusal('entity_not_found', `There is no entity ${identifier}`);
  return entity;
}

function checkEnd(call: Call, identifier: string, type: string): void {
  const entity = findEnd(call, identifier);
  if (entity.type !== type) throw refusal('invalid_entity_type', `${identifier} is a ${entity.type}, not a ${type}`);
}

const create = endpoint(
  'POST catalog.relations.create',
  writes,
  {
    identifier: z.string().regex(/^[\w.-]+$/),
    source_entity_type_identifier: text,
    target_entity_type_identifier: text,
    type: z.enum(types),
    cardinality: text,
    description: prose.optional(),
  },
  ({ world, now }, { cardinality: given, description = null, ...rest }) => {
    if (world.relations.some(({ identifier }) => identifier === rest.identifier)) throw invalid('identifier is taken');
    const cardinality = cardinalities.find(word => word === given);
    if (!cardinality) throw refusal('invalid_cardinality', `${given} is no cardinality`);
    for (const type of [rest.source_entity_type_identifier, rest.target_entity_type_identifier])
      if (!world.entityTypes.some(({ identifier }) => identifier === type))
        throw refusal('invalid_entity_type', `There is no entity type ${type}`);
    const times = { created_at: iso(now), updated_at: iso(now) };
    const relation: Relation = { ...rest, inverse_type: inverses[rest.type], cardinality, description, ...times };
    world.relations.push(relation);
    return ok({ relation });
  },
);

const update = endpoint(
  'POST catalog.relations.update',
  writes,
  { identifier: text, type: z.enum(types).optional(), description: prose.optional() },
  (call, { identifier, type, description }) => {
    const relation = Object.assign(
      findRelation(call, identifier),
      type && { type, inverse_type: inverses[type] },
      description !== undefined && { description },
      { updated_at: iso(call.now) },
    );
    return ok({ relation });
  },
);

export const relationEndpoints: readonly Endpoint[] = [
  endpoint(
    'GET catalog.relations.list',
    { ...reads, also: ['entityRelations.list'] },
    cursorShape,
    ({ world }, paging) => {
      const { page: relations, ...rest } = pageOf(world.relations, paging);
      return ok({ relations, ...rest });
    },
  ),
  endpoint('GET catalog.relations.info', reads, { identifier: text }, (call, { identifier }) =>
    ok({ relation: findRelation(call, identifier) }),
  ),
  create,
  update,
  endpoint('POST catalog.relations.delete', writes, { identifier: text }, (call, { identifier }) => {
    const relation = findRelation(call, identifier);
    call.world.relations = call.world.relations.filter(one => one !== relation);
    call.world.edges = call.world.edges.filter(edge => edge.relation_identifier !== identifier);
    return ok({ relation });
  }),
];

const listEdges = endpoint(
  'GET catalog.relationEdges.list',
  reads,
  {
    entity_identifier: text,
    relation_identifier: text,
    direction: z.enum(['incoming', 'outgoing']).default('outgoing'),
    ...cursorShape,
  },
  (call, { entity_identifier, relation_identifier, direction, ...paging }) => {
    const { identifier } = findRelation(call, relation_identifier, 'relation_not_found');
    findEnd(call, entity_identifier);
    const [near, far] = direction === 'outgoing' ? (['source', 'target'] as const) : (['target', 'source'] as const);
    const edges = call.world.edges.filter(
      edge => edge.relation_identifier === identifier && edge[near] === entity_identifier,
    );
    const { page, ...rest } = pageOf(edges, paging, { usual: 25 });
    return ok({ entity_relations: page.map(edge => pick(findEnd(call, edge[far]), 'identifier', 'name')), ...rest });
  },
);

const edgeShape = { relation_identifier: text, source_entity_identifier: text, target_entity_identifier: text };

const bulkUpsert = endpoint(
  'POST catalog.relationEdges.bulkUpsert',
  writes,
  { relation_identifier: text, edges: z.record(z.string(), list) },
  (call, { relation_identifier, edges }) => {
    const wanted = Object.keys(edges).flatMap(source =>
      (edges[source] ?? []).map(target => ({ relation_identifier, source, target })),
    );
    if (wanted.length > mostEdges) throw refusal('too_many_edges', `At most ${mostEdges} edges at once`);
    const before = call.world.edges;
    call.world.edges = [...before];
    try {
      const added = wanted.filter(edge => addEdge(call, edge)).length;
      return ok({ edges_count: wanted.length, added_count: added });
    } catch (error) {
      call.world.edges = before;
      throw error;
    }
  },
);

export const relationEdgeEndpoints: readonly Endpoint[] = [
  listEdges,
  bulkUpsert,
  endpoint('POST catalog.relationEdges.add', writes, edgeShape, (call, args) => {
    const { relation_identifier, source_entity_identifier: source, target_entity_identifier: target } = args;
    addEdge(call, { relation_identifier, source, target });
    return ok();
  }),
  endpoint('POST catalog.relationEdges.remove', writes, edgeShape, (call, args) => {
    const { relation_identifier, source_entity_identifier: source, target_entity_identifier: target } = args;
    findRelation(call, relation_identifier, 'relation_not_found');
    const edge = call.world.edges.find(one => isSame(one, { relation_identifier, source, target }));
    if (!edge) throw refusal('edge_not_found', 'There is no such edge');
    call.world.edges = call.world.edges.filter(one => one !== edge);
    return ok();
  }),
];
