import * as z from 'zod';
import { isFault } from '../../../base/errors.ts';
import { isRow, type Row } from '../../../base/json-value.ts';
import { lookAt, textOf } from '../../../operations/look-up.ts';
import { type OperationContext, operation, reference } from '../../../operations/operation.ts';
import { ids, inUri, map, payload, required, text, withoutOk } from '../arguments.ts';
import { cursorPages } from '../paging.ts';
import { each, mapped, web, within } from '../web.ts';
import { entityTypeName, identifierForm } from './entity-types.ts';
import { teamName } from './teams.ts';

const reads = 'catalog:read';
const writes = 'catalog:write:entities';
const example = { arguments: { identifier: 'booking-api' } };

export const entityName = reference({
  list: () => listEntities,
  key: 'identifier',
  label: 'name',
  search: 'search_term',
  keyForm: identifierForm,
});

const identifier = required('Entity: identifier or name').meta({ reference: entityName, fromUri: inUri('entities') });
const fresh = required('Identifier, for example booking-api');
const type = required('Entity type: identifier or name').meta({ reference: entityTypeName });

const owner = z.looseObject({ id: z.string() });
const entity = z.looseObject({
  identifier: z.string(),
  name: z.string().nullish(),
  type: z.string().nullish(),
  owner_teams: z.array(owner).nullish(),
  owner_users: z.array(owner).nullish(),
});

const settable = {
  name: text('Name'),
  description: text('Description'),
  owner_team_ids: ids('All owning teams (id or name)').meta({ reference: teamName }).optional(),
  owner_user_ids: ids('All owning people, by id').optional(),
  owner_user_emails: ids('The same by email address').optional(),
  properties: map('Values by property of its type; null clears one').optional(),
  aliases: map('{github_repo: [{identifier or lookup, instance_identifier?}]}').optional(),
  relations: map('{relation: [identifiers of entities]}; null clears one').optional(),
  domain: text('Domain'),
};

/** Owners and domain by what people call them; the vendor's own example has people without an email address. */
const brief = ({ owner_teams, owner_users, domain, ...rest }: Row): Row => ({
  ...rest,
  owner_teams: each(owner_teams, 'name'),
  owner_users: Array.isArray(owner_users) ? owner_users.map(nameOfOwner) : owner_users,
  ...(domain !== undefined && { domain: isRow(domain) ? domain['identifier'] : domain }),
});

const nameOfOwner = (one: unknown): unknown => (isRow(one) ? (one['email'] ?? one['name'] ?? one['id']) : one);

export const listEntities = operation({
  ...web(reads),
  name: 'dx_list_entities',
  route: 'GET /catalog.entities.list',
  risk: 'reads',
  summary:
    'List the entities of the software catalog: services, APIs, datastores and so on, with owners and properties.',
  words: 'microservices applications components',
  input: z.strictObject({ type: type.optional(), search_term: text('Part of name or identifier') }),
  output: entity.extend({
    owner_teams: z.array(z.string()).nullish().describe('Names'),
    owner_users: z.array(z.string()).nullish().describe('Email addresses or names'),
  }),
  paging: cursorPages('entities', { show: brief }),
  resource: { uri: 'dx://entities', title: 'DX catalog entities' },
  example: { arguments: { type: 'service' } },
});

export const getEntity = operation({
  ...web(reads),
  name: 'dx_get_entity',
  route: 'GET /catalog.entities.info',
  risk: 'reads',
  summary: 'Show an entity of the software catalog, a service for example: who owns it, properties, aliases.',
  words: 'who owns a microservice, owner, responsible',
  input: z.strictObject({ identifier }),
  output: entity,
  repair: payload('entity'),
  resource: { uri: 'dx://entities/{identifier}', title: 'A DX catalog entity' },
  example,
});

export const createEntity = operation({
  ...web(writes),
  name: 'dx_create_entity',
  route: 'POST /catalog.entities.create',
  risk: 'adds',
  summary: 'Add an entity, such as a service, to the software catalog. Refused where it exists.',
  words: 'register new microservice application component',
  verifyWith: 'dx_get_entity shows whether it was added.',
  input: z.strictObject({ identifier: fresh, type, ...settable }),
  output: entity,
  repair: payload('entity'),
  example: { arguments: { identifier: 'rail-api', type: 'service', owner_team_ids: ['Booking'] } },
});

