import * as z from 'zod';
import { flag, integer, list, map, number, prose, text } from '../arguments.ts';
import { type Call, type Endpoint, endpoint, ok } from '../call.ts';
import { chance } from '../chance.ts';
import { cursorShape, encodeId, pageOf } from '../paging.ts';
import { invalid, notFound } from '../refusal.ts';
import type { Entity } from '../things/catalog.ts';
import type { Check, Level, Scorecard } from '../things/scorecards.ts';
import { iso, pick, sent } from '../world.ts';

/** Invented entities keep to rules as luck would have it, always with the same luck. */
export const passes = (entity: Entity, check: Check): boolean => chance(entity.identifier, check.name) < 0.7;

/** A filter in SQL is not run: it stands for all services. */
export function entitiesOf({ world }: Call, scorecard: Scorecard): Entity[] {
  const types = scorecard.entity_filter_type === 'sql' ? ['service'] : scorecard.entity_filter_type_identifiers;
  return world.entities.filter(({ type }) => types.includes(type));
}

/** What an entity has to show in each scorecard that is about it. */
export function reportsOf(call: Call, entity: Entity) {
  return call.world.scorecards
    .filter(scorecard => scorecard.published && entitiesOf(call, scorecard).includes(entity))
    .map(scorecard => {
      const checks = scorecard.checks.map(check => ({ check, passed: passes(entity, check) }));
      const ranked = [...scorecard.levels].sort((a, b) => a.rank - b.rank);
      const isLost = (level: Level): boolean =>
        checks.some(({ check, passed }) => !passed && check.scorecard_level_key === level.key);
      const lost = ranked.findIndex(isLost);
      const reached = lost < 0 ? ranked.at(-1) : ranked[lost - 1];
      const points = (some: typeof checks): number => some.reduce((sum, { check }) => sum + (check.points ?? 0), 0);
      const described = checks.map(({ check, passed }) => ({
        ...pick(check, 'id', 'name', 'description', 'published'),
        passed,
        status: passed ? 'PASS' : 'FAIL',
        level: ranked.find(({ key }) => key === check.scorecard_level_key) ?? null,
        output: null,
        executed_at: iso(call.now - (call.now % 3_600_000)),
      }));
      return {
        ...pick(scorecard, 'id', 'name', 'type', 'tags'),
        ...(scorecard.type === 'LEVEL'
          ? {
              levels: ranked,
              current_level: reached ?? null,
              empty_level: { color: scorecard.empty_level_color, label: scorecard.empty_level_label },
            }
          : { points: points(checks.filter(({ passed }) => passed)), total_points: points(checks) }),
        checks: described,
      };
    });
}

/** What an entity still has to do for initiatives. */
export function tasksOf(call: Call, entity: Entity) {
  return call.world.initiatives
    .filter(initiative => initiative.published)
    .flatMap(initiative => {
      const scorecard = call.world.scorecards.find(({ id }) => id === initiative.scorecard_id);
      const open = scorecard?.checks.filter(check => !passes(entity, check)) ?? [];
      if (!scorecard || !entitiesOf(call, scorecard).includes(entity)) return [];
      return open.map(check => ({
        check: pick(check, 'id', 'name', 'description', 'external_url', 'estimated_dev_days'),
        entity_check_issue: { id: null, url: null },
        initiative: pick(initiative, 'id', 'name', 'description', 'complete_by', 'priority'),
        owner: entity.owner_users[0] ?? null,
      }));
    });
}

function find({ world }: Call, id: string): Scorecard {
  const found = world.scorecards.find(scorecard => scorecard.id === id);
  if (!found) throw notFound('scorecard');
  return found;
}

const checkShape = z.object({
  id: text.optional(),
  name: text,
  description: prose.optional(),
  ordering: integer.optional(),
  sql: text,
  filter_sql: prose.optional(),
  filter_message: prose.optional(),
  output_enabled: flag.optional(),
  output_type: prose.optional(),
  output_custom_options: z.unknown().optional(),
  output_aggregation: prose.optional(),
  external_url: prose.optional(),
  estimated_dev_days: number.nullish(),
  published: flag.optional(),
  scorecard_level_key: text.nullish(),
  scorecard_check_group_key: text.nullish(),
  points: integer.nullish(),
});

const shape = {
  name: text,
  type: z.enum(['LEVEL', 'POINTS']),
  entity_filter_type: z.enum(['entity_types', 'sql']),
  entity_filter_type_identifiers: list.optional(),
  entity_filter_sql: prose.optional(),
  evaluation_frequency_hours: integer.optional(),
  empty_level_label: prose.optional(),
  empty_level_color: prose.optional(),
  levels: z.array(z.object({ id: text.optional(), key: text, name: text, color: text, rank: integer })).optional(),
  check_groups: z.array(z.object({ id: text.optional(), key: text, name: text, ordering: integer })).optional(),
  description: prose.optional(),
  published: flag.optional(),
  tags: z.array(z.object({ value: text })).optional(),
  editors: z.array(map).optional(),
  checks: z.array(checkShape).optional(),
};
const changeShape = z.object(shape).partial().shape;
type Changes = z.output<z.ZodObject<typeof changeShape>>;

