import * as z from 'zod';
import { isRow, type Row } from '../../../base/json-value.ts';
import { lacks, someOf } from '../../../operations/lack.ts';
import { type Operation, type OperationContext, operation, reference } from '../../../operations/operation.ts';
import { done, flag, ids, map, payload, required, text, withoutOk } from '../arguments.ts';
import { allRows } from '../paging.ts';
import { named, rowsUnder, web } from '../web.ts';

const scopes = ['snapshots:read', 'snapshots:admin'] as const;
const locked = 'Refused while a snapshot is live.';

/** The library comes as one list for each kind of item; one table of them can be searched. */
function itemsOf(body: unknown): unknown {
  const library = payload('library')(body);
  if (!isRow(library)) return library;
  return Object.entries(library).flatMap(([kind, items]) =>
    Array.isArray(items) ? items.map((item: Row) => ({ kind, ...item })) : [],
  );
}

export const listItems: Operation = operation({
  ...web(...scopes),
  name: 'dx_list_survey_items',
  route: 'GET /snapshots.settings.library',
  risk: 'reads',
  summary: 'List what surveys can ask: drivers, workflows and CSAT items of the library, with their ids.',
  input: z.strictObject({}),
  output: z.looseObject({ kind: z.string().nullish(), id: z.string(), name: z.string().nullish() }),
  paging: allRows(itemsOf),
  resource: { uri: 'dx://survey-items', title: 'Library of DX survey items' },
  example: { arguments: {} },
});

/** The kinds have no documented words: what the platform calls its lists is matched by what it means. */
const itemOf = (kind: RegExp) =>
  reference({ list: () => listItems, key: 'id', label: 'name', only: row => kind.test(String(row['kind'])) });
const [driverItem, workflowItem, csatItemName] = [itemOf(/driver/i), itemOf(/workflow/i), itemOf(/csat/i)];

export const listBranches: Operation = operation({
  ...web(...scopes),
  name: 'dx_list_survey_branches',
  route: 'GET /snapshots.settings.branches',
  risk: 'reads',
  summary: 'List the branches of the survey (who is asked what), and whether branching is on.',
  input: z.strictObject({}),
  output: z.looseObject({ id: z.string(), name: z.string().nullish(), main: z.boolean().nullish() }),
  paging: allRows('branches', {
    about: body => (isRow(body) ? { branching_enabled: body['branching_enabled'] } : undefined),
  }),
  resource: { uri: 'dx://survey-branches', title: 'Branches of DX surveys' },
  example: { arguments: {} },
});

export const getConfiguration = operation({
  ...web(...scopes),
  name: 'dx_get_survey_configuration',
  route: 'GET /snapshots.settings.configuration',
  risk: 'reads',
  summary: 'Show what the next survey asks, by branch: the drivers, workflows and CSAT items that are selected.',
  words: 'questions',
  input: z.strictObject({}),
  output: z.looseObject({ configuration: z.unknown() }),
  repair: withoutOk,
  resource: { uri: 'dx://survey-configuration', title: 'Selection of the next DX survey' },
  example: { arguments: {} },
});

const translations = map('Name and prompt in other languages, by language code').optional();
const driver = {
  name: required('Name'),
  prompt: required('The question'),
  ranking_item: required('What it is called where people rank drivers'),
  target_role: z.enum(['dev', 'nondev', 'all']).describe('Who is asked'),
};

export const createDriver = operation({
  ...web(...scopes),
  name: 'dx_create_survey_driver',
  route: 'POST /snapshots.settings.drivers.create',
  risk: 'adds',
  summary: `Add a driver to the library that surveys choose from. ${locked}`,
  verifyWith: 'dx_list_survey_items shows whether it was added.',
  input: z.strictObject({ ...driver, translations }),
  output: z.looseObject({ id: z.string(), name: z.string().nullish() }),
  repair: payload('driver'),
  example: {
    arguments: {
      name: 'On-call load',
      prompt: 'How satisfied are you with your on-call load?',
      ranking_item: 'On-call load',
      target_role: 'dev',
    },
  },
});

export const updateDriver = operation({
  ...web(...scopes),
  name: 'dx_update_survey_driver',
  route: 'POST /snapshots.settings.drivers.update',
  risk: 'edits',
  summary: `Change the wording or audience of a driver in the survey library. ${locked}`,
  input: z.strictObject({
    driver_id: required('Driver: id or name').meta({ reference: driverItem }),
    ...z.strictObject(driver).partial().shape,
    translations,
  }),
  output: z.looseObject({ id: z.string(), name: z.string().nullish() }),
  repair: payload('driver'),
  example: { arguments: { driver_id: '31', prompt: 'How often can you work without interruption?' } },
});

const branch_id = text('Branch, id or name, where branching is on; otherwise leave it out').meta({
  reference: reference({ list: () => listBranches, key: 'id', label: 'name' }),
});
const selection = z.looseObject({ branch_id: z.string().nullish() });

