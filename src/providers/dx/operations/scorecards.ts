import * as z from 'zod';
import type { Row } from '../../../base/json-value.ts';
import { lacks, wantedWith } from '../../../operations/lack.ts';
import { operation, reference } from '../../../operations/operation.ts';
import { done, flag, ids, inUri, maps, payload, required, text } from '../arguments.ts';
import { cursorPages } from '../paging.ts';
import { each, named, web } from '../web.ts';
import { listInitiatives } from './initiatives.ts';

export const scorecardName = reference({ list: () => listScorecards, key: 'id', label: 'name' });

const id = required('Scorecard: id or name').meta({ reference: scorecardName, fromUri: inUri('scorecards') });

const scorecard = z.looseObject({
  id: z.string(),
  name: z.string(),
  type: z.string().nullish(),
  published: z.boolean().nullish(),
});

const type = z.enum(['LEVEL', 'POINTS']).describe('Levels to reach, or points of checks');
const entity_filter_type = z.enum(['entity_types', 'sql']).describe('What chooses its entities');
const settable = {
  entity_filter_type_identifiers: ids('Their types').optional(),
  entity_filter_sql: text('Or the query'),
  description: text('Description'),
  published: flag('Not a draft'),
  levels: maps('LEVEL: key, name, color, rank').optional(),
  empty_level_label: text('LEVEL: none reached'),
  empty_level_color: text('Its #rrggbb'),
  check_groups: maps('POINTS: key, name, ordering').optional(),
  checks: maps(
    'name, sql, scorecard_level_key or scorecard_check_group_key and points, description, ordering, ' +
      'filter_sql, filter_message, external_url, estimated_dev_days, published, output_enabled, output_type',
  ).optional(),
  tags: maps('value').optional(),
  editors: maps('Who may change it').optional(),
};

/** What it is about; the people, colours and SQL are in the card itself. */
const brief = ({ tags, levels, check_groups, editors: _, admins: __, sql_errors, ...rest }: Row): Row => ({
  ...rest,
  tags: each(tags, 'value'),
  levels: each(levels, 'name'),
  check_groups: each(check_groups, 'name'),
  ...(Array.isArray(sql_errors) && sql_errors.length > 0 && { sql_errors }),
});

export const listScorecards = operation({
  ...web('scorecards:read'),
  name: 'dx_list_scorecards',
  route: 'GET /scorecards.list',
  risk: 'reads',
  summary:
    'List scorecards: the sets of checks that catalog entities are measured by. Drafts with include_unpublished.',
  words: 'production readiness maturity checks',
  input: z.strictObject({ include_unpublished: flag('Drafts too') }),
  output: scorecard,
  paging: cursorPages('scorecards', { show: brief }),
  resource: { uri: 'dx://scorecards', title: 'DX scorecards' },
  example: { arguments: {} },
});

export const getScorecard = operation({
  ...web('scorecards:read'),
  name: 'dx_get_scorecard',
  route: 'GET /scorecards.info',
  risk: 'reads',
  summary: 'Show a scorecard with its levels or check groups, and the SQL of its checks.',
  words: 'rules criteria levels',
  input: z.strictObject({ id }),
  output: scorecard,
  repair: payload('scorecard'),
  resource: { uri: 'dx://scorecards/{id}', title: 'A DX scorecard' },
  example: { arguments: { id: 'Production readiness' } },
});

export const createScorecard = operation({
  ...web('scorecards:write'),
  name: 'dx_create_scorecard',
  route: 'POST /scorecards.create',
  risk: 'adds',
  summary: 'Create a scorecard with its checks, by levels or by points.',
  verifyWith: 'dx_list_scorecards with include_unpublished shows whether it was created.',
  input: z.strictObject({ name: required('Name'), type, entity_filter_type, ...settable }),
  describeLack: lacks(
    wantedWith('type', 'LEVEL', 'levels', 'empty_level_label', 'empty_level_color'),
    wantedWith('type', 'POINTS', 'check_groups'),
    wantedWith('entity_filter_type', 'entity_types', 'entity_filter_type_identifiers'),
    wantedWith('entity_filter_type', 'sql', 'entity_filter_sql'),
  ),
  output: scorecard,
  repair: payload('scorecard'),
  example: {
    arguments: {
      name: 'Documentation',
      type: 'LEVEL',
      entity_filter_type: 'entity_types',
      entity_filter_type_identifiers: ['service'],
      empty_level_label: 'None',
      empty_level_color: '#6b7280',
      levels: [{ key: 'basic', name: 'Basic', color: '#16a34a', rank: 1 }],
      checks: [{ name: 'Has a README', sql: "SELECT 'PASS' AS status", scorecard_level_key: 'basic' }],
    },
  },
});

const lists = { levels: 'levels', check_groups: 'check groups', checks: 'checks' } as const;

export const updateScorecard = operation({
  ...web('scorecards:write'),
  name: 'dx_update_scorecard',
  route: 'POST /scorecards.update',
  risk: 'replaces',
  question: 'Change the scorecard {id}?',
  summary:
    'Change a scorecard. Given levels, check_groups or checks replace those there are: repeat each with its id, ' +
    'what is missing is deleted.',
  input: z.strictObject({
    id,
    name: text('Name'),
    type: type.optional(),
    entity_filter_type: entity_filter_type.optional(),
    ...settable,
  }),
  output: scorecard,
  repair: payload('scorecard'),
  example: { arguments: { id: 'Production readiness', description: 'Before it may wake somebody up' } },
  async describeLoss(args, context) {
    const given = Object.entries(lists).filter(([field]) => args[field as keyof typeof lists]);
    if (given.length === 0) return undefined;
    const { body } = await context.request(getScorecard, { id: args.id });
    const before = payload('scorecard')(body) as Row;
    const lost = given.flatMap(([field, noun]) => {
      const kept = new Set(args[field as keyof typeof lists]?.map(item => item['id']));
      const items = ((before[field] ?? []) as Row[]).filter(item => !kept.has(item['id']));
      return items.length ? `${noun} ${named(items.map(({ name }) => name))}` : [];
    });
    return lost.length ? `This would delete the ${lost.join('; the ')}.` : undefined;
  },
});

export const deleteScorecard = operation({
  ...web('scorecards:write'),
  name: 'dx_delete_scorecard',
  route: 'POST /scorecards.delete',
  risk: 'deletes',
  question: 'Delete the scorecard {id}?',
  summary: 'Delete a scorecard with its checks.',
  input: z.strictObject({ id }),
  ...done,
  example: { arguments: { id: 'Production readiness' } },
  async describeLoss({ id }, context) {
    const [{ body }, drives] = await Promise.all([
      context.request(getScorecard, { id }),
      context.rows(listInitiatives, {}),
    ]);
    const { name, checks } = payload('scorecard')(body) as { name?: string; checks?: unknown[] };
    const about = drives.filter(one => String(one['scorecard_id']) === id).map(one => one['name']);
    return [
      `This would delete "${name}" with its ${checks?.length ?? 0} checks.`,
      about.length ? `Initiatives about it: ${named(about)}.` : '',
    ]
      .filter(Boolean)
      .join(' ');
  },
});