export const updateEntity = operation({
  ...web(writes),
  name: 'dx_update_entity',
  route: 'POST /catalog.entities.update',
  risk: 'replaces',
  question: 'Replace the owners of {identifier}?',
  describeLoss: (args, context) => ownersLost(args, context),
  summary: 'Change an entity of the software catalog: owners, properties, aliases. What is left out stays.',
  words: 'change owner, edit a service',
  input: z.strictObject({ identifier, ...settable }),
  output: entity,
  repair: payload('entity'),
  example: { arguments: { identifier: 'booking-api', properties: { tier: '2' } } },
});

export const upsertEntity = operation({
  ...web(writes),
  name: 'dx_upsert_entity',
  route: 'POST /catalog.entities.upsert',
  risk: 'replaces',
  question: 'Replace the owners of {identifier}?',
  describeLoss: (args, context) => ownersLost(args, context),
  idempotent: true,
  summary: 'Add an entity to the software catalog, or change the one with this identifier; result says which.',
  words: 'register microservice',
  input: z.strictObject({ identifier: fresh, type, ...settable }),
  output: z.looseObject({ result: z.string().nullish(), entity: entity.nullish() }),
  repair: withoutOk,
  example: { arguments: { identifier: 'rail-api', type: 'service', properties: { language: 'Go' } } },
});

export const deleteEntity = operation({
  ...web(writes),
  name: 'dx_delete_entity',
  route: 'POST /catalog.entities.delete',
  risk: 'deletes',
  question: 'Delete the entity {identifier} from the catalog?',
  describeLoss: lookAt('identifier', () => getEntity, within('entity', entityTold)),
  summary: 'Delete an entity from the software catalog, with its relations.',
  words: 'unregister retire a microservice',
  input: z.strictObject({ identifier }),
  output: entity.partial({ identifier: true }),
  repair: payload('entity'),
  example,
});

function entityTold(thing: Row) {
  const { name, identifier: own, type: kind, owner_teams, owner_users, updated_at } = brief(thing);
  const owners = [owner_teams, owner_users].flatMap(some => (Array.isArray(some) ? some.map(String) : []));
  return {
    name: textOf(name) === undefined || name === own ? textOf(own) : `${String(name)} (${String(own)})`,
    says: [
      `It is of the type ${String(kind)} and ${owners.length ? `owned by ${owners.join(', ')}` : 'has no owner'}.`,
      'Its properties, aliases and relations go with it.',
    ],
    version: updated_at,
  };
}

/** One line per check that still fails: what, for which initiative, by when, whose. */
function task({ check, initiative, owner, ...rest }: Row): Row {
  const { id, name, description: _, ...details } = isRow(check) ? check : { name: check };
  const { name: drive, complete_by, priority } = isRow(initiative) ? initiative : { name: initiative };
  const whose = isRow(owner) ? (owner['email'] ?? owner['name']) : owner;
  return { check: name, initiative: drive, complete_by, owner: whose, priority, ...details, ...rest, check_id: id };
}

export const listEntityTasks = operation({
  ...web(reads),
  name: 'dx_list_entity_tasks',
  route: 'GET /catalog.entities.tasks',
  risk: 'reads',
  summary: 'List what an entity still has to do: failed checks of initiatives, with due dates and owners.',
  words: 'to do, action items',
  input: z.strictObject({ identifier }),
  output: z.looseObject({
    check: z.string().nullish(),
    initiative: z.string().nullish(),
    complete_by: z.string().nullish(),
    owner: z.string().nullish(),
  }),
  paging: cursorPages('tasks', { show: task }),
  resource: { uri: 'dx://entities/{identifier}/tasks', title: 'Tasks of a DX catalog entity' },
  example,
});

