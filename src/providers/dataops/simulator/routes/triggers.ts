import { type Call, type Endpoint, noContent, reply } from '../call.ts';
import { paged } from '../paging.ts';
import type { Fields } from '../parameters.ts';
import { describePipeline } from '../pipeline-shapes.ts';
import { forbidden, notFound, refusal } from '../refusal.ts';
import { advancePipeline } from '../runs.ts';
import {
  describeUser,
  iso,
  isoOrNull,
  levelOf,
  type Pipeline,
  type Project,
  type Trigger,
  userOf,
  type World,
} from '../world.ts';
import { startOn } from './pipelines.ts';

export const triggerEndpoints: readonly Endpoint[] = [
  ['GET /projects/:id/triggers', call => paged(call, triggersOf(call), one => describe(call, one))],
  ['GET /projects/:id/triggers/:trigger', call => describe(call, find(call))],
  ['POST /projects/:id/triggers', create],
  ['PUT /projects/:id/triggers/:trigger', update],
  ['DELETE /projects/:id/triggers/:trigger', remove],
  ['POST /projects/:id/trigger/pipeline', { open: true }, trigger],
];

const triggersOf = (call: Call): Trigger[] => call.world.partsOf(call.project(40)).triggers;

function find(call: Call): Trigger {
  const found = triggersOf(call).find(({ id }) => String(id) === call.path('trigger'));
  if (!found) throw notFound('Trigger');
  return found;
}

function describe({ world, caller }: Call, trigger: Trigger): Fields {
  const { id, description, token, ownerId, createdAt, lastUsedAt, expiresAt } = trigger;
  return {
    id,
    description,
    token: ownerId === caller.user?.id ? token : token.slice(0, 4),
    created_at: iso(createdAt),
    updated_at: iso(createdAt),
    last_used: isoOrNull(lastUsedAt),
    expires_at: expiresAt,
    owner: describeUser(world, ownerId),
  };
}

function create(call: Call) {
  const trigger: Trigger = {
    id: call.world.nextId(),
    description: call.text('description') ?? '',
    token: call.world.secret('glptt-'),
    ownerId: call.user().id,
    createdAt: call.world.now(),
    lastUsedAt: null,
    expiresAt: call.text('expires_at') ?? null,
  };
  triggersOf(call).push(trigger);
  return reply(201, describe(call, trigger));
}

function update(call: Call) {
  const trigger = find(call);
  trigger.description = call.text('description') ?? trigger.description;
  return describe(call, trigger);
}

function remove(call: Call) {
  const triggers = triggersOf(call);
  triggers.splice(triggers.indexOf(find(call)), 1);
  return noContent;
}

interface Start {
  project: Project;
  userId: number;
  source: string;
}

// The token alone says who is asking; a project that is hidden from everybody else is no secret from it.
function trigger(call: Call) {
  const { world } = call;
  const id = call.path('id');
  const project = /^\d+$/.test(id) ? world.projects.get(Number(id)) : world.paths.get(id);
  const origin = project && whoStarts(world, project, call.text('token') ?? '');
  if (!project || !origin) throw refusal(404, { message: '404 Not Found' });
  const variables = readMap(call.fields['variables']);
  const { ref: _ref, token: _token, id: _id, ...rest } = call.fields;
  const payload = { key: 'TRIGGER_PAYLOAD', value: JSON.stringify(rest), variable_type: 'file', raw: false };
  if (levelOf(userOf(world, origin.userId), project) < 30) throw forbidden();
  const started = startOn(call, project, {
    ref: (call.text('ref') ?? '').replace(/^refs\/(heads|tags)\//, ''),
    shas: true,
    source: origin.source,
    userId: origin.userId,
    variables: [...variables, payload],
  });
  started.inputs = call.fields['inputs'];
  return reply(201, describePipeline(call, started));
}

function whoStarts(world: World, project: Project, token: string): Start | undefined {
  const known = project.parts?.triggers.find(one => one.token === token);
  if (known) {
    if (known.expiresAt !== null && Date.parse(known.expiresAt) <= world.now()) return undefined;
    known.lastUsedAt = world.now();
    return { project, userId: known.ownerId, source: 'trigger' };
  }
  const job = [...world.jobs.values()].find(one => one.token === token);
  if (!job) return undefined;
  advancePipeline(world, job.pipeline);
  if (job.status !== 'running') throw refusal(401, { message: 'Job is not running' });
  const { jobTokenScope: scope } = world.partsOf(project);
  const source = job.pipeline.project;
  const admitted = source === project || !scope.enabled || scope.projects.includes(source);
  return admitted ? { project, userId: job.userId, source: 'pipeline' } : undefined;
}

function readMap(value: unknown): Pipeline['variables'] {
  if (value === undefined || value === null) return [];
  if (typeof value !== 'object' || Array.isArray(value)) throw refusal(400, { error: 'variables is invalid' });
  const entries = Object.entries(value);
  if (!entries.every(([, text]) => typeof text === 'string'))
    throw refusal(400, { message: 'variables needs to be a map of key-valued strings' });
  return entries.map(([key, text]) => ({ key, value: String(text), variable_type: 'env_var', raw: false }));
}
