import { type Call, canSee, type Endpoint, noContent, reply } from '../call.ts';
import { newIssue, newNote } from '../new-things.ts';
import { isWithin, labelsOf, matches, paged, sorted } from '../paging.ts';
import type { Fields } from '../parameters.ts';
import { forbidden, notFound } from '../refusal.ts';
import { iso, levelOf, type Project } from '../world.ts';
import { change, needOne, usernames } from './changes.ts';
import { findMergeRequest } from './merge-requests.ts';
import { projectsBelow } from './projects.ts';

const root = '/projects/:id/issues';

export const issueEndpoints: readonly Endpoint[] = [
  ['GET /issues', call => list(call, [...call.world.projects.values()], 'created_by_me')],
  ['GET /groups/:id/issues', call => list(call, projectsBelow(call, call.group(), true))],
  [`GET ${root}`, call => list(call, [call.project()])],
  [`GET ${root}/:iid`, call => shownIssue(findIssue(call))],
  [`POST ${root}`, create],
  [`PUT ${root}/:iid`, update],
  [`DELETE ${root}/:iid`, remove],
  ...notesBelow('merge_requests', findMergeRequest),
  ...notesBelow('issues', findIssue),
];

const shelfOf = (call: Call, project: Project): Fields[] => call.world.partsOf(project).shelf.issues;
/** An issue as it goes on the wire. */
export const shownIssue = ({ notes: _, ...issue }: Fields): Fields => issue;

export function findIssue(call: Call): Fields {
  const issue = shelfOf(call, call.project()).find(one => String(one['iid']) === call.path('iid'));
  if (!issue || (issue['confidential'] && levelOf(call.caller.user, call.project()) < 20)) throw notFound('Issue');
  return issue;
}

function list(call: Call, projects: readonly Project[], scope = 'all') {
  const all = projects.filter(one => one.parts && canSee(call.caller, one)).flatMap(one => shelfOf(call, one));
  const mine = call.user().username;
  const wanted = call.text('scope') ?? scope;
  const is = (name: string, value: unknown): boolean => !call.has(name) || call.text(name) === String(value);
  const found = all.filter(
    issue =>
      (is('state', issue['state']) || call.text('state') === 'all') &&
      is('issue_type', issue['issue_type']) &&
      is('confidential', issue['confidential']) &&
      is('author_username', usernames(issue['author'])[0]) &&
      (wanted !== 'created_by_me' || usernames(issue['author']).includes(mine)) &&
      (wanted !== 'assigned_to_me' || usernames(issue['assignees']).includes(mine)) &&
      call.list('assignee_username').every(name => usernames(issue['assignees']).includes(name)) &&
      call.list('labels').every(label => labelsOf(issue).includes(label)) &&
      (call.list('iids').length === 0 || call.list('iids').includes(String(issue['iid']))) &&
      matches(call.text('search'), String(issue['title']), String(issue['description'])) &&
      isWithin(call, 'created', Date.parse(String(issue['created_at']))) &&
      isWithin(call, 'updated', Date.parse(String(issue['updated_at']))),
  );
  const order = call.text('order_by') ?? 'created_at';
  return paged(
    call,
    sorted(found, one => String(one[order] ?? ''), call.text('sort') ?? 'desc'),
    shownIssue,
  );
}

function create(call: Call) {
  const issue = newIssue(call.world, call.project(), call.text('title') ?? '', call.user().id, call.world.now());
  issue['issue_type'] = call.text('issue_type') ?? 'issue';
  change(call, issue);
  return reply(201, shownIssue(issue));
}

function update(call: Call) {
  const issue = findIssue(call);
  needOne(call);
  if (!usernames(issue['author']).includes(call.user().username)) call.demand(call.project(), 15);
  change(call, issue);
  return shownIssue(issue);
}

function remove(call: Call) {
  const issue = findIssue(call);
  const issues = shelfOf(call, call.project(50));
  issues.splice(issues.indexOf(issue), 1);
  return noContent;
}

function notesBelow(kind: 'merge_requests' | 'issues', findThing: (call: Call) => Fields): Endpoint[] {
  const base = `/projects/:id/${kind}/:iid/notes`;
  const jobToken = kind === 'merge_requests';
  const notesOf = (call: Call): Fields[] => {
    const thing = findThing(call);
    thing['notes'] ??= [];
    return thing['notes'] as Fields[];
  };
  const findNote = (call: Call): Fields => {
    const note = notesOf(call).find(({ id }) => String(id) === call.path('note'));
    if (!note) throw notFound('Note');
    if (!usernames(note['author']).includes(call.user().username)) throw forbidden();
    return note;
  };
  return [
    [`GET ${base}`, { jobToken }, call => listNotes(call, notesOf(call))],
    [`POST ${base}`, call => addNote(call, kind, findThing(call), notesOf(call))],
    [
      `PUT ${base}/:note`,
      call => Object.assign(findNote(call), { body: call.text('body'), updated_at: iso(call.world.now()) }),
    ],
    [
      `DELETE ${base}/:note`,
      call => {
        const notes = notesOf(call);
        notes.splice(notes.indexOf(findNote(call)), 1);
        return noContent;
      },
    ],
  ];
}

// Internal notes are cut out of a page after it was cut, so a page may be short without being the last.
function listNotes(call: Call, notes: readonly Fields[]) {
  const filter = call.text('activity_filter') ?? 'all_notes';
  const found = notes.filter(({ system }) => filter === 'all_notes' || system === (filter === 'only_activity'));
  const order = call.text('order_by') ?? 'created_at';
  const page = paged(
    call,
    sorted(found, one => String(one[order]), call.text('sort') ?? 'desc'),
    one => one,
  );
  const trusted = levelOf(call.caller.user, call.project()) >= 20;
  const rows = page.json as Fields[];
  return { ...page, json: rows.filter(({ internal }) => trusted || !internal) };
}

function addNote(call: Call, kind: string, thing: Fields, notes: Fields[]) {
  const note: Fields = {
    ...newNote(call.world, thing, call.text('body') ?? '', call.user().id, call.world.now()),
    noteable_type: kind === 'issues' ? 'Issue' : 'MergeRequest',
    internal: call.flag('internal') ?? false,
  };
  notes.push(note);
  thing['user_notes_count'] = notes.length;
  return reply(201, note);
}