/** Where it stands, and the checks by outcome; dx_get_scorecard says what each of them wants. */
function standing({ checks, current_level, empty_level, levels, tags, ...rest }: Row): Row {
  const reached = isRow(current_level) ? current_level['name'] : isRow(empty_level) ? empty_level['label'] : undefined;
  return {
    ...rest,
    ...(reached !== undefined && { level: reached, levels: each(levels, 'name') }),
    ...(Array.isArray(checks) ? byOutcome(checks) : { checks }),
    tags: each(tags, 'value'),
  };
}

/** Names of checks; what neither passed nor failed keeps the word that it has. */
function byOutcome(checks: readonly Row[]): Row {
  const isPassed = ({ passed, status }: Row) => passed === true || status === 'PASS';
  const others = checks.filter(one => !isPassed(one) && !isFailedCheck(one));
  return {
    passed: checks.filter(isPassed).map(({ name }) => name),
    failed: checks.filter(isFailedCheck).map(({ name }) => name),
    ...(others.length > 0 && { others: mapped(others, 'name', 'status') }),
  };
}

const isFailedCheck = ({ passed, status }: Row) => status === 'FAIL' || (status === undefined && passed === false);

/** Characters of what a check wants. */
const mostWanted = 100;

/** Rows of an entity's scorecards, with what each failed check wants, and what it found. One request more. */
async function explainScorecards(rows: readonly Row[], args: Row, context: OperationContext): Promise<Row[]> {
  const hasFailures = ({ failed }: Row) => Array.isArray(failed) && failed.length > 0;
  if (!rows.some(hasFailures)) return [...rows];
  const whole = { ...listEntityScorecards, paging: cursorPages('scorecards') };
  const byId = new Map((await context.rows(whole, args)).map(({ id, checks }) => [id, checks]));
  return rows.map(row => {
    const checks = byId.get(row['id']);
    const failed = Array.isArray(checks) ? (checks as Row[]).filter(isFailedCheck) : [];
    if (failed.length === 0) return row;
    const found = failed.flatMap(({ name, output }) => (output == null ? [] : `${name}: ${plainOutput(output)}`));
    return { ...row, reason: failed.map(wantOf), ...(found.length > 0 ? { found } : {}) };
  });
}

const wantOf = ({ name, description }: Row): string => {
  const wanted = typeof description === 'string' ? description.trim() : '';
  const short = wanted.length > mostWanted ? `${wanted.slice(0, mostWanted)}…` : wanted;
  return short === '' ? String(name) : `${name}: ${short}`;
};

const plainOutput = (output: unknown): string => (typeof output === 'object' ? JSON.stringify(output) : String(output));

export const listEntityScorecards = operation({
  ...web(reads),
  name: 'dx_list_entity_scorecards',
  route: 'GET /catalog.entities.scorecards',
  risk: 'reads',
  summary: 'List how an entity stands in each scorecard: level or points, and every check it passes or fails.',
  words: 'which checks fail, production readiness maturity, below gold silver bronze',
  input: z.strictObject({ identifier }),
  output: z.looseObject({
    id: z.string(),
    name: z.string().nullish(),
    level: z.string().nullish(),
    passed: z.array(z.string()).nullish(),
    failed: z.array(z.string()).nullish(),
  }),
  paging: cursorPages('scorecards', { show: standing }),
  explain: explainScorecards,
  resource: { uri: 'dx://entities/{identifier}/scorecards', title: 'Scorecards of a DX catalog entity' },
  example,
});

/** The owners that an entity has, where others are to take their place. */
async function ownersLost(args: Row, context: OperationContext): Promise<string | undefined> {
  const { identifier: wanted, owner_team_ids, owner_user_ids, owner_user_emails } = args;
  if ((owner_team_ids ?? owner_user_ids ?? owner_user_emails) === undefined) return undefined;
  try {
    const { body } = await context.request(getEntity, { identifier: wanted });
    const { name, owner_teams, owner_users } = brief((payload('entity')(body) ?? {}) as Row);
    const owners = [owner_teams, owner_users].flatMap(some => (Array.isArray(some) ? some.map(String) : []));
    return owners.length ? `${String(name ?? wanted)} is owned by ${owners.join(', ')} now.` : undefined;
  } catch (error) {
    if (isFault(error, 'not_found')) return undefined;
    throw error;
  }
}
