import * as z from 'zod';
import type { RunKind } from '../../../operations/operation.ts';
import { operation, reference } from '../../../operations/operation.ts';
import { inUri, map, payload, required, text } from '../arguments.ts';
import { allRows } from '../paging.ts';
import { web } from '../web.ts';
import { entityName } from './entities.ts';

const workflowName = reference({
  list: () => listWorkflows,
  key: 'identifier',
  label: 'name',
  keyForm: /^[a-z0-9][\w.-]*$/,
});

const workflow = z.looseObject({ identifier: z.string(), name: z.string().nullish(), scope: z.string().nullish() });
const scope = z.enum(['GLOBAL', 'ENTITY']).describe('Started for itself, or for an entity of the catalog');
const entity = required('Entity: identifier or name').meta({ reference: entityName, fromUri: inUri('entities') });

export const listWorkflows = operation({
  ...web('workflows:read'),
  name: 'dx_list_workflows',
  route: 'GET /workflows.list',
  risk: 'reads',
  summary: 'List self-service workflows: what people can start, for itself or for an entity of the catalog.',
  words: 'self-service actions templates',
  input: z.strictObject({ scope: scope.optional(), entity_identifier: entity.optional() }),
  output: workflow,
  paging: allRows('workflows'),
  resource: { uri: 'dx://workflows', title: 'DX self-service workflows' },
  example: { arguments: { scope: 'ENTITY' } },
});

export const createWorkflow = operation({
  ...web('workflows:create'),
  name: 'dx_create_workflow',
  route: 'POST /workflows.create',
  risk: 'adds',
  summary: 'Create a self-service workflow, which calls a URL when somebody starts it.',
  verifyWith: 'dx_list_workflows shows whether it was created.',
  input: z.strictObject({
    identifier: required('Identifier, for example create-repository'),
    name: required('Name'),
    scope,
    execution_type: z.enum(['SIMPLE', 'EVENT_DRIVEN']).describe('Over with its answer, or when its runner says so'),
    entity_filter_type: z.enum(['ENTITY_TYPES', 'SQL']).describe('What chooses the entities it is for'),
    http_request: map('method, url and the like of the call'),
    trigger_type: z.enum(['ANY', 'APPROVAL', 'RUNNERS', 'ENTITY']).optional().describe('Who may start it'),
    description: text('Description'),
    icon: text('Icon'),
    color: text('Colour'),
  }),
  output: workflow,
  repair: payload('workflow'),
  example: {
    arguments: {
      identifier: 'restart-service',
      name: 'Restart a service',
      scope: 'ENTITY',
      execution_type: 'SIMPLE',
      entity_filter_type: 'ENTITY_TYPES',
      http_request: { method: 'POST', url: 'https://hooks.kestrel.example/restart' },
    },
  },
});

const run = z.looseObject({ id: z.string().nullish(), status: z.string().nullish() });
const id = required('Id or URI of the run').meta({ fromUri: inUri('workflow-runs') });

export const getWorkflowRun = operation({
  ...web('workflows:read'),
  name: 'dx_get_workflow_run',
  route: 'GET /workflowRuns.info',
  risk: 'reads',
  summary: 'Show a run of a self-service workflow: status, data, links and the state of its HTTP request.',
  words: 'status of an action',
  input: z.strictObject({ id }),
  output: run,
  repair: payload('workflow_run'),
  resource: { uri: 'dx://workflow-runs/{id}', title: 'A run of a DX workflow' },
  example: { arguments: { id: 'NTAwMDE' } },
});

/** Only the words of changeStatus are documented, and what the sandbox says while one is under way. */
export const workflowRun: RunKind = {
  noun: 'workflow run',
  uri: 'dx://workflow-runs/{id}',
  words: { RUNNING: 'running', SUCCEEDED: 'succeeded', FAILED: 'failed' },
  pace: { firstMs: 1_000, longestMs: 10_000 },
  async poll({ id: wanted }, context) {
    const { body } = await context.request(getWorkflowRun, { id: wanted });
    const { status, completed_at } = payload('workflow_run')(body) as { status?: string; completed_at?: string | null };
    return { word: status ?? (completed_at ? 'completed' : 'started') };
  },
  result: {
    operation: () => getWorkflowRun,
    arguments: ({ id: wanted }) => ({ id: wanted }),
    after: ['succeeded', 'failed', 'cancelled'],
  },
};

export const triggerWorkflow = operation({
  ...web('workflowRuns:trigger'),
  name: 'dx_trigger_workflow',
  route: 'POST /workflowRuns.trigger',
  risk: 'starts',
  summary: 'Start a self-service workflow, for an entity where its scope is ENTITY. Follow it with wait_for_run.',
  words: 'run execute self-service action',
  verifyWith:
    'DX lists no runs: its page of the workflow shows whether it was started; dx_get_workflow_run shows one by its id.',
  input: z.strictObject({
    // First, because the list of workflows that the other is looked up in depends on it.
    entity_identifier: entity.optional(),
    workflow_identifier: required('Workflow: identifier or name').meta({ reference: workflowName }),
    data: map('Values of its parameters').optional(),
  }),
  output: run,
  repair: payload('workflow_run'),
  starts: { run: workflowRun, variables: ({ id: made }) => ({ id: String(made) }) },
  example: { arguments: { workflow_identifier: 'rotate-secrets', entity_identifier: 'booking-api' } },
});

const event = z.looseObject({ id: z.string().nullish(), type: z.string().nullish(), message: z.string().nullish() });
const workflow_run_id = id;

export const changeStatus = operation({
  ...web('workflowRuns:writeEvents'),
  name: 'dx_set_workflow_run_status',
  route: 'POST /workflowRuns.changeStatus',
  risk: 'edits',
  summary: 'End a run of an event-driven workflow as succeeded or failed. For what carries the workflow out.',
  verifyWith: 'dx_get_workflow_run shows its status.',
  input: z.strictObject({ workflow_run_id, status: z.enum(['SUCCEEDED', 'FAILED']).describe('How it ended') }),
  output: event,
  repair: payload('event'),
  example: { arguments: { workflow_run_id: 'NTAwMDE', status: 'SUCCEEDED' } },
});

export const postMessage = operation({
  ...web('workflowRuns:writeEvents'),
  name: 'dx_post_workflow_run_message',
  route: 'POST /workflowRuns.postMessage',
  risk: 'adds',
  summary: 'Add a message to a run of a workflow, for whoever follows it.',
  input: z.strictObject({ workflow_run_id, message: required('Text') }),
  output: event,
  repair: payload('event'),
  example: { arguments: { workflow_run_id: 'NTAwMDE', message: 'Rolling back to the build of 09:40' } },
});

export const addLink = operation({
  ...web('workflowRuns:writeEvents'),
  name: 'dx_add_workflow_run_link',
  route: 'POST /workflowRuns.addLink',
  risk: 'adds',
  summary: 'Add a link to a run of a workflow, for example to the pipeline that carries it out.',
  verifyWith: 'dx_get_workflow_run shows its links.',
  input: z.strictObject({
    workflow_run_id,
    link: z
      .strictObject({ url: z.url(), label: z.string(), icon: z.string().optional() })
      .describe('Address, and the text that stands for it'),
  }),
  output: event,
  repair: payload('event'),
  example: {
    arguments: { workflow_run_id: 'NTAwMDE', link: { url: 'https://ci.kestrel.example/1', label: 'Pipeline' } },
  },
});
