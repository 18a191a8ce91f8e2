import { flag, integer, list, text } from '../arguments.ts';
import { type Call, type Endpoint, endpoint, ok } from '../call.ts';
import { cursorShape, pageOf } from '../paging.ts';
import { notFound } from '../refusal.ts';
import type { Entity } from '../things/catalog.ts';
import type { Check, Initiative } from '../things/scorecards.ts';
import { pick } from '../world.ts';
import { entitiesOf, passes } from './scorecards.ts';

const reads = { scopes: ['scorecards:read'] } as const;
const dueSoonMs = 14 * 86_400_000;

/** The checks of an initiative and the entities that have to pass them. */
function scopeOf(call: Call, { scorecard_id }: Initiative): { name: string; checks: Check[]; entities: Entity[] } {
  const scorecard = call.world.scorecards.find(({ id }) => id === scorecard_id);
  if (!scorecard) return { name: '', checks: [], entities: [] };
  return { name: scorecard.name, checks: scorecard.checks, entities: entitiesOf(call, scorecard) };
}

const devDays = (checks: readonly Check[]): number =>
  checks.reduce((sum, { estimated_dev_days: days }) => sum + (days ?? 0), 0);

function describe(call: Call, initiative: Initiative) {
  const { name, checks, entities } = scopeOf(call, initiative);
  const total = checks.length * entities.length;
  const open = entities.flatMap(entity => checks.filter(check => !passes(entity, check)));
  return {
    ...initiative,
    scorecard_name: name,
    percentage_complete: total === 0 ? 0 : Math.round((100 * (total - open.length)) / total),
    passed_checks: total - open.length,
    total_checks: total,
    remaining_dev_days: devDays(open),
  };
}

function find({ world }: Call, id: string): Initiative {
  const found = world.initiatives.find(initiative => initiative.id === id);
  if (!found) throw notFound('initiative');
  return found;
}

function progress(call: Call, initiative: Initiative, entity: Entity, checks: readonly Check[]) {
  const open = checks.filter(check => !passes(entity, check));
  const left = Date.parse(initiative.complete_by) - call.now;
  return {
    ...pick(entity, 'name', 'identifier', 'description'),
    entity_type_identifier: entity.type,
    total_tasks: checks.length,
    completed_tasks: checks.length - open.length,
    overdue_tasks: left < 0 ? open.length : 0,
    due_soon_tasks: left >= 0 && left < dueSoonMs ? open.length : 0,
    remaining_dev_days: devDays(open),
  };
}

export const initiativeEndpoints: readonly Endpoint[] = [
  endpoint(
    'GET initiatives.list',
    reads,
    { published: flag.optional(), priority: integer.optional(), tags: list.optional(), ...cursorShape },
    (call, { published, priority, tags, ...paging }) => {
      const found = call.world.initiatives.filter(
        one =>
          (published === undefined || one.published === published) &&
          (priority === undefined || one.priority === priority) &&
          (!tags || one.tags.some(({ value }) => tags.includes(value))),
      );
      const { page, ...rest } = pageOf(found, paging, { most: 100 });
      return ok({ initiatives: page.map(one => describe(call, one)), ...rest });
    },
  ),
  endpoint('GET initiatives.info', reads, { id: text }, (call, { id }) =>
    ok({ initiative: describe(call, find(call, id)) }),
  ),
  endpoint(
    'GET initiatives.progressReport',
    reads,
    { id: text, entity_type_identifiers: list.optional(), ...cursorShape },
    (call, { id, entity_type_identifiers: types, ...paging }) => {
      const initiative = find(call, id);
      const { checks, entities } = scopeOf(call, initiative);
      const wanted = entities.filter(({ type }) => !types || types.includes(type));
      const { page, ...rest } = pageOf(wanted, paging, { most: 100 });
      return ok({ entities: page.map(entity => progress(call, initiative, entity, checks)), ...rest });
    },
  ),
];
