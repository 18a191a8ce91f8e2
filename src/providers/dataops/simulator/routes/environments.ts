import { type Call, type Endpoint, noContent, reply } from '../call.ts';
import { repositoryOf } from '../commit-shapes.ts';
import { newDeployment, newEnvironment } from '../new-things.ts';
import { matches, paged, sorted } from '../paging.ts';
import type { Fields } from '../parameters.ts';
import { forbidden, invalid, notFound, refusal } from '../refusal.ts';
import { iso } from '../world.ts';

const environments = '/projects/:id/environments';
const deployments = '/projects/:id/deployments';
const at = { jobToken: true } as const;

export const environmentEndpoints: readonly Endpoint[] = [
  [`GET ${environments}`, at, list],
  [`GET ${environments}/:environment`, at, call => describe(call, find(call))],
  [`POST ${environments}`, at, create],
  [`PUT ${environments}/:environment`, at, update],
  [`DELETE ${environments}/:environment`, at, remove],
  [`POST ${environments}/:environment/stop`, at, stop],
  [`GET ${deployments}`, at, listDeployments],
  [`GET ${deployments}/:deployment`, at, call => describeDeployment(call, findDeployment(call))],
  [`POST ${deployments}`, at, deploy],
  [`PUT ${deployments}/:deployment`, at, updateDeployment],
  [`DELETE ${deployments}/:deployment`, at, removeDeployment],
];

const shelfOf = (call: Call, level = 20) => call.world.partsOf(call.project(level)).shelf;

function find(call: Call, level = 20): Fields {
  const found = shelfOf(call, level).environments.find(({ id }) => String(id) === call.path('environment'));
  if (!found) throw notFound('Environment');
  return found;
}

function describe(call: Call, environment: Fields): Fields {
  const last = shelfOf(call).deployments.findLast(one => one['environment'] === environment);
  return { ...current(call, environment), last_deployment: last ? { ...last, environment: undefined } : null };
}

const stoppingMs = 3000;

// Stopping takes a moment where a job does it; the state follows from when it began.
function current({ world }: Call, { stopping_since, stop_job: _, ...environment }: Fields): Fields {
  if (typeof stopping_since !== 'number') return environment;
  return { ...environment, state: world.now() < stopping_since + stoppingMs ? 'stopping' : 'stopped' };
}

function list(call: Call) {
  const found = shelfOf(call)
    .environments.map(one => current(call, one))
    .filter(
      ({ name, state }) =>
        (!call.has('name') || call.text('name') === name) &&
        (!call.has('states') || call.text('states') === state) &&
        matches(call.text('search'), String(name)),
    );
  return paged(
    call,
    sorted(found, ({ name }) => String(name), 'asc'),
    one => one,
  );
}

function create(call: Call) {
  const project = call.project(30);
  const name = call.text('name') ?? '';
  if (shelfOf(call).environments.some(one => one['name'] === name)) throw invalid({ name: ['has already been taken'] });
  const environment = newEnvironment(call.world, project, name, call.world.now());
  return reply(201, current(call, set(call, environment)));
}

function set(call: Call, environment: Fields): Fields {
  for (const name of ['external_url', 'description', 'tier']) if (call.has(name)) environment[name] = call.fields[name];
  return environment;
}

function update(call: Call) {
  const environment = find(call, 30);
  environment['updated_at'] = iso(call.world.now());
  return current(call, set(call, environment));
}

function remove(call: Call) {
  const environment = find(call, 30);
  if (current(call, environment)['state'] !== 'stopped') throw forbidden();
  const { environments: all } = shelfOf(call);
  all.splice(all.indexOf(environment), 1);
  return noContent;
}

function stop(call: Call) {
  const environment = find(call, 30);
  const isAtOnce = environment['stop_job'] === undefined || call.flag('force') === true;
  environment['stopping_since'] ??= call.world.now() - (isAtOnce ? stoppingMs : 0);
  return current(call, environment);
}

function listDeployments(call: Call) {
  const [after, before] = [call.text('updated_after'), call.text('updated_before')];
  const found = shelfOf(call).deployments.filter(
    one =>
      (!call.has('environment') || (one['environment'] as Fields)['name'] === call.text('environment')) &&
      (!call.has('status') || one['status'] === call.text('status')) &&
      (after === undefined || Date.parse(String(one['updated_at'])) > Date.parse(after)) &&
      (before === undefined || Date.parse(String(one['updated_at'])) < Date.parse(before)),
  );
  const order = call.text('order_by') ?? 'id';
  const key = (one: Fields) => (/id$/.test(order) ? Number(one[order]) : String(one[order]));
  return paged(call, sorted(found, key, call.text('sort') ?? 'asc'), one => describeDeployment(call, one));
}

function describeDeployment(call: Call, deployment: Fields): Fields {
  return { ...deployment, environment: current(call, deployment['environment'] as Fields) };
}

export function findDeployment(call: Call, level = 20): Fields {
  const found = shelfOf(call, level).deployments.find(({ id }) => String(id) === call.path('deployment'));
  if (!found) throw notFound('Deployment');
  return found;
}

function deploy(call: Call) {
  const project = call.project(30);
  const [name = '', sha = '', ref = '', status = ''] = ['environment', 'sha', 'ref', 'status'].map(one =>
    call.text(one),
  );
  const commit = repositoryOf(call).find(sha);
  if (!commit) throw refusal(400, { message: { sha: ['The commit does not exist'] } });
  const [now, userId] = [call.world.now(), call.user().id];
  const known = shelfOf(call).environments.find(one => one['name'] === name);
  const environment = known ?? newEnvironment(call.world, project, name, now);
  const wanted = { environment, ref, sha: commit.sha, status, userId, tag: call.flag('tag') ?? false, createdAt: now };
  return reply(201, describeDeployment(call, newDeployment(call.world, project, wanted)));
}

function updateDeployment(call: Call) {
  const deployment = findDeployment(call, 30);
  if (deployment['status'] !== 'running' && deployment['status'] !== 'created')
    throw refusal(400, { message: { status: ['cannot transition'] } });
  Object.assign(deployment, { status: call.text('status'), updated_at: iso(call.world.now()) });
  return describeDeployment(call, deployment);
}

function removeDeployment(call: Call) {
  const deployment = findDeployment(call, 40);
  const { deployments: all } = shelfOf(call);
  if (deployment['status'] === 'running') throw refusal(400, { message: 'Cannot destroy running deployment' });
  if (all.findLast(one => one['environment'] === deployment['environment']) === deployment)
    throw refusal(400, { message: 'Deployment currently deployed to environment' });
  all.splice(all.indexOf(deployment), 1);
  return noContent;
}
