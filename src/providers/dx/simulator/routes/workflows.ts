import * as z from 'zod';
import { map, prose, text } from '../arguments.ts';
import { type Call, type Endpoint, endpoint, ok } from '../call.ts';
import { encodeId } from '../paging.ts';
import { invalid, notFound, refusal } from '../refusal.ts';
import type { Workflow, WorkflowRun } from '../things/workflows.ts';
import { iso, isoOrNull, pick } from '../world.ts';

const simpleMs = 4000;

const create = endpoint(
  'POST workflows.create',
  { scopes: ['workflows:create'] },
  {
    identifier: text,
    name: text,
    scope: z.enum(['GLOBAL', 'ENTITY']),
    execution_type: z.enum(['SIMPLE', 'EVENT_DRIVEN']),
    entity_filter_type: z.enum(['ENTITY_TYPES', 'SQL']),
    http_request: map,
    description: prose.optional(),
    icon: prose.optional(),
    color: prose.optional(),
    trigger_type: z.enum(['ANY', 'APPROVAL', 'RUNNERS', 'ENTITY']).optional(),
  },
  ({ world }, { description = null, icon = null, color = null, trigger_type = 'ANY', ...rest }) => {
    if (world.workflows.some(({ identifier }) => identifier === rest.identifier)) throw invalid('identifier is taken');
    const workflow: Workflow = {
      ...rest,
      description,
      icon,
      color,
      trigger_type,
      entity_type_identifiers: ['service'],
    };
    world.workflows.push(workflow);
    return ok({ workflow });
  },
);

const trigger = endpoint(
  'POST workflowRuns.trigger',
  { scopes: ['workflowRuns:trigger'] },
  {
    workflow_identifier: text.optional(),
    // One part of the page calls it so, another writes the second with a hyphen.
    workflow_run_identifier: text.optional(),
    entity_identifier: text.optional(),
    'entity-identifier': text.optional(),
    data: map.default({}),
  },
  ({ world, now }, { workflow_identifier, workflow_run_identifier, data, ...args }) => {
    const wanted = workflow_identifier ?? workflow_run_identifier;
    if (wanted === undefined) throw invalid('Missing required params: workflow_identifier');
    const workflow = world.workflows.find(({ identifier }) => identifier === wanted);
    if (!workflow) throw notFound('workflow');
    const entity = args.entity_identifier ?? args['entity-identifier'] ?? null;
    const isKnown = world.entities.some(({ identifier }) => identifier === entity);
    if (entity === null ? workflow.scope === 'ENTITY' : !isKnown)
      throw refusal('workflow_run_attribute_validation_failed', 'entity_identifier must name an entity');
    const run: WorkflowRun = {
      id: encodeId(world.nextId()),
      workflow,
      entity_identifier: entity,
      startedAt: now,
      ...(workflow.execution_type === 'SIMPLE' && { completedAt: now + simpleMs }),
      failed: false,
      data,
      links: [],
    };
    world.workflowRuns.set(run.id, run);
    return ok({ workflow_run: { id: run.id } });
  },
);

function find({ world }: Call, id: string): WorkflowRun {
  const found = world.workflowRuns.get(id);
  if (!found) throw notFound('workflow run');
  return found;
}

function describe({ now }: Call, run: WorkflowRun) {
  const isDone = run.completedAt !== undefined && now >= run.completedAt;
  return {
    ...pick(run, 'id', 'entity_identifier', 'data', 'links'),
    workflow_identifier: run.workflow.identifier,
    status: isDone ? (run.failed ? 'FAILED' : 'SUCCEEDED') : 'RUNNING',
    started_at: iso(run.startedAt),
    completed_at: isDone ? isoOrNull(run.completedAt) : null,
    http_state: isDone || run.workflow.execution_type === 'EVENT_DRIVEN' ? 'SUCCEEDED' : 'PENDING',
  };
}

const noted = ({ world, now }: Call, workflow_run_id: string, event: { type: string; message: string; data: object }) =>
  ok({ event: { id: encodeId(world.nextId()), workflow_run_id, ...event, occurred_at: iso(now) } });

const writeEvents = { scopes: ['workflowRuns:writeEvents'] } as const;

const changeStatus = endpoint(
  'POST workflowRuns.changeStatus',
  writeEvents,
  { workflow_run_id: text, status: z.enum(['SUCCEEDED', 'FAILED']) },
  (call, { workflow_run_id: id, status }) => {
    const run = find(call, id);
    if (run.completedAt !== undefined && call.now >= run.completedAt) throw invalid('The run has ended');
    run.completedAt = call.now;
    run.failed = status === 'FAILED';
    return noted(call, id, { type: 'STATUS_CHANGED', message: `Status changed to ${status}`, data: { status } });
  },
);

const link = z.object({ url: z.url(), label: text, icon: text.optional() });

export const workflowEndpoints: readonly Endpoint[] = [
  endpoint(
    'GET workflows.list',
    { scopes: ['workflows:read'] },
    { scope: z.enum(['GLOBAL', 'ENTITY']).optional(), entity_identifier: text.optional() },
    ({ world }, { scope, entity_identifier }) => {
      const entity = world.entities.find(({ identifier }) => identifier === entity_identifier);
      if (entity_identifier !== undefined && !entity) throw notFound('entity');
      const workflows = world.workflows.filter(
        one =>
          (scope === undefined || one.scope === scope) &&
          (!entity || one.scope === 'GLOBAL' || one.entity_type_identifiers.includes(entity.type)),
      );
      return ok({ workflows });
    },
  ),
  create,
  trigger,
  endpoint('GET workflowRuns.info', { scopes: ['workflows:read'] }, { id: text }, (call, { id }) =>
    ok({ workflow_run: describe(call, find(call, id)) }),
  ),
  changeStatus,
  endpoint(
    'POST workflowRuns.postMessage',
    writeEvents,
    { workflow_run_id: text, message: text },
    (call, { workflow_run_id, message }) =>
      noted(call, find(call, workflow_run_id).id, { type: 'MESSAGE', message, data: {} }),
  ),
  endpoint('POST workflowRuns.addLink', writeEvents, { workflow_run_id: text, link }, (call, args) => {
    const run = find(call, args.workflow_run_id);
    run.links.push(args.link);
    return noted(call, run.id, { type: 'LINK_ADDED', message: `Link added: ${args.link.label}`, data: args.link });
  }),
];
