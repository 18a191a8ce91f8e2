import * as z from 'zod';
import { anyTime, checkMetadata, integer, prose, service, text } from '../arguments.ts';
import { type Endpoint, endpoint, ok } from '../call.ts';
import { invalid } from '../refusal.ts';
import { type PipelineRun, statuses } from '../things/data-cloud.ts';
import { sent } from '../world.ts';

const upsertIncident = endpoint(
  'POST incidents.upsert',
  { also: ['incidents.sync'] },
  {
    reference_id: text,
    started_at: anyTime,
    resolved_at: anyTime.nullish(),
    name: prose.optional(),
    priority: prose.optional(),
    source_url: prose.optional(),
    source_name: prose.optional(),
    services: z.array(service).nullish(),
    metadata: z.unknown().optional(),
  },
  ({ world }, args) => {
    checkMetadata(args.metadata);
    const known = world.incidents.get(args.reference_id);
    const { services = known?.services, metadata = known?.metadata, ...rest } = args;
    const fields = { ...rest, services: services ?? [], metadata: metadata ?? {} };
    world.incidents.set(args.reference_id, { ...known, ...(sent(fields) as typeof fields) });
    return ok();
  },
);

/** The earliest start, the latest finish, the worst end. */
function merge(known: PipelineRun, next: PipelineRun): PipelineRun {
  const finished = [known.finished_at, next.finished_at].filter(at => at !== undefined);
  return {
    ...known,
    ...sent(next),
    started_at: Math.min(known.started_at, next.started_at),
    finished_at: finished.length > 0 ? Math.max(...finished) : undefined,
    status: statuses[Math.max(statuses.indexOf(known.status), statuses.indexOf(next.status))] ?? 'unknown',
  };
}

const upsertPipelineRun = endpoint(
  'POST pipelineRuns.upsert',
  { also: ['pipelineRuns.sync'] },
  {
    pipeline_name: text,
    pipeline_source: text,
    reference_id: text,
    started_at: anyTime,
    status: z.enum(statuses).default('unknown'),
    finished_at: anyTime.optional(),
    repository: text.optional(),
    commit_sha: text.optional(),
    pr_number: integer.optional(),
    source_url: prose.optional(),
    head_branch: prose.optional(),
    email: prose.optional(),
    github_username: prose.optional(),
    gitlab_username: prose.optional(),
  },
  ({ world }, run) => {
    const points = run.commit_sha !== undefined || run.pr_number !== undefined;
    if (points && run.repository === undefined) throw invalid('commit_sha and pr_number need repository');
    const known = world.pipelineRuns.get(run.reference_id);
    world.pipelineRuns.set(run.reference_id, known ? merge(known, run) : run);
    return ok();
  },
);

export const incidentEndpoints: readonly Endpoint[] = [upsertIncident, upsertPipelineRun];
