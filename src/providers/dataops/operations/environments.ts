import * as z from 'zod';
import { lookAt } from '../../../operations/look-up.ts';
import { operation } from '../../../operations/operation.ts';
import { done, flag, id, search, since, text, until } from '../arguments.ts';
import { brief } from '../brief.ts';
import { deploymentTold, environmentTold } from '../losses.ts';
import { pages } from '../paging.ts';
import { projectArgument as project } from './projects.ts';

const environmentRow = z.looseObject({
  id: z.number(),
  name: z.string(),
  state: z.string(),
  tier: z.string().nullish(),
  external_url: z.string().nullish(),
});
const deploymentRow = z.looseObject({
  id: z.number(),
  status: z.string(),
  ref: z.string().nullish(),
  created_at: z.string().nullish(),
});

const environment = id('Number of the environment', 'environments', 'dataops_list_environments');
export const deployment = id('Number of the deployment', 'deployments', 'dataops_list_deployments');
const example = { project: 'meridian/data/drill-assays', environment: '1' };

const settable = {
  external_url: text('Where it is served'),
  tier: z.enum(['production', 'staging', 'testing', 'development', 'other']).optional().describe('Tier'),
};

export const listEnvironments = operation({
  name: 'dataops_list_environments',
  route: 'GET /projects/{project}/environments',
  risk: 'reads',
  summary: 'List the environments of a project (PROD, QA, DEV, one for each feature branch).',
  words: 'production staging targets',
  input: z.strictObject({
    project,
    name: text('Exact name'),
    search,
    state: z.enum(['available', 'stopping', 'stopped']).optional().describe('State').meta({ wire: 'states' }),
  }),
  output: environmentRow,
  paging: pages({ show: brief }),
  resource: { uri: 'dataops://projects/{project}/environments', title: 'Environments of a DataOps.live project' },
  example: { arguments: { project: example.project } },
});

export const getEnvironment = operation({
  name: 'dataops_get_environment',
  route: 'GET /projects/{project}/environments/{environment}',
  risk: 'reads',
  summary: 'Show an environment and its latest deployment.',
  words: 'what is live in production',
  input: z.strictObject({ project, environment }),
  output: environmentRow,
  example: { arguments: example },
});

export const createEnvironment = operation({
  name: 'dataops_create_environment',
  route: 'POST /projects/{project}/environments',
  risk: 'adds',
  summary: 'Add an environment to a project.',
  words: 'new target',
  input: z.strictObject({ project, name: z.string().min(1).describe('Name'), ...settable }),
  output: environmentRow,
  example: { arguments: { project: example.project, name: 'SANDBOX', tier: 'development' } },
});

export const updateEnvironment = operation({
  name: 'dataops_update_environment',
  route: 'PUT /projects/{project}/environments/{environment}',
  risk: 'edits',
  summary: 'Change the address or tier of an environment.',
  words: 'url',
  input: z.strictObject({ project, environment, ...settable }),
  output: environmentRow,
  example: { arguments: { ...example, tier: 'staging' } },
});

export const stopEnvironment = operation({
  name: 'dataops_stop_environment',
  route: 'POST /projects/{project}/environments/{environment}/stop',
  risk: 'interrupts',
  question: 'Stop the environment {environment} of {project}?',
  describeLoss: lookAt('environment', () => getEnvironment, environmentTold),
  summary: 'Stop an environment. Its stop job may drop the database.',
  words: 'tear down, shut down',
  input: z.strictObject({ project, environment, force: flag('Without running its stop job') }),
  output: environmentRow,
  example: { arguments: example },
});

export const deleteEnvironment = operation({
  name: 'dataops_delete_environment',
  route: 'DELETE /projects/{project}/environments/{environment}',
  risk: 'deletes',
  question: 'Delete the environment {environment} of {project} with its history of deployments?',
  describeLoss: lookAt('environment', () => getEnvironment, environmentTold),
  summary: 'Delete a stopped environment.',
  words: 'remove',
  input: z.strictObject({ project, environment }),
  ...done,
  example: { arguments: example },
});

export const listDeployments = operation({
  name: 'dataops_list_deployments',
  route: 'GET /projects/{project}/deployments',
  risk: 'reads',
  summary: 'List the deployments of a project: what reached which environment when.',
  words: 'what is deployed live in production, who deployed',
  input: z.strictObject({
    project,
    environment: text('Name of the environment'),
    status: z
      .enum(['created', 'running', 'success', 'failed', 'canceled', 'skipped', 'blocked'])
      .optional()
      .describe('Status'),
    updated_after: since('Updated'),
    updated_before: until('Updated', 'updated_after'),
    order_by: z.enum(['id', 'iid', 'created_at', 'updated_at', 'finished_at', 'ref']).optional().describe('Order (id)'),
    // Oldest first is no use to anybody, but it is the platform's default.
    sort: z.enum(['asc', 'desc']).default('desc').describe('Direction'),
  }),
  output: deploymentRow,
  paging: pages({ show: brief }),
  resource: { uri: 'dataops://projects/{project}/deployments', title: 'Deployments of a DataOps.live project' },
  example: { arguments: { project: example.project, environment: 'PROD' } },
});

export const getDeployment = operation({
  name: 'dataops_get_deployment',
  route: 'GET /projects/{project}/deployments/{deployment}',
  risk: 'reads',
  summary: 'Show a deployment and the job that made it.',
  input: z.strictObject({ project, deployment }),
  output: deploymentRow,
  example: { arguments: { project: example.project, deployment: '1' } },
});

const status = z.enum(['running', 'success', 'failed', 'canceled']).describe('Status');

export const createDeployment = operation({
  name: 'dataops_create_deployment',
  route: 'POST /projects/{project}/deployments',
  risk: 'adds',
  summary: 'Record a deployment that was made by other means. It deploys nothing.',
  words: 'log',
  verifyWith: 'dataops_list_deployments shows whether it was recorded.',
  input: z.strictObject({
    project,
    environment: z.string().min(1).describe('Name of the environment'),
    sha: z.string().min(1).describe('Commit'),
    ref: z.string().min(1).describe('Branch or tag'),
    tag: z.boolean().describe('Whether ref is a tag'),
    status,
  }),
  output: deploymentRow,
  example: {
    arguments: {
      project: example.project,
      environment: 'QA',
      sha: '6104942438c14ec7bd21c6cd5bd995272b3faff6',
      ref: 'qa',
      tag: false,
      status: 'success',
    },
  },
});

export const updateDeployment = operation({
  name: 'dataops_update_deployment',
  route: 'PUT /projects/{project}/deployments/{deployment}',
  risk: 'edits',
  summary: 'Change the status of a recorded deployment.',
  input: z.strictObject({ project, deployment, status }),
  output: deploymentRow,
  example: { arguments: { project: example.project, deployment: '1', status: 'failed' } },
});

export const deleteDeployment = operation({
  name: 'dataops_delete_deployment',
  route: 'DELETE /projects/{project}/deployments/{deployment}',
  risk: 'deletes',
  question: 'Delete the deployment {deployment} of {project}?',
  describeLoss: lookAt('deployment', () => getDeployment, deploymentTold),
  summary: 'Delete the record of a deployment. The latest one of an environment cannot be deleted.',
  input: z.strictObject({ project, deployment }),
  ...done,
  example: { arguments: { project: example.project, deployment: '1' } },
});
