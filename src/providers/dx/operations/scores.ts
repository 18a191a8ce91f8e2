import * as z from 'zod';
import { isRow, type Row } from '../../../base/json-value.ts';
import { lacks, onlyWith, wantedWith } from '../../../operations/lack.ts';
import { type Operation, operation, reference } from '../../../operations/operation.ts';
import { ids, required } from '../arguments.ts';
import { allRows } from '../paging.ts';
import { mapped, web } from '../web.ts';
import { listSnapshotTeams, snapshotId } from './snapshots.ts';
import { teamName } from './teams.ts';
import { userGroupName } from './user-groups.ts';
import { attributeGroupName } from './users.ts';

const example = { snapshot_id: 'MTAz' };

const snapshotTeam = reference({ list: () => listSnapshotTeams, key: 'id', label: 'name' });

/** Any value of one filter will do; every filter that is given must hold. */
const filters = {
  team_ids: ids('Teams (id or name) and those below').meta({ reference: teamName }).optional(),
  snapshot_team_ids: ids('The same, as teams of this snapshot').meta({ reference: snapshotTeam }).optional(),
  group_ids: ids('User groups (id or name)').meta({ reference: userGroupName }).optional(),
  branch_ids: ids('Branches, by id').optional(),
  attribute_ids: ids('Attributes, by id (dx_list_attribute_groups)').optional(),
};

const ofSnapshot = { snapshot_id: snapshotId, ...filters };

const part = {
  attribute_group_id: required('For attribute: which group').meta({ reference: attributeGroupName }).optional(),
  parent_snapshot_team_id: required('For snapshotTeam: only those directly below this one')
    .meta({ reference: snapshotTeam })
    .optional(),
};
const partsFit = lacks(
  wantedWith('dimension_type', 'attribute', 'attribute_group_id'),
  onlyWith('attribute_group_id', 'dimension_type', 'attribute'),
  onlyWith('parent_snapshot_team_id', 'dimension_type', 'snapshotTeam'),
);
const dimension = (...words: [string, ...string[]]) => z.enum(words).describe('What to break it down by');
const anyDimension = dimension('snapshotTeam', 'group', 'branch', 'attribute');

const row = z.looseObject({
  score: z.number().nullable().describe('null: nobody answered, or all said not applicable'),
});

/** What it is about by id and name, and what was answered as a map, so that rows can be read and joined as a table. */
const scoreOf =
  (noun: string) =>
  ({ [noun]: item, distribution, drivers, ...rest }: Row): Row => ({
    ...flattened(noun, item),
    ...rest,
    ...(distribution !== undefined && { distribution: mapped(distribution, 'label', 'count') }),
    ...(drivers !== undefined && {
      drivers: Array.isArray(drivers) ? mapped(drivers.map(driverScore), 'name', 'score') : drivers,
    }),
  });

const driverScore = (one: unknown) =>
  isRow(one) && isRow(one['driver']) ? { name: one['driver']['name'], score: one['score'] } : one;

/** One part of the whole. What is true of the item itself is left to the listing of scores. */
const partOf =
  (noun: string) =>
  ({ dimension, [noun]: item, ...rest }: Row): Row => ({
    ...flattened('dimension', dimension),
    ...scoreOf(noun)({ ...rest, ...(isRow(item) && { [noun]: { id: item['id'], name: item['name'] } }) }),
  });

function flattened(noun: string, thing: unknown): Row {
  if (!isRow(thing)) return thing === undefined ? {} : { [noun]: thing };
  const { id, name, ...rest } = thing;
  return { [noun]: name, [`${noun}_id`]: id, ...rest };
}

export const listDxiScores = operation({
  ...web('snapshots:read'),
  name: 'dx_list_dxi_scores',
  route: 'GET /snapshots.dxiScores',
  risk: 'reads',
  summary:
    'Show the Developer Experience Index (DXI) of a snapshot: the mean of its scored drivers. ' +
    'branch_ids, if given, must hold the main branch.',
  words: 'developer experience index, overall',
  input: z.strictObject(ofSnapshot),
  output: row,
  paging: allRows('scores', { show: scoreOf('driver') }),
  example: { arguments: { ...example, team_ids: ['Platform'] } },
});

