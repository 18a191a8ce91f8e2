import type { Readable } from 'node:stream';
import * as z from 'zod';
import { Fault } from '../../../base/errors.ts';
import type { Row } from '../../../base/json-value.ts';
import { type Operation, type OperationContext, operation, reference } from '../../../operations/operation.ts';
import { inUri, payload, required } from '../arguments.ts';
import { allRows, cursorPages } from '../paging.ts';
import { web } from '../web.ts';

const example = { arguments: { snapshot_id: 'MTAz' } };

/** Nobody knows a survey by its id; only a date is looked up. */
const byDay = reference({
  list: () => listSnapshots,
  key: 'id',
  label: 'scheduled_for',
  keyForm: /^(?!\d{4}-\d{2}-\d{2})/,
});

export const snapshotId = required('Snapshot: id, or the day it was scheduled for').meta({
  reference: byDay,
  fromUri: inUri('snapshots'),
});

export const listSnapshots = operation({
  ...web('snapshots:read'),
  name: 'dx_list_snapshots',
  route: 'GET /snapshots.list',
  risk: 'reads',
  summary:
    'List snapshots: the surveys of developer experience and satisfaction, when they were held and how many answered.',
  words: 'how many people answered, participation, response rate',
  input: z.strictObject({}),
  output: z.looseObject({
    id: z.string(),
    scheduled_for: z.string().nullish(),
    completed_at: z.string().nullish(),
    completed_count: z.number().nullish(),
    total_count: z.number().nullish(),
  }),
  paging: allRows('snapshots'),
  resource: { uri: 'dx://snapshots', title: 'DX snapshots' },
  example: { arguments: {} },
});

/** One line per team and question, so that a table of them can be asked. */
function teamScore({ snapshot_team: team, item_name, item_type, score, ...rest }: Row): Row {
  const { id, name, team_id, parent_id, parent } = (team ?? {}) as Row;
  return {
    team: name,
    item_name,
    item_type,
    score,
    ...rest,
    team_id,
    snapshot_team_id: id,
    parent_snapshot_team_id: parent_id,
    is_parent: parent,
  };
}

export const listTeamScores = operation({
  ...web('snapshots:read'),
  name: 'dx_list_team_scores',
  route: 'GET /snapshots.info',
  risk: 'reads',
  summary:
    'List the survey scores of every team in a snapshot, per driver and CSAT item, against the last snapshot, the ' +
    'company and industry percentiles. Teams under 3 people are left out.',
  words: 'results per team, survey results sentiment by team',
  input: z.strictObject({ snapshot_id: snapshotId }),
  output: z.looseObject({
    team: z.string().nullish(),
    item_name: z.string().nullish(),
    item_type: z.string().nullish(),
    score: z.number().nullish(),
    contributor_count: z.number().nullish(),
    vs_prev: z.number().nullish(),
  }),
  paging: allRows('snapshot.team_scores', {
    show: teamScore,
    about(body) {
      const { team_scores: _, ...facts } = payload('snapshot')(body) as Row;
      return facts;
    },
  }),
  resource: { uri: 'dx://snapshots/{snapshot_id}', title: 'Team scores of a DX snapshot' },
  example,
});

/** A file that is JSON is a refusal under 200, or nothing that anybody knows; read as what it is, it says which. */
async function refusal(args: Row, body: Readable, context: OperationContext): Promise<Fault> {
  body.destroy();
  await context.request(downloadFile, args);
  return new Fault({
    code: 'bad_upstream_reply',
    message: 'DX answered with JSON instead of a workbook.',
    hint: 'Check the snapshot with dx_list_snapshots, then repeat the call.',
  });
}

export const downloadFile: Operation = operation({
  ...web('snapshots:read', 'snapshots:admin'),
  name: 'dx_download_snapshot_file',
  route: 'GET /snapshots.getFile',
  risk: 'reads',
  summary: 'Store the Excel workbook with the results of a snapshot: a table, and the workbook itself.',
  input: z.strictObject({ snapshot_id: snapshotId }),
  output: z.looseObject({}),
  example,
  async collect(args, context) {
    const { body, headers } = await context.request(downloadFile, args, { expect: 'stream' });
    const mediaType = headers['content-type'] ?? 'application/octet-stream';
    if (/\bjson\b/.test(mediaType)) throw await refusal(args, body as Readable, context);
    const name = `snapshot-${args.snapshot_id}.xlsx`;
    const origin = { operation: downloadFile, arguments: args, name, mediaType };
    const result = await context.store(origin, { bytes: body as Readable });
    return { result, summary: `Workbook of snapshot ${args.snapshot_id}.`, warnings: [] };
  },
});

/** The platform writes `2026-02-10 0:00:00`; a table wants it sortable. It says no zone, so none is added. */
const comment = ({ created_at, ...rest }: Row): Row => ({
  created_at:
    typeof created_at === 'string' ? created_at.replace(/^([\d-]{10}) (\d):/, '$1 0$2:').replace(' ', 'T') : created_at,
  ...rest,
});
const commentRow = z.looseObject({
  created_at: z.string().nullish(),
  email: z.string().nullish().describe('Absent where it was written anonymously'),
  text: z.string().nullish(),
});
const ofSnapshot = { snapshot_id: snapshotId.meta({ wire: 'id' }) };

export const listDriverComments = operation({
  ...web('snapshots:read'),
  name: 'dx_list_driver_comments',
  route: 'GET /snapshots.driverComments.list',
  risk: 'reads',
  summary: 'List what people wrote about drivers in a survey snapshot, newest first.',
  words: 'what did developers say, feedback, words, opinions',
  input: z.strictObject(ofSnapshot),
  output: commentRow.extend({ driver_name: z.string().nullish() }),
  paging: cursorPages('comments', { most: 100, show: comment }),
  resource: { uri: 'dx://snapshots/{snapshot_id}/driver-comments', title: 'Driver comments of a DX snapshot' },
  example,
});

export const listCsatComments = operation({
  ...web('snapshots:read'),
  name: 'dx_list_csat_comments',
  route: 'GET /snapshots.csatComments.list',
  risk: 'reads',
  summary: 'List what people wrote about tools (CSAT, satisfaction) in a survey snapshot, newest first.',
  words: 'what did developers say, feedback, words, opinions of tools',
  input: z.strictObject(ofSnapshot),
  output: commentRow.extend({ csat_item_name: z.string().nullish() }),
  paging: cursorPages('comments', { most: 100, show: comment }),
  resource: { uri: 'dx://snapshots/{snapshot_id}/csat-comments', title: 'CSAT comments of a DX snapshot' },
  example,
});

export const listSnapshotTeams = operation({
  ...web('snapshots:read'),
  name: 'dx_list_snapshot_teams',
  route: 'GET /snapshots.snapshotTeams.list',
  risk: 'reads',
  summary: 'List the teams as they were in a survey snapshot, with their managers.',
  input: z.strictObject({ snapshot_id: snapshotId }),
  output: z.looseObject({ id: z.string(), name: z.string(), team_id: z.string().nullish() }),
  paging: allRows('snapshot_teams'),
  resource: { uri: 'dx://snapshots/{snapshot_id}/teams', title: 'Teams of a DX snapshot' },
  example,
});
