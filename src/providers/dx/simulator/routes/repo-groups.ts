import * as z from 'zod';
import { integer, text } from '../arguments.ts';
import { type Call, type Endpoint, endpoint, ok } from '../call.ts';
import { invalid, notFound, refusal } from '../refusal.ts';
import type { Repo, RepoGroup } from '../things/data-cloud.ts';

const reposShape = z.array(z.object({ source: text, external_id: text }));
const targetShape = { id: integer.optional(), reference_id: text.optional() };
type Target = z.output<z.ZodObject<typeof targetShape>>;

const isSame = (a: Repo, b: Repo): boolean => a.source === b.source && a.external_id === b.external_id;

function checkEnabled({ state }: Call): void {
  if (!state.repoGroupsEnabled) throw refusal('not_authorized', 'Repo groups are not enabled', { status: 403 });
}

function find(call: Call, { id, reference_id }: Target): RepoGroup {
  checkEnabled(call);
  if (id === undefined && reference_id === undefined) throw invalid('id or reference_id');
  const found = call.world.repoGroups.find(group =>
    id === undefined ? group.reference_id === reference_id : group.id === id,
  );
  if (!found) throw notFound('repo group');
  return found;
}

/** Fails where one of the repositories is in another group. */
function checkFree({ world }: Call, group: RepoGroup | undefined, repos: readonly Repo[]): void {
  const others = world.repoGroups.filter(one => one !== group).flatMap(one => one.repos);
  const taken = repos.find(repo => others.some(other => isSame(other, repo)));
  if (taken) throw invalid(`${taken.external_id} is in another group`);
}

function touch(group: RepoGroup, now: number, changes: Partial<RepoGroup>) {
  return ok({ data: Object.assign(group, changes, { row_updated_at: new Date(now).toISOString() }) });
}

const upsert = endpoint(
  'POST repoGroups.upsert',
  {},
  { name: text, ...targetShape, parent_id: integer.nullish(), repos: reposShape.optional() },
  (call, { name, id, reference_id, parent_id, repos }) => {
    checkEnabled(call);
    const { world, now } = call;
    const known =
      id === undefined
        ? world.repoGroups.find(group => reference_id !== undefined && group.reference_id === reference_id)
        : find(call, { id });
    if (parent_id !== undefined && parent_id !== null) find(call, { id: parent_id });
    checkFree(call, known, repos ?? []);
    const group: RepoGroup = known ?? {
      id: world.nextId(),
      reference_id: null,
      name,
      parent_id: null,
      row_created_at: new Date(now).toISOString(),
      row_updated_at: '',
      repos: [],
    };
    if (!known) world.repoGroups.push(group);
    return touch(group, now, {
      name,
      ...(reference_id !== undefined && { reference_id }),
      ...(parent_id !== undefined && { parent_id }),
      ...(repos && { repos }),
    });
  },
);

export const repoGroupEndpoints: readonly Endpoint[] = [
  upsert,
  endpoint('GET repoGroups.get', {}, targetShape, (call, target) => ok({ data: find(call, target) })),
  endpoint('POST repoGroups.addRepos', {}, { ...targetShape, repos: reposShape }, (call, { repos, ...target }) => {
    const group = find(call, target);
    checkFree(call, group, repos);
    const fresh = repos.filter(repo => !group.repos.some(other => isSame(other, repo)));
    return touch(group, call.now, { repos: [...group.repos, ...fresh] });
  }),
  endpoint('POST repoGroups.removeRepos', {}, { ...targetShape, repos: reposShape }, (call, { repos, ...target }) => {
    const group = find(call, target);
    const stranger = repos.find(repo => !group.repos.some(other => isSame(other, repo)));
    if (stranger) throw invalid(`${stranger.external_id} is not in the group`);
    return touch(group, call.now, { repos: group.repos.filter(repo => !repos.some(other => isSame(other, repo))) });
  }),
  endpoint('POST repoGroups.delete', {}, targetShape, (call, target) => {
    const group = find(call, target);
    call.world.repoGroups = call.world.repoGroups.filter(one => one !== group);
    return ok();
  }),
];

export const serviceEndpoints: readonly Endpoint[] = [
  endpoint(
    'POST services.sync',
    {},
    { reference_id: text, name: text, dx_team_id: text.optional() },
    ({ world }, service) => {
      world.syncedServices.set(service.reference_id, service);
      return ok();
    },
  ),
];