export const listDxiBreakdowns = operation({
  ...web('snapshots:read'),
  name: 'dx_list_dxi_breakdowns',
  route: 'GET /snapshots.dxiScores.breakdown',
  risk: 'reads',
  summary: 'Compare the Developer Experience Index (DXI) of a snapshot between teams, user groups or attributes.',
  words: 'per by team',
  input: z.strictObject({
    ...ofSnapshot,
    dimension_type: dimension('snapshotTeam', 'group', 'attribute'),
    ...part,
  }),
  describeLack: partsFit,
  output: row,
  paging: allRows('scores', { show: partOf('driver') }),
  example: { arguments: { ...example, dimension_type: 'snapshotTeam' } },
});

export const listDriverScores = operation({
  ...web('snapshots:read'),
  name: 'dx_list_driver_scores',
  route: 'GET /snapshots.driverScores',
  risk: 'reads',
  summary: 'List the survey score of each driver in a snapshot (sentiment): percent favourable, and who answered what.',
  words: 'sentiment results by driver topic',
  input: z.strictObject(ofSnapshot),
  output: row,
  paging: allRows('scores', { show: scoreOf('driver') }),
  example: { arguments: example },
});

export const listImpactScores: Operation = operation({
  ...web('snapshots:read'),
  name: 'dx_list_impact_scores',
  route: 'GET /snapshots.impactScores',
  risk: 'reads',
  summary: 'List the impact scores of a snapshot, such as time lost to obstacles; value 2 of time loss means 20%.',
  words: 'time lost to obstacles',
  input: z.strictObject(ofSnapshot),
  output: row,
  paging: allRows('scores', { show: scoreOf('impact') }),
  example: { arguments: example },
});

export const listWorkflowScores: Operation = operation({
  ...web('snapshots:read'),
  name: 'dx_list_workflow_scores',
  route: 'GET /snapshots.workflowScores',
  risk: 'reads',
  summary:
    'List the workflow scores of a snapshot (what people report of pull requests, reviews and the like) with unit ' +
    'and industry benchmark. 0 may mean that all said not applicable.',
  input: z.strictObject(ofSnapshot),
  output: row,
  paging: allRows('scores', { show: scoreOf('workflow') }),
  example: { arguments: example },
});

const driverId = required('Driver: id or name').meta({
  reference: reference({ list: () => listDriverScores, key: 'driver_id', label: 'driver' }),
});
const impactId = required('Impact: id or name').meta({
  reference: reference({ list: () => listImpactScores, key: 'impact_id', label: 'impact' }),
});
const workflowId = required('Workflow of the survey: id or name').meta({
  reference: reference({ list: () => listWorkflowScores, key: 'workflow_id', label: 'workflow' }),
});

export const listDriverBreakdowns = operation({
  ...web('snapshots:read'),
  name: 'dx_list_driver_breakdowns',
  route: 'GET /snapshots.driverScores.breakdown',
  risk: 'reads',
  summary: 'Compare the survey score of one driver between teams, user groups, branches or attributes.',
  input: z.strictObject({ ...ofSnapshot, driver_id: driverId, dimension_type: anyDimension, ...part }),
  describeLack: partsFit,
  output: row,
  paging: allRows('scores', { show: partOf('driver') }),
  example: { arguments: { ...example, driver_id: 'Code review', dimension_type: 'snapshotTeam' } },
});

export const listImpactBreakdowns = operation({
  ...web('snapshots:read'),
  name: 'dx_list_impact_breakdowns',
  route: 'GET /snapshots.impactScores.breakdown',
  risk: 'reads',
  summary: 'Compare one impact score, such as time loss, between teams, user groups, branches or attributes.',
  input: z.strictObject({ ...ofSnapshot, impact_id: impactId, dimension_type: anyDimension, ...part }),
  describeLack: partsFit,
  output: row,
  paging: allRows('scores', { show: partOf('impact') }),
  example: { arguments: { ...example, impact_id: 'Time loss', dimension_type: 'branch' } },
});

export const listWorkflowBreakdowns = operation({
  ...web('snapshots:read'),
  name: 'dx_list_workflow_breakdowns',
  route: 'GET /snapshots.workflowScores.breakdown',
  risk: 'reads',
  summary:
    'Compare one workflow score, such as the wait for review, between teams, user groups, branches or attributes.',
  input: z.strictObject({ ...ofSnapshot, workflow_id: workflowId, dimension_type: anyDimension, ...part }),
  describeLack: partsFit,
  output: row,
  paging: allRows('scores', { show: partOf('workflow') }),
  example: { arguments: { ...example, workflow_id: 'Wait for review', dimension_type: 'snapshotTeam' } },
});
