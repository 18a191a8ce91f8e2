import * as z from 'zod';
import { isRow, type Row } from '../../../base/json-value.ts';
import { operation, reference } from '../../../operations/operation.ts';
import { flag, ids, inUri, payload, required } from '../arguments.ts';
import { cursorPages } from '../paging.ts';
import { each, web } from '../web.ts';

const most = 100;

const id = required('Initiative: id or name').meta({
  reference: reference({ list: () => listInitiatives, key: 'id', label: 'name' }),
  fromUri: inUri('initiatives'),
});

const initiative = z.looseObject({
  id: z.string(),
  name: z.string(),
  scorecard_name: z.string().nullish(),
  complete_by: z.string().nullish(),
  percentage_complete: z.number().nullish(),
});

/** Owner and tags by what people call them. */
const brief = ({ owner, tags, ...rest }: Row): Row => ({
  ...rest,
  owner: isRow(owner) ? (owner['email'] ?? owner['name']) : owner,
  tags: each(tags, 'value'),
});

export const listInitiatives = operation({
  ...web('scorecards:read'),
  name: 'dx_list_initiatives',
  route: 'GET /initiatives.list',
  risk: 'reads',
  summary: 'List initiatives: drives to pass the checks of a scorecard by a date, with owner and percentage complete.',
  words: 'campaigns',
  input: z.strictObject({
    published: flag('Only those that are published, or only drafts'),
    priority: z.number().int().min(0).max(4).optional().describe('0 is the highest'),
    tags: ids('Any of these tags').optional(),
  }),
  output: initiative,
  paging: cursorPages('initiatives', { most, show: brief }),
  resource: { uri: 'dx://initiatives', title: 'DX initiatives' },
  example: { arguments: { published: true } },
});

export const getInitiative = operation({
  ...web('scorecards:read'),
  name: 'dx_get_initiative',
  route: 'GET /initiatives.info',
  risk: 'reads',
  summary: 'Show an initiative: its scorecard, owner, due date and how far it is.',
  words: 'due date owner',
  input: z.strictObject({ id }),
  output: initiative,
  repair: payload('initiative'),
  resource: { uri: 'dx://initiatives/{id}', title: 'A DX initiative' },
  example: { arguments: { id: 'Close critical advisories' } },
});

export const listProgress = operation({
  ...web('scorecards:read'),
  name: 'dx_list_initiative_entities',
  route: 'GET /initiatives.progressReport',
  risk: 'reads',
  summary:
    'List how far each entity is with an initiative (progress report): tasks done, overdue and due soon, and days of work left.',
  words: 'overdue campaign progress',
  input: z.strictObject({ id, entity_type_identifiers: ids('Only entities of these types').optional() }),
  output: z.looseObject({
    identifier: z.string(),
    name: z.string().nullish(),
    total_tasks: z.number().nullish(),
    completed_tasks: z.number().nullish(),
    overdue_tasks: z.number().nullish(),
  }),
  paging: cursorPages('entities', { most }),
  resource: { uri: 'dx://initiatives/{id}/progress', title: 'Progress of a DX initiative' },
  example: { arguments: { id: 'Close critical advisories' } },
});
