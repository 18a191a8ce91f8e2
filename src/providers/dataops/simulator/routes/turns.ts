import { type Call, type Endpoint, noContent, reply } from '../call.ts';
import { paged } from '../paging.ts';
import type { Fields } from '../parameters.ts';
import { badRequest, notFound } from '../refusal.ts';
import { iso, levelOf } from '../world.ts';
import { findDeployment } from './environments.ts';
import { describeJob, jobsOf } from './jobs.ts';
import { short } from './projects.ts';

const groups = '/projects/:id/resource_groups';
const environments = '/projects/:id/environments';

/** What waits: for its turn, for somebody to agree, or to be cleared away. */
export const turnEndpoints: readonly Endpoint[] = [
  [`GET ${groups}`, call => paged(call, groupsOf(call), one => one)],
  [`GET ${groups}/:key`, find],
  [`PUT ${groups}/:key`, update],
  [`GET ${groups}/:key/upcoming_jobs`, upcoming],
  ['POST /projects/:id/deployments/:deployment/approval', approve],
  ['GET /projects/:id/deployments/:deployment/merge_requests', listBrought],
  [`POST ${environments}/stop_stale`, stopStale],
  [`DELETE ${environments}/review_apps`, removeReviewApps],
  ['GET /projects/:id/forks', listForks],
  ['DELETE /projects/:id/fork', unlinkFork],
];

const shelfOf = (call: Call, level = 20) => call.world.partsOf(call.project(level)).shelf;
const groupsOf = (call: Call, level = 20): Fields[] => shelfOf(call, level).resourceGroups;

function find(call: Call): Fields {
  const found = groupsOf(call).find(({ key }) => key === call.path('key'));
  if (!found) throw notFound('Resource Group');
  return found;
}

function update(call: Call): Fields {
  call.project(30);
  return Object.assign(find(call), { process_mode: call.text('process_mode'), updated_at: iso(call.world.now()) });
}

function upcoming(call: Call) {
  find(call);
  const waiting = jobsOf(call).filter(({ status }) => status === 'created' || status === 'waiting_for_resource');
  return paged(call, waiting, job => describeJob(call, job));
}

function approve(call: Call) {
  const deployment = findDeployment(call, 30);
  if (deployment['status'] !== 'blocked') throw badRequest('This deployment is not waiting for approvals.');
  const status = call.text('status');
  Object.assign(deployment, {
    status: status === 'approved' ? 'created' : 'failed',
    updated_at: iso(call.world.now()),
  });
  return reply(201, {
    user: { id: call.user().id, username: call.user().username },
    status,
    created_at: iso(call.world.now()),
    comment: call.text('comment') ?? '',
  });
}

function listBrought(call: Call) {
  findDeployment(call);
  const merged = shelfOf(call).mergeRequests.filter(({ state }) => state === 'merged');
  return paged(call, merged, ({ approved_by: _, notes: __, ...one }) => one);
}

const dayMs = 86_400_000;

function stopStale(call: Call) {
  call.project(40);
  const before = Date.parse(call.text('before') ?? '');
  if (Number.isNaN(before) || before > call.world.now() - 7 * dayMs || before < call.world.now() - 3653 * dayMs)
    throw badRequest('Invalid Date');
  for (const environment of shelfOf(call).environments)
    if (environment['state'] === 'available' && Date.parse(String(environment['updated_at'])) < before)
      environment['state'] = 'stopped';
  return reply(201, { message: 'Successfully requested stop for all stale environments' });
}

function removeReviewApps(call: Call) {
  const { environments: all } = shelfOf(call, 30);
  const before = Date.parse(call.text('before') ?? iso(call.world.now() - 30 * dayMs));
  const gone = all
    .filter(
      ({ name, state, updated_at }) =>
        String(name).startsWith('review/') && state === 'stopped' && Date.parse(String(updated_at)) < before,
    )
    .slice(0, call.number('limit') ?? 100);
  if (call.flag('dry_run') === false) for (const one of gone) all.splice(all.indexOf(one), 1);
  const shown = gone.map(({ id, name, slug, external_url }) => ({ id, name, slug, external_url }));
  return { scheduled_entries: shown, unprocessable_entries: [] };
}

function listForks(call: Call) {
  const source = call.project();
  const found = [...call.world.projects.values()].filter(
    one => one.forkedFrom === source && levelOf(call.caller.user, one) > 0,
  );
  return paged(call, found, one => short(call, one));
}

function unlinkFork(call: Call) {
  const project = call.project(50);
  if (!project.forkedFrom) return { status: 304 };
  project.forkedFrom.forks -= 1;
  delete project.forkedFrom;
  return noContent;
}
