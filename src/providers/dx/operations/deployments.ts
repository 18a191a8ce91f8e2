import { createHash } from 'node:crypto';
import * as z from 'zod';
import { isFault } from '../../../base/errors.ts';
import { lacks, needs } from '../../../operations/lack.ts';
import { operation } from '../../../operations/operation.ts';
import { commitSha, done, flag, iso, map, momentOf, required, services, sha, text, unixMoment } from '../arguments.ts';

const example = { deployed_at: '2026-11-20T14:05:00Z', service: 'booking-api', repository: 'kestrel/booking-api' };

export const createDeployment = operation({
  name: 'dx_create_deployment',
  route: 'POST /deployments.create',
  risk: 'adds',
  idempotent: true,
  summary:
    'Record a deployment of a service. With repository and commit_sha DX credits the pull requests up to that commit, with repository alone all that are merged.',
  words: 'release shipped rollout',
  api: 'data_cloud',
  input: z.strictObject({
    deployed_at: unixMoment('When', 'deployed_at'),
    service: required('Identifier'),
    repository: text('org/repo'),
    commit_sha: commitSha('7 to 40 characters'),
    merge_commit_shas: z.array(sha).optional().describe('Exactly these pull requests, instead'),
    integration_branch: text('Only pull requests merged into it'),
    environment: text('For example production'),
    success: flag('False: it failed'),
    source_name: text('Where it ran'),
    source_url: text('Link to it'),
    metadata: map('Keys of letters, digits, - and _').optional(),
    reference_id: text('Your key; made from the other values if absent'),
  }),
  describeLack: lacks(needs('integration_branch', 'repository', 'org/repo')),
  output: z.looseObject({ reference_id: z.string(), service: z.string(), deployed_at: z.string() }),
  example: { arguments: example },
  async send(args, context) {
    const ms = momentOf(args.deployed_at, 'deployed_at', context.clock.now());
    const deployment = { ...args, deployed_at: Math.floor(ms / 1000) };
    const reference_id = args.reference_id ?? keyOf(deployment);
    try {
      await context.request(createDeployment, { ...deployment, reference_id });
    } catch (error) {
      if (!isFault(error) || !['timed_out', 'upstream_down'].includes(error.code)) throw error;
      const same = JSON.stringify({ deployed_at: deployment.deployed_at, reference_id });
      throw error.with({
        hint: `It may be recorded. Repeat the call with ${same} and the rest unchanged: DX takes it once.`,
      });
    }
    return {
      reference_id,
      service: args.service,
      deployed_at: iso(deployment.deployed_at * 1000),
    };
  },
});

/**
 * A UUID that follows from the values (version 8, RFC 9562): whoever describes the same deployment again, after an
 * answer that never came, means the same row.
 */
function keyOf(deployment: Record<string, unknown>): string {
  const sorted = Object.entries(deployment)
    .filter(([, value]) => value !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  const hex = createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
  const variant = ((Number.parseInt(hex[16] ?? '0', 16) & 3) | 8).toString(16);
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20, 32),
  ];
  return parts.join('-');
}

export const setPullServices = operation({
  name: 'dx_set_pull_services',
  route: 'POST /deployments.setPullServices',
  risk: 'replaces',
  question: 'Replace the services of the pull request {pull_number} of {repository}?',
  idempotent: true,
  summary:
    'Say which services a merged pull request belongs to, before its deployment is recorded. Adds to those it has, or replaces them.',
  words: 'monorepo',
  api: 'data_cloud',
  input: z.strictObject({
    repository: text('org/repo, with pull_number'),
    pull_number: z.int().optional().describe('Number in the repository'),
    github_pull_id: z.int().optional().describe('GitHub id, instead of both'),
    services: services('Identifiers, or {identifier, name}'),
    replace: flag('Replace all; none given: clear'),
  }),
  ...done,
  describeLack: ({ repository, pull_number, github_pull_id: id }) =>
    id !== undefined || (repository !== undefined && pull_number !== undefined)
      ? undefined
      : 'name the pull request: repository and pull_number, or github_pull_id',
  async describeLoss({ replace }) {
    return replace ? 'It replaces every service of the pull request; DX does not tell which it has.' : undefined;
  },
  example: { arguments: { repository: 'kestrel/booking-api', pull_number: 812, services: ['booking-api'] } },
});
