import { type Call, type Endpoint, noContent, reply } from '../call.ts';
import { fireSchedules } from '../due.ts';
import { isWithin, paged, sorted } from '../paging.ts';
import type { Fields } from '../parameters.ts';
import { basic, describePipeline, updatedAt } from '../pipeline-shapes.ts';
import { badRequest, forbidden, invalid, notFound, refusal } from '../refusal.ts';
import { advancePipeline, cancelJob, createPipeline, currentJobs, finals, retryJob, statusOf } from '../runs.ts';
import { describeUser, type Pipeline, type Project } from '../world.ts';

export const pipelineEndpoints: readonly Endpoint[] = [
  ['GET /projects/:id/pipelines', call => listPipelines(call, pipelinesOf(call))],
  ['GET /projects/:id/pipelines/latest', latest],
  ['GET /projects/:id/pipelines/:pipeline', call => describePipeline(call, findPipeline(call))],
  ['GET /projects/:id/pipelines/:pipeline/variables', readVariables],
  ['POST /projects/:id/pipeline', start],
  ['POST /projects/:id/pipelines/:pipeline/retry', retry],
  ['POST /projects/:id/pipelines/:pipeline/cancel', cancel],
  ['PUT /projects/:id/pipelines/:pipeline/metadata', { jobToken: true }, rename],
  ['DELETE /projects/:id/pipelines/:pipeline', remove],
];

/** Every pipeline of the project of the route, settled, oldest first. */
export function pipelinesOf(call: Call, level = 20): Pipeline[] {
  const project = call.project(level);
  fireSchedules(call.world, project);
  const { pipelines } = call.world.partsOf(project);
  // Settling one can start another of the same project, which the loop then reaches.
  for (const pipeline of pipelines) advancePipeline(call.world, pipeline);
  return [...pipelines];
}

export function findPipeline(call: Call, level = 20): Pipeline {
  const pipeline = pipelinesOf(call, level).find(({ id }) => String(id) === call.path('pipeline'));
  if (!pipeline) throw notFound();
  return pipeline;
}

export function listPipelines(call: Call, pipelines: readonly Pipeline[], sort = 'desc') {
  const found = pipelines.filter(
    pipeline => isFromSource(call, pipeline) && isInScope(call, pipeline) && hasWantedFields(call, pipeline),
  );
  const ordered = sorted(found, orderKey(call.text('order_by')), call.text('sort') ?? sort);
  return paged(call, ordered, pipeline => basic(call, pipeline));
}

/** Pipelines that another one of the project started are listed only where somebody asks for them. */
function isFromSource(call: Call, { source }: Pipeline): boolean {
  const wanted = call.text('source');
  return wanted === undefined ? source !== 'parent_pipeline' : source === wanted;
}

function isInScope(call: Call, pipeline: Pipeline): boolean {
  const status = statusOf(pipeline);
  switch (call.text('scope')) {
    case 'finished':
      return finals.includes(status);
    case 'running':
    case 'pending':
      return status === call.text('scope');
    case 'branches':
      return !pipeline.tag && call.world.partsOf(call.project()).repository.branches.has(pipeline.ref);
    case 'tags':
      return pipeline.tag;
    default:
      return true;
  }
}

function hasWantedFields(call: Call, pipeline: Pipeline): boolean {
  const fields: Readonly<Record<string, unknown>> = {
    status: statusOf(pipeline),
    ref: pipeline.ref,
    sha: pipeline.sha,
    name: pipeline.name,
    yaml_errors: pipeline.yamlErrors !== null,
    username: describeUser(call.world, pipeline.userId).username,
  };
  const isWanted = ([name, value]: [string, unknown]): boolean =>
    !call.has(name) || call.text(name) === (value === null ? undefined : String(value));
  return (
    Object.entries(fields).every(isWanted) &&
    isWithin(call, 'created', pipeline.createdAt) &&
    isWithin(call, 'updated', updatedAt(pipeline))
  );
}

