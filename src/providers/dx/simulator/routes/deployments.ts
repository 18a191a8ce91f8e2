import * as crypto from 'node:crypto';
import * as z from 'zod';
import { anyTime, checkMetadata, flag, integer, list, prose, service, text } from '../arguments.ts';
import { type Call, type Endpoint, endpoint, ok } from '../call.ts';
import { invalid, refusal } from '../refusal.ts';
import type { Deployment } from '../things/data-cloud.ts';

const sha = z.string().regex(/^[0-9a-f]{7,40}$/i);

const deploymentShape = {
  deployed_at: anyTime,
  service,
  reference_id: text.optional(),
  repository: text.optional(),
  commit_sha: sha.optional(),
  merge_commit_shas: list.pipe(z.array(sha)).optional(),
  integration_branch: text.optional(),
  source_url: prose.optional(),
  source_name: prose.optional(),
  metadata: z.unknown().optional(),
  success: flag.optional(),
  environment: prose.optional(),
};

type Order = z.output<z.ZodObject<typeof deploymentShape>>;

function create({ world, state }: Call, order: Order) {
  checkMetadata(order.metadata);
  if (order.repository !== undefined && !world.repositories.has(order.repository))
    throw refusal('repo_not_found', `The repository ${order.repository} is not known`);
  const reference_id = order.reference_id ?? crypto.randomUUID();
  const deployment: Deployment = { ...order, reference_id };
  const known = world.deployments.get(reference_id);
  if (!known) world.deployments.set(reference_id, deployment);
  else if (JSON.stringify(sorted(known)) !== JSON.stringify(sorted(deployment))) {
    const message = `A deployment with the reference_id ${reference_id} exists and differs`;
    throw refusal('reference_id_taken', message, { status: state.statuses.conflict });
  }
  return ok();
}

const sorted = (deployment: Deployment) => Object.entries(deployment).sort(([a], [b]) => (a < b ? -1 : 1));

const setPullServices = endpoint(
  'POST deployments.setPullServices',
  {},
  {
    github_pull_id: integer.optional(),
    repository: text.optional(),
    pull_number: integer.optional(),
    services: z.array(service),
    replace: flag.default(false),
  },
  ({ world }, { github_pull_id, repository, pull_number, services, replace }) => {
    const byNumber = repository !== undefined && pull_number !== undefined;
    if (github_pull_id === undefined && !byNumber) throw invalid('github_pull_id, or repository and pull_number');
    const key = byNumber ? `${repository}#${pull_number}` : String(github_pull_id);
    const kept = replace ? [] : (world.pullServices.get(key) ?? []);
    world.pullServices.set(key, new Map([...kept, ...services.map(one => [one.identifier, one] as const)]));
    return ok();
  },
);

export const deploymentEndpoints: readonly Endpoint[] = [
  endpoint('POST deployments.create', { missing: 'required_params_missing' }, deploymentShape, create),
  setPullServices,
];
