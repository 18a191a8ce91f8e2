import { type Call, canSee, type Endpoint, noContent, reply } from '../call.ts';
import { newIssue } from '../new-things.ts';
import { labelsOf, matches, paged } from '../paging.ts';
import type { Fields } from '../parameters.ts';
import { badRequest, notFound, refusal } from '../refusal.ts';
import { sidesOf } from '../sides.ts';
import { iso, type Project } from '../world.ts';
import { usernames } from './changes.ts';
import { findIssue, shownIssue } from './issues.ts';

const root = '/projects/:id/issues/:iid';

export const issueRelationEndpoints: readonly Endpoint[] = [
  [`GET ${root}/links`, listLinks],
  [`POST ${root}/links`, link],
  [`GET ${root}/links/:link`, call => showLink(call, findLink(call))],
  [`DELETE ${root}/links/:link`, unlink],
  [`GET ${root}/related_merge_requests`, call => listMergeRequests(call, /#(\d+)/g)],
  [`GET ${root}/closed_by`, call => listMergeRequests(call, /(?:closes|fixes|resolves) #(\d+)/gi)],
  [`POST ${root}/move`, move],
  [`POST ${root}/clone`, clone],
  [`PUT ${root}/reorder`, reorder],
  ['GET /projects/:id/issues_statistics', statistics],
  [`GET ${root}/metric_images`, call => paged(call, sidesOf(findIssue(call)).images, one => one)],
  [`POST ${root}/metric_images`, addImage],
  [`PUT ${root}/metric_images/:image`, updateImage],
  [`DELETE ${root}/metric_images/:image`, removeImage],
  [`GET ${root}/resource_milestone_events`, call => paged(call, sidesOf(findIssue(call)).milestones, one => one)],
  [
    `GET ${root}/resource_milestone_events/:event`,
    call => among(sidesOf(findIssue(call)).milestones, call.path('event')),
  ],
];

function among(rows: readonly Fields[], id: string): Fields {
  const found = rows.find(row => String(row['id']) === id);
  if (!found) throw notFound();
  return found;
}

/** What a link says, seen from its other end. */
const reversed: Readonly<Record<string, string>> = { blocks: 'is_blocked_by', is_blocked_by: 'blocks' };

const linksOf = (call: Call) => {
  const issue = findIssue(call);
  return call.world.issueLinks.filter(({ source, target }) => source === issue || target === issue);
};

function listLinks(call: Call) {
  const issue = findIssue(call);
  return paged(call, linksOf(call), ({ id, source, target, type, createdAt }) => ({
    ...shownIssue(source === issue ? target : source),
    issue_link_id: id,
    link_type: source === issue ? type : (reversed[type] ?? type),
    link_created_at: iso(createdAt),
    link_updated_at: iso(createdAt),
  }));
}

type Link = Call['world']['issueLinks'][number];

const showLink = (_: Call, { id, source, target, type }: Link): Fields => ({
  id,
  source_issue: shownIssue(source),
  target_issue: shownIssue(target),
  link_type: type,
});

function findLink(call: Call): Link {
  const found = linksOf(call).find(({ id }) => String(id) === call.path('link'));
  if (!found) throw notFound();
  return found;
}

function projectFrom(call: Call, given: string): Project {
  const { world, caller } = call;
  const found = /^\d+$/.test(given) ? world.projects.get(Number(given)) : world.paths.get(given);
  if (!found || !canSee(caller, found)) throw notFound('Project');
  return found;
}

function link(call: Call) {
  const source = findIssue(call);
  call.demand(call.project(), 15);
  const project = projectFrom(call, call.text('target_project_id') ?? '');
  const target = call.world
    .partsOf(project)
    .shelf.issues.find(({ iid }) => String(iid) === call.text('target_issue_iid'));
  if (!target)
    throw refusal(404, { message: 'No matching issue found. Make sure that you are adding a valid issue URL.' });
  if (linksOf(call).some(one => [one.source, one.target].includes(target)) || target === source)
    throw refusal(409, { message: 'Issue(s) already assigned' });
  const type = call.text('link_type') ?? 'relates_to';
  const made: Link = { id: call.world.nextId(), source, target, type, createdAt: call.world.now() };
  call.world.issueLinks.push(made);
  return reply(201, showLink(call, made));
}

function unlink(call: Call) {
  const found = findLink(call);
  const { issueLinks } = call.world;
  issueLinks.splice(issueLinks.indexOf(found), 1);
  return showLink(call, found);
}

function listMergeRequests(call: Call, mention: RegExp) {
  const { iid } = findIssue(call);
  const found = call.world
    .partsOf(call.project())
    .shelf.mergeRequests.filter(one =>
      [...`${String(one['title'])}\n${String(one['description'])}`.matchAll(mention)].some(
        ([, named]) => named === String(iid),
      ),
    );
  return paged(call, found, ({ approved_by: _, notes: __, ...one }) => one);
}

function copyTo(call: Call, issue: Fields, withNotes: boolean): Fields {
  const project = projectFrom(call, call.text('to_project_id') ?? '');
  call.demand(project, 15);
  const made = newIssue(call.world, project, String(issue['title']), call.user().id, call.world.now());
  Object.assign(made, { description: issue['description'], labels: issue['labels'], author: issue['author'] });
  if (withNotes) made['notes'] = [...((issue['notes'] as Fields[] | undefined) ?? [])];
  return made;
}

function move(call: Call) {
  const issue = findIssue(call);
  call.demand(call.project(), 15);
  const wanted = projectFrom(call, call.text('to_project_id') ?? '');
  if (wanted === call.project()) throw badRequest('Cannot move issue to project it originates from!');
  const made = copyTo(call, issue, true);
  Object.assign(issue, { state: 'closed', closed_at: iso(call.world.now()), moved_to_id: made['id'] });
  return reply(201, shownIssue(made));
}

function clone(call: Call) {
  return reply(201, shownIssue(copyTo(call, findIssue(call), call.flag('with_notes') ?? false)));
}

function reorder(call: Call): Fields {
  const issue = findIssue(call);
  const [after, before] = [call.number('move_after_id'), call.number('move_before_id')];
  const { issues } = call.world.partsOf(call.project(15)).shelf;
  const other = issues.find(({ id }) => id === (after ?? before));
  if (!other) throw badRequest('Issue not found');
  issue['relative_position'] = Number(other['relative_position'] ?? other['iid']) + (after === undefined ? -0.5 : 0.5);
  return shownIssue(issue);
}

function statistics(call: Call): Fields {
  const is = (name: string, value: string[]) => !call.has(name) || value.includes(call.text(name) ?? '');
  const found = call.world
    .partsOf(call.project())
    .shelf.issues.filter(
      issue =>
        is('author_username', usernames(issue['author'])) &&
        is('assignee_username', usernames(issue['assignees'])) &&
        call.list('labels').every(label => labelsOf(issue).includes(label)) &&
        matches(call.text('search'), String(issue['title']), String(issue['description'])),
    );
  const count = (state: string) => found.filter(issue => issue['state'] === state).length;
  return { statistics: { counts: { all: found.length, closed: count('closed'), opened: count('opened') } } };
}

/** A picture of an incident as it goes on the wire. */
export const newImage = (id: number, filename: string, at: number): Fields => ({
  id,
  created_at: iso(at),
  filename,
  file_path: `/uploads/-/system/issuable_metric_image/file/${id}/${filename}`,
  url: null,
  url_text: null,
});

function caption(call: Call, image: Fields): Fields {
  for (const name of ['url', 'url_text']) if (call.has(name)) image[name] = call.text(name);
  return image;
}

function addImage(call: Call) {
  const issue = findIssue(call);
  call.demand(call.project(), 20);
  const image = newImage(call.world.nextId(), call.text('file') ?? 'file', call.world.now());
  sidesOf(issue).images.push(caption(call, image));
  return reply(201, image);
}

function updateImage(call: Call): Fields {
  return caption(call, among(sidesOf(findIssue(call)).images, call.path('image')));
}

function removeImage(call: Call) {
  const { images } = sidesOf(findIssue(call));
  images.splice(images.indexOf(among(images, call.path('image'))), 1);
  return noContent;
}
