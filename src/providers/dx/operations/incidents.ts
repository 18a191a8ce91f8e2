import * as z from 'zod';
import { type Operation, type OperationContext, operation } from '../../../operations/operation.ts';
import { commitSha, done, isoMoment, lacksRepository, map, required, services, text } from '../arguments.ts';
import { canAsk } from '../studio.ts';
import { incidentNow, noIncident } from './incident-record.ts';

export const upsertIncident: Operation = operation({
  name: 'dx_upsert_incident',
  route: 'POST /incidents.upsert',
  risk: 'edits',
  idempotent: true,
  summary: 'Record an incident, or change the one with this reference_id: what is left out stays, lists are replaced.',
  words: 'open raise outage, resolve resolved close, on fire',
  api: 'data_cloud',
  input: z.strictObject({
    reference_id: required('Your key'),
    started_at: isoMoment('Start; needed for a new one', 'started_at').optional(),
    resolved_at: isoMoment('End', 'resolved_at').meta({ notBefore: 'started_at' }).nullable().optional(),
    name: text('What happened'),
    priority: text('For example P1'),
    services: services('Services it hit; [] clears').nullable().optional(),
    source_name: text('Where it is tracked'),
    source_url: text('Link to it'),
    metadata: map('Keys of letters, digits, - and _; empty text clears').nullable().optional(),
  }),
  ...done,
  async send(args, context) {
    const started_at = args.started_at ?? (await startOf(args.reference_id, context));
    return done.repair((await context.request(upsertIncident, { ...args, started_at })).body);
  },
  example: { arguments: { reference_id: 'INC-42', started_at: '2026-11-20T08:00:00Z', services: ['booking-api'] } },
});

/**
 * DX wants the start with every change. Whoever resolves an incident need not know it: the Data Studio does, where this
 * connection may ask it.
 */
async function startOf(reference_id: string, context: OperationContext): Promise<string | undefined> {
  if (!canAsk(context)) return undefined;
  const known = await incidentNow(reference_id, context);
  const start = known?.['started_at'];
  if (typeof start === 'string') return start;
  throw noIncident(
    reference_id,
    'Nothing was sent. To record a new one, give started_at; DX may take a while to show one.',
  );
}

export const upsertPipelineRun = operation({
  name: 'dx_upsert_pipeline_run',
  route: 'POST /pipelineRuns.upsert',
  risk: 'edits',
  idempotent: true,
  summary:
    'Record a CI run, or add to the one with this reference_id: DX keeps the earliest start, the latest finish and the worst status.',
  words: 'build',
  api: 'data_cloud',
  input: z.strictObject({
    pipeline_name: required('Pipeline'),
    pipeline_source: required('CI system'),
    reference_id: required('Your key of the run'),
    started_at: isoMoment('Start', 'started_at'),
    finished_at: isoMoment('End', 'finished_at').meta({ notBefore: 'started_at' }).optional(),
    status: z.enum(['running', 'success', 'failure', 'cancelled', 'unknown']).optional().describe('State'),
    repository: text('org/repo'),
    commit_sha: commitSha('With repository'),
    pr_number: z.int().optional().describe('With repository'),
    head_branch: text('Branch'),
    source_url: text('Link to it'),
    email: text('Who ran it; or a user name'),
    github_username: text('User name'),
    gitlab_username: text('User name'),
  }),
  ...done,
  describeLack: args => lacksRepository(args, 'commit_sha', 'pr_number'),
  example: {
    arguments: {
      pipeline_name: 'booking-api release',
      pipeline_source: 'kestrel-ci',
      reference_id: 'ci-7',
      started_at: '2026-11-20T14:00:00Z',
      status: 'success',
    },
  },
});
