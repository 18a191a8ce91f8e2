import { type Call, type Endpoint, noContent, reply } from '../call.ts';
import { isTimeZone, nextMoment } from '../cron.ts';
import { fire, fireSchedules } from '../due.ts';
import { paged } from '../paging.ts';
import type { Fields } from '../parameters.ts';
import { basic } from '../pipeline-shapes.ts';
import { forbidden, invalid, notFound } from '../refusal.ts';
import { advancePipeline } from '../runs.ts';
import { describeUser, iso, levelOf, type Schedule } from '../world.ts';
import { listPipelines } from './pipelines.ts';

const root = '/projects/:id/pipeline_schedules';

export const scheduleEndpoints: readonly Endpoint[] = [
  [`GET ${root}`, list],
  [`GET ${root}/:schedule`, call => describeDetails(call, find(call))],
  [`GET ${root}/:schedule/pipelines`, listRuns],
  [`POST ${root}`, create],
  [`PUT ${root}/:schedule`, update],
  [`POST ${root}/:schedule/play`, play],
  [`POST ${root}/:schedule/take_ownership`, takeOwnership],
  [`DELETE ${root}/:schedule`, remove],
  [`POST ${root}/:schedule/variables`, addVariable],
  [`PUT ${root}/:schedule/variables/:key`, updateVariable],
  [`DELETE ${root}/:schedule/variables/:key`, removeVariable],
];

function schedulesOf(call: Call, level = 10): Schedule[] {
  const project = call.project(level);
  fireSchedules(call.world, project);
  return call.world.partsOf(project).schedules;
}

function find(call: Call, level = 10): Schedule {
  const schedule = schedulesOf(call, level).find(({ id }) => String(id) === call.path('schedule'));
  if (!schedule) throw notFound('Pipeline Schedule');
  return schedule;
}

// Only its owner may change a schedule; Maintainers may take it over.
function findOwn(call: Call): Schedule {
  const schedule = find(call, 30);
  if (schedule.ownerId !== call.user().id && levelOf(call.user(), call.project()) < 40) throw forbidden();
  return schedule;
}

function describe({ world }: Call, schedule: Schedule): Fields {
  const { id, description, ref, cron, timezone, nextRunAt, active, createdAt, updatedAt, ownerId } = schedule;
  return {
    id,
    description,
    ref: `refs/heads/${ref}`,
    cron,
    cron_timezone: timezone,
    next_run_at: iso(nextRunAt),
    active,
    created_at: iso(createdAt),
    updated_at: iso(updatedAt),
    owner: describeUser(world, ownerId),
  };
}

function describeDetails(call: Call, schedule: Schedule): Fields {
  const last = schedule.pipelines.at(-1);
  const maySee = schedule.ownerId === call.caller.user?.id || levelOf(call.caller.user, call.project()) >= 40;
  return {
    ...describe(call, schedule),
    last_pipeline: last ? basic(call, advancePipeline(call.world, last)) : null,
    ...(maySee && { variables: schedule.variables }),
    inputs: schedule.inputs,
  };
}

function list(call: Call) {
  const scope = call.text('scope');
  const found = schedulesOf(call).filter(({ active }) => scope === undefined || active === (scope === 'active'));
  return paged(call, found, schedule => describe(call, schedule));
}

function listRuns(call: Call) {
  const { pipelines } = find(call);
  return listPipelines(
    call,
    pipelines.map(pipeline => advancePipeline(call.world, pipeline)),
    'asc',
  );
}

function checkCron(call: Call, cron: string, zone: string): number {
  if (!isTimeZone(zone)) throw invalid({ cron_timezone: ['syntax is invalid'] });
  const next = nextMoment(cron, zone, call.world.now());
  if (next === undefined) throw invalid({ cron: ['is invalid syntax'] });
  return next;
}

function checkRef(call: Call, given: string): string {
  const ref = given.replace(/^refs\/(heads|tags)\//, '');
  const { branches, tags } = call.world.partsOf(call.project()).repository;
  if (!branches.has(ref) && !tags.has(ref)) throw invalid({ ref: ['is ambiguous or does not exist'] });
  return ref;
}

function create(call: Call) {
  const schedules = schedulesOf(call, 30);
  const [cron, timezone, now] = [call.text('cron') ?? '', call.text('cron_timezone') ?? 'UTC', call.world.now()];
  const schedule: Schedule = {
    id: call.world.nextId(),
    description: call.text('description') ?? '',
    ref: checkRef(call, call.text('ref') ?? ''),
    cron,
    timezone,
    active: call.flag('active') ?? true,
    createdAt: now,
    updatedAt: now,
    nextRunAt: checkCron(call, cron, timezone),
    ownerId: call.user().id,
    variables: [],
    pipelines: [],
    inputs: (call.fields['inputs'] as unknown[] | undefined) ?? [],
  };
  schedules.push(schedule);
  return reply(201, describeDetails(call, schedule));
}

function update(call: Call) {
  const schedule = findOwn(call);
  const [cron, timezone] = [call.text('cron') ?? schedule.cron, call.text('cron_timezone') ?? schedule.timezone];
  const nextRunAt = checkCron(call, cron, timezone);
  const ref = call.has('ref') ? checkRef(call, call.text('ref') ?? '') : schedule.ref;
  const description = call.text('description') ?? schedule.description;
  const active = call.flag('active') ?? schedule.active;
  const inputs = (call.fields['inputs'] as unknown[] | undefined) ?? schedule.inputs;
  Object.assign(schedule, { inputs, cron, timezone, nextRunAt, ref, description, active, updatedAt: call.world.now() });
  return describeDetails(call, schedule);
}

function play(call: Call) {
  const schedule = find(call, 30);
  fire(call.world, call.project(), schedule, call.world.now());
  return reply(201, { message: '201 Created' });
}

function takeOwnership(call: Call) {
  const schedule = find(call, 40);
  const own = schedule.ownerId === call.user().id;
  schedule.ownerId = call.user().id;
  return reply(own ? 200 : 201, describeDetails(call, schedule));
}

function remove(call: Call) {
  const schedule = findOwn(call);
  const schedules = schedulesOf(call);
  schedules.splice(schedules.indexOf(schedule), 1);
  return noContent;
}

function addVariable(call: Call) {
  const { variables } = findOwn(call);
  const key = call.text('key') ?? '';
  if (!/^\w{1,255}$/.test(key)) throw invalid({ key: ["can contain only letters, digits and '_'."] });
  if (variables.some(one => one.key === key)) throw invalid({ 'variables.key': ['has already been taken'] });
  const variable = {
    key,
    value: call.text('value') ?? '',
    variable_type: call.text('variable_type') ?? 'env_var',
    raw: false,
  };
  variables.push(variable);
  return reply(201, variable);
}

function findVariable(call: Call) {
  const { variables } = findOwn(call);
  const variable = variables.find(({ key }) => key === call.path('key'));
  if (!variable) throw notFound('Pipeline Schedule Variable');
  return { variables, variable };
}

function updateVariable(call: Call) {
  const { variable } = findVariable(call);
  variable.value = call.text('value') ?? variable.value;
  variable.variable_type = call.text('variable_type') ?? variable.variable_type;
  return variable;
}

function removeVariable(call: Call) {
  const { variables, variable } = findVariable(call);
  variables.splice(variables.indexOf(variable), 1);
  return reply(202, variable);
}
