import type { Call } from './call.ts';
import type { Fields } from './parameters.ts';
import { currentJobs, endOf, statusOf } from './runs.ts';
import { describeUser, iso, isoOrNull, type Pipeline } from './world.ts';

export const updatedAt = (pipeline: Pipeline): number =>
  Math.max(pipeline.createdAt, ...pipeline.jobs.map(job => job.finishedAt ?? job.startedAt ?? job.createdAt));

/** A pipeline as it stands in lists. It must be settled. */
export function basic({ world }: Pick<Call, 'world'>, pipeline: Pipeline): Fields {
  const { id, iid, project, sha, ref, source, createdAt, name } = pipeline;
  return {
    id,
    iid,
    project_id: project.id,
    sha,
    ref,
    status: statusOf(pipeline),
    source,
    created_at: iso(createdAt),
    updated_at: iso(updatedAt(pipeline)),
    name,
    web_url: `${world.origin}/${project.fullPath}/-/pipelines/${id}`,
  };
}

export function describePipeline(call: Pick<Call, 'world'>, pipeline: Pipeline): Fields {
  const { world } = call;
  const starts = pipeline.jobs.flatMap(job => job.startedAt ?? []);
  const startedAt = starts.length > 0 ? Math.min(...starts) : undefined;
  const end = endOf(pipeline);
  return {
    ...basic(call, pipeline),
    before_sha: '0'.repeat(40),
    tag: pipeline.tag,
    yaml_errors: pipeline.yamlErrors,
    user: describeUser(world, pipeline.userId),
    started_at: isoOrNull(startedAt),
    finished_at: isoOrNull(end),
    committed_at: null,
    duration: end !== undefined && startedAt !== undefined ? Math.round((end - startedAt) / 1000) : null,
    queued_duration: startedAt === undefined ? null : Math.round((startedAt - pipeline.createdAt) / 1000),
    coverage: null,
    detailed_status: detailedStatus(call, pipeline),
    archived: false,
  };
}

/** What the platform's pages show of a status. */
function detailedStatus({ world }: Pick<Call, 'world'>, pipeline: Pipeline): Fields {
  const status = statusOf(pipeline);
  const { icon, text, label, group } = wordsOf(pipeline, status);
  return {
    icon: `status_${icon}`,
    text,
    label,
    group,
    tooltip: label,
    has_details: true,
    details_path: new URL(`${world.origin}/${pipeline.project.fullPath}/-/pipelines/${pipeline.id}`).pathname,
    illustration: null,
    favicon: `/assets/ci_favicons/favicon_status_${status}.png`,
  };
}

function wordsOf(pipeline: Pipeline, status: string) {
  const isWarned = status === 'success' && currentJobs(pipeline).some(job => job.status === 'failed');
  if (isWarned)
    return { icon: 'warning', text: 'Warning', label: 'passed with warnings', group: 'success-with-warnings' };
  if (status === 'success') return { icon: status, text: 'Passed', label: 'passed', group: status };
  return { icon: status, text: status.charAt(0).toUpperCase() + status.slice(1), label: status, group: status };
}
