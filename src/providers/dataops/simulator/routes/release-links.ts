import { type Call, canSee, type Endpoint, reply } from '../call.ts';
import { paged, sorted } from '../paging.ts';
import type { Fields } from '../parameters.ts';
import { invalid, notFound } from '../refusal.ts';
import { projectsBelow } from './projects.ts';
import { describeRelease, findRelease } from './releases.ts';

const root = '/projects/:id/releases';
const at = { jobToken: true } as const;

export const releaseLinkEndpoints: readonly Endpoint[] = [
  [`GET ${root}/permalink/latest`, at, latest],
  ['GET /groups/:id/releases', listOfGroup],
  [`POST ${root}/:tag/evidence`, collect],
  [`GET ${root}/:tag/downloads/*path`, at, download],
  [`GET ${root}/:tag/assets/links`, at, call => paged(call, linksOf(call), one => one)],
  [`POST ${root}/:tag/assets/links`, at, create],
  [`GET ${root}/:tag/assets/links/:link`, at, call => find(call)],
  [`PUT ${root}/:tag/assets/links/:link`, at, call => change(call, find(call, 30))],
  [`DELETE ${root}/:tag/assets/links/:link`, at, remove],
];

const newestFirst = (rows: readonly Fields[]) => sorted(rows, one => String(one['released_at']), 'desc');

function latest(call: Call) {
  const { shelf } = call.world.partsOf(call.project());
  const [newest] = newestFirst(shelf.releases);
  if (!newest) throw notFound();
  const path = `/api/v4/projects/${call.project().id}/releases/${encodeURIComponent(String(newest['tag_name']))}`;
  return { status: 302, headers: { location: `${call.world.origin}${path}` } };
}

function listOfGroup(call: Call) {
  const projects = projectsBelow(call, call.group(), true).filter(one => one.parts && canSee(call.caller, one));
  const all = projects.flatMap(project => call.world.partsOf(project).shelf.releases);
  const found = call.text('sort') === 'asc' ? newestFirst(all).reverse() : newestFirst(all);
  return paged(call, found, ({ assets, ...one }) => (call.flag('simple') ? one : { ...one, assets }));
}

// The release shows it a moment later.
function collect(call: Call) {
  const release = findRelease(call, 40);
  const evidences = (release['evidences'] as Fields[] | undefined) ?? [];
  const { world } = call;
  const made = { sha: world.secret('').padEnd(40, '0'), collected_at: new Date(world.now()).toISOString() };
  release['evidences'] = [...evidences, made];
  return reply(201, describeRelease(call, release));
}

const linksOf = (call: Call, level = 10): Fields[] => (findRelease(call, level)['assets'] as { links: Fields[] }).links;

function find(call: Call, level = 10): Fields {
  const found = linksOf(call, level).find(({ id }) => String(id) === call.path('link'));
  if (!found) throw notFound();
  return found;
}

function change(call: Call, link: Fields): Fields {
  const { world } = call;
  const others = linksOf(call).filter(one => one !== link);
  for (const name of ['name', 'url'])
    if (call.has(name) && others.some(one => one[name] === call.text(name)))
      throw invalid({ [name]: ['has already been taken'] });
  for (const name of ['name', 'url', 'link_type']) if (call.has(name)) link[name] = call.text(name);
  const path = call.text('direct_asset_path') ?? call.text('filepath');
  const web = `${world.origin}/${call.project().fullPath}/-/releases/${call.path('tag')}/downloads`;
  if (path !== undefined) link['direct_asset_url'] = `${web}/${path.replace(/^\//, '')}`;
  return link;
}

function create(call: Call) {
  const all = linksOf(call, 30);
  const link = change(call, { id: call.world.nextId(), link_type: 'other', external: true });
  all.push(link);
  return reply(201, link);
}

function remove(call: Call): Fields {
  const all = linksOf(call, 30);
  const link = find(call);
  all.splice(all.indexOf(link), 1);
  return link;
}

// The file store of the sandbox has one file, and others' addresses are none of its own.
function download(call: Call) {
  const wanted = `/downloads/${call.path('path')}`;
  const link = linksOf(call).find(one => String(one['direct_asset_url']).endsWith(wanted));
  if (!link) throw notFound();
  const body = `${String(link['name'])} of ${call.path('tag')}\n`;
  return { status: 200, headers: { 'content-type': 'text/plain' }, body };
}