/** What a branch asks now and would not ask any more. What the platform says of it is documented in outline only. */
async function deselected(
  kind: 'drivers' | 'workflows' | 'csat',
  wanted: readonly string[],
  { branch_id: branch }: { branch_id?: string | undefined },
  context: OperationContext,
): Promise<string> {
  const { body } = await context.request(getConfiguration, {});
  const branches = rowsUnder('configuration')(body);
  const now = (Array.isArray(branches) ? branches : []).find((one: Row) => (one['branch_id'] ?? undefined) === branch);
  const items: unknown = now?.[kind];
  if (!Array.isArray(items)) return 'Whatever is selected now and is not in the list is deselected.';
  const lost = items.filter(({ id }: Row) => !wanted.includes(String(id))).map(({ name }: Row) => name);
  return lost.length ? `This would deselect ${named(lost)}.` : 'Nothing that is selected now would be deselected.';
}

export const selectDrivers = operation({
  ...web(...scopes),
  name: 'dx_set_survey_drivers',
  route: 'POST /snapshots.settings.driverSelection.set',
  risk: 'replaces',
  question: 'Have the next survey ask {driver_ids} and no other drivers?',
  summary: `Choose the drivers of the next survey: the whole selection is replaced. ${locked}`,
  input: z.strictObject({
    driver_ids: ids('All drivers to ask: ids or names').meta({ reference: driverItem }),
    branch_id,
  }),
  output: selection,
  repair: payload('selection'),
  example: { arguments: { driver_ids: ['31', '32'], branch_id: 'main' } },
  describeLoss: (args, context) => deselected('drivers', args.driver_ids, args, context),
});

export const selectWorkflows = operation({
  ...web(...scopes),
  name: 'dx_set_survey_workflows',
  route: 'POST /snapshots.settings.workflowSelection.set',
  risk: 'replaces',
  question: 'Have the next survey ask {workflow_ids} and no other workflows?',
  summary: `Choose the workflows of the next survey: the whole selection is replaced; required ones must stay. ${locked}`,
  input: z.strictObject({
    workflow_ids: ids('All workflows to ask: ids or names').meta({ reference: workflowItem }),
    branch_id,
  }),
  output: selection,
  repair: payload('selection'),
  example: { arguments: { workflow_ids: ['51'], branch_id: 'main' } },
  describeLoss: (args, context) => deselected('workflows', args.workflow_ids, args, context),
});

export const selectCsat = operation({
  ...web(...scopes),
  name: 'dx_set_survey_csat_items',
  route: 'POST /snapshots.settings.csatSelection.set',
  risk: 'replaces',
  question: 'Have the next survey ask {csat_ids} and no other tools?',
  summary: `Choose the CSAT items (tools) of the next survey: the whole selection is replaced. ${locked}`,
  input: z.strictObject({
    csat_ids: ids('All CSAT items to ask: ids or names').meta({ reference: csatItemName }),
    branch_id,
  }),
  output: selection,
  repair: payload('selection'),
  example: { arguments: { csat_ids: ['71', '72'], branch_id: 'main' } },
  describeLoss: (args, context) => deselected('csat', args.csat_ids, args, context),
});

const csatItem = {
  name: required('Name of the tool'),
  prompt: required('The question'),
  audience_filters: z
    .looseObject({ type: z.enum(['configured', 'custom', 'active_users']) })
    .describe('Who is asked; with type custom, the filters beside it'),
};
const csatDetails = {
  exclude_na_responders: flag('Do not ask those who said not applicable before'),
  group_id: text('Group of CSAT items it is shown in'),
  translations,
};

export const createCsatItem = operation({
  ...web(...scopes),
  name: 'dx_create_survey_csat_item',
  route: 'POST /snapshots.settings.csatItems.create',
  risk: 'adds',
  summary: `Add a CSAT item, a tool whose satisfaction is asked for, to the survey library. ${locked}`,
  verifyWith: 'dx_list_survey_items shows whether it was added.',
  input: z.strictObject({ ...csatItem, ...csatDetails }),
  output: z.looseObject({ id: z.string(), name: z.string().nullish() }),
  repair: payload('csat_item'),
  example: {
    arguments: {
      name: 'Package registry',
      prompt: 'How well does the package registry serve you?',
      audience_filters: { type: 'active_users' },
    },
  },
});

export const updateCsatItem = operation({
  ...web(...scopes),
  name: 'dx_update_survey_csat_item',
  route: 'POST /snapshots.settings.csatItems.update',
  risk: 'edits',
  summary: `Change a CSAT item of the survey library. ${locked}`,
  input: z.strictObject({
    csat_id: required('CSAT item: id or name').meta({ reference: csatItemName }),
    ...z.strictObject(csatItem).partial().shape,
    ...csatDetails,
  }),
  output: z.looseObject({ id: z.string(), name: z.string().nullish() }),
  repair: payload('csat_item'),
  example: { arguments: { csat_id: '71', exclude_na_responders: true } },
});

export const orderCsat = operation({
  ...web(...scopes),
  name: 'dx_set_survey_csat_order',
  route: 'POST /snapshots.settings.csatOrder.set',
  risk: 'replaces',
  question: 'Replace the order in which the survey asks about tools?',
  summary: `Set the order in which CSAT items, or their groups, are asked; each list must be complete. ${locked}`,
  input: z.strictObject({
    csat_ids: ids('All CSAT items, in order: ids or names').meta({ reference: csatItemName }).optional(),
    group_ids: ids('Ids of all groups of CSAT items, in order').optional(),
  }),
  describeLack: lacks(someOf('give an order', 'csat_ids', 'group_ids')),
  ...done,
  example: { arguments: { csat_ids: ['72', '71', '73', '74', '75'] } },
});