function orderKey(order = 'id'): (pipeline: Pipeline) => string | number {
  if (order === 'status') return statusOf;
  if (order === 'ref') return pipeline => pipeline.ref;
  if (order === 'updated_at') return updatedAt;
  return order === 'user_id' ? pipeline => pipeline.userId : pipeline => pipeline.id;
}

function latest(call: Call) {
  const pipelines = pipelinesOf(call);
  const ref = call.text('ref') ?? call.project().defaultBranch;
  const last = pipelines.findLast(one => one.ref === ref && one.source !== 'parent_pipeline');
  if (!last) throw forbidden();
  return describePipeline(call, last);
}

function readVariables(call: Call) {
  call.demand(call.project(), 30);
  return findPipeline(call).variables;
}

/** Starts a pipeline as the platform does from outside: the ref and the pipeline file must exist. */
export function startOn(
  call: Pick<Call, 'world'>,
  project: Project,
  wanted: { ref: string; source: string; userId: number; variables: Pipeline['variables']; shas?: boolean },
): Pipeline {
  const { repository } = call.world.partsOf(project);
  const { ref, source, userId, variables } = wanted;
  const tag = repository.tags.has(ref) && !repository.branches.has(ref);
  const commit = repository.branches.has(ref) || tag || wanted.shas ? repository.find(ref) : undefined;
  if (!commit) throw invalid({ base: ['Reference not found'] });
  const named = variables.find(({ key }) => key === '_PIPELINE_FILE_NAME')?.value;
  const file = named ?? String(project.settings['ci_config_path'] ?? 'full-ci.yml');
  if (!commit.files.has(file))
    throw invalid({ base: [named ? `Project file \`${file}\` does not exist!` : 'Missing CI config file'] });
  return advancePipeline(
    call.world,
    createPipeline(call.world, project, { ref, tag, sha: commit.sha, source, userId, variables, file }),
  );
}

function start(call: Call) {
  const project = call.project(30);
  const variables = call.has('variables') ? readList(call.fields['variables']) : [];
  const pipeline = startOn(call, project, {
    ref: call.text('ref') ?? '',
    source: 'api',
    userId: call.user().id,
    variables,
  });
  pipeline.inputs = call.fields['inputs'];
  return reply(201, describePipeline(call, pipeline));
}

function readList(value: unknown): Pipeline['variables'] {
  if (!Array.isArray(value)) throw refusal(400, { error: 'variables is invalid' });
  return value.map((item: unknown) => {
    const { key, value: text, variable_type: type = 'env_var' } = Object(item) as Fields;
    if (typeof key !== 'string') throw refusal(400, { error: 'variables[key] is missing' });
    if (type !== 'env_var' && type !== 'file')
      throw refusal(400, { error: 'variables[variable_type] does not have a valid value' });
    return { key, value: String(text ?? ''), variable_type: type, raw: false };
  });
}

function retry(call: Call) {
  const pipeline = findPipeline(call, 30);
  for (const job of currentJobs(pipeline))
    if (/failed|canceled/.test(job.status)) retryJob(call.world, job, call.user().id);
  return reply(201, describePipeline(call, advancePipeline(call.world, pipeline)));
}

function cancel(call: Call) {
  const pipeline = findPipeline(call, 30);
  for (const job of currentJobs(pipeline)) cancelJob(call.world, job);
  return describePipeline(call, advancePipeline(call.world, pipeline));
}

function rename(call: Call) {
  const pipeline = findPipeline(call, 30);
  const name = call.text('name') ?? '';
  if (name.length > 255) throw badRequest('Name is too long (maximum is 255 characters)');
  pipeline.name = name;
  return describePipeline(call, pipeline);
}

function remove(call: Call) {
  const pipeline = findPipeline(call);
  const project = call.project(50);
  const { pipelines } = call.world.partsOf(project);
  pipelines.splice(pipelines.indexOf(pipeline), 1);
  for (const { id } of pipeline.jobs) call.world.jobs.delete(id);
  return noContent;
}