const plainCheck = {
  description: null,
  filter_sql: null,
  filter_message: null,
  output_enabled: false,
  output_type: null,
  output_custom_options: null,
  output_aggregation: null,
  external_url: null,
  estimated_dev_days: null,
  published: true,
  scorecard_level_key: null,
  scorecard_check_group_key: null,
  points: null,
} as const;

function newCheck(scorecard: Scorecard, given: z.output<typeof checkShape>, ordering: number): Omit<Check, 'id'> {
  const byLevel = scorecard.type === 'LEVEL';
  const key = byLevel ? given.scorecard_level_key : given.scorecard_check_group_key;
  const keys: readonly { key: string }[] = byLevel ? scorecard.levels : scorecard.check_groups;
  if (!keys.some(one => one.key === key)) throw invalid(`The check ${given.name} names no level or group of the card`);
  const { id: _, name, sql, ...rest } = given;
  return { ...plainCheck, ...(sent(rest) as Partial<Check>), ordering: rest.ordering ?? ordering, name, sql };
}

/** Items of a nested list carry the ids that they have already; those without get one. */
function withIds<Item extends object>(call: Call, given: readonly (Item & { id?: string | undefined })[]) {
  return given.map(item => ({ ...item, id: item.id ?? encodeId(call.world.nextId()) }));
}

function change(call: Call, scorecard: Scorecard, changes: Changes): Scorecard {
  const { checks, levels, check_groups, tags, entity_filter_type_identifiers: types, ...rest } = changes;
  const stranger = types?.find(wanted => !call.world.entityTypes.some(({ identifier }) => identifier === wanted));
  if (stranger !== undefined) throw invalid(`There is no entity type ${stranger}`);
  const changed: Scorecard = {
    ...scorecard,
    ...(sent(rest) as Partial<Scorecard>),
    ...(types && { entity_filter_type_identifiers: types }),
    ...(tags && { tags: tags.map(({ value }) => ({ value, color: '#6b7280' })) }),
    ...(levels && { levels: withIds(call, levels) }),
    ...(check_groups && { check_groups: withIds(call, check_groups) }),
  };
  const lacks = changed.type === 'LEVEL' ? changed.levels.length === 0 : changed.check_groups.length === 0;
  if (lacks) throw invalid(`A card of type ${changed.type} needs levels or check_groups`);
  if (
    changed.entity_filter_type === 'sql'
      ? !changed.entity_filter_sql
      : changed.entity_filter_type_identifiers.length === 0
  )
    throw invalid('entity_filter_type_identifiers or entity_filter_sql');
  if (checks) {
    const made = checks.map((check, index) => ({ id: check.id, ...newCheck(changed, check, index) }));
    changed.checks = withIds(call, made);
  }
  return Object.assign(scorecard, changed);
}

function create(call: Call, args: Changes): Scorecard {
  const scorecard: Scorecard = {
    id: encodeId(call.world.nextId()),
    name: '',
    description: null,
    type: 'LEVEL',
    published: false,
    entity_filter_type: 'entity_types',
    entity_filter_sql: null,
    entity_filter_type_identifiers: [],
    evaluation_frequency_hours: 24,
    tags: [],
    editors: [],
    admins: [],
    sql_errors: [],
    levels: [],
    check_groups: [],
    empty_level_label: null,
    empty_level_color: null,
    checks: [],
  };
  change(call, scorecard, args);
  call.world.scorecards.push(scorecard);
  return scorecard;
}

const reads = { scopes: ['scorecards:read'] } as const;
const writes = { scopes: ['scorecards:write'] } as const;

export const scorecardEndpoints: readonly Endpoint[] = [
  endpoint(
    'GET scorecards.list',
    reads,
    { ...cursorShape, include_unpublished: flag.default(false) },
    ({ world }, { include_unpublished, ...paging }) => {
      const found = world.scorecards.filter(({ published }) => published || include_unpublished);
      const { page, ...rest } = pageOf(found, paging);
      return ok({ scorecards: page.map(({ checks: _, ...scorecard }) => scorecard), ...rest });
    },
  ),
  endpoint('GET scorecards.info', reads, { id: text }, (call, { id }) => ok({ scorecard: find(call, id) })),
  endpoint('POST scorecards.create', writes, shape, (call, args) => ok({ scorecard: create(call, args) })),
  endpoint('POST scorecards.update', writes, { id: text, ...changeShape }, (call, args) => {
    const { id, ...changes } = args;
    return ok({ scorecard: change(call, find(call, id), changes) });
  }),
  endpoint('POST scorecards.delete', writes, { id: text }, (call, { id }) => {
    const scorecard = find(call, id);
    call.world.scorecards = call.world.scorecards.filter(one => one !== scorecard);
    return ok({ scorecard });
  }),
];
