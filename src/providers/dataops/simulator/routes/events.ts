import { type Call, canSee, type Endpoint } from '../call.ts';
import { historyOf } from '../git.ts';
import { paged, sorted } from '../paging.ts';
import type { Fields } from '../parameters.ts';
import { notFound } from '../refusal.ts';
import { describeUser, iso, type Project } from '../world.ts';

/** What was done follows from what there is: pushes, things that were opened or closed, comments. */
export const eventEndpoints: readonly Endpoint[] = [
  ['GET /projects/:id/events', call => list(call, [call.project()])],
  ['GET /events', call => list(call, visible(call), call.text('scope') === 'all' ? undefined : call.user().id)],
  ['GET /users/:id/events', listOfUser],
];

const visible = (call: Call): Project[] =>
  [...call.world.projects.values()].filter(one => one.parts && canSee(call.caller, one));

function listOfUser(call: Call) {
  const given = call.path('id');
  const user = call.world.users.find(({ id, username }) => String(id) === given || username === given);
  if (!user) throw notFound('User');
  return list(call, visible(call), user.id);
}

interface Done {
  action_name: string;
  target_type: string | null;
  target_id: unknown;
  target_iid: unknown;
  target_title: unknown;
  author_id: unknown;
  created_at: string;
}

const idOf = (user: unknown): unknown => (user as Fields | null)?.['id'];

function doneTo(thing: Fields, target_type: string): Done[] {
  const target = { target_id: thing['id'], target_iid: thing['iid'], target_title: thing['title'] };
  const notes = (thing['notes'] as Fields[] | undefined) ?? [];
  const said = notes
    .filter(({ system }) => !system)
    .map(note => ({
      action_name: 'commented on',
      target_type: 'Note',
      target_id: note['id'],
      target_iid: note['id'],
      target_title: thing['title'],
      author_id: idOf(note['author']),
      created_at: String(note['created_at']),
    }));
  const made = { ...target, target_type, author_id: idOf(thing['author']) };
  const closed =
    typeof thing['closed_at'] === 'string' ? [{ ...made, action_name: 'closed', created_at: thing['closed_at'] }] : [];
  return [{ ...made, action_name: 'opened', created_at: String(thing['created_at']) }, ...closed, ...said];
}

function eventsIn(call: Call, project: Project): Fields[] {
  const { shelf, repository } = call.world.partsOf(project);
  const head = repository.find(project.defaultBranch);
  const pushed = (head ? historyOf(repository, head) : []).map(({ sha, message, author, at }) => ({
    action_name: 'pushed to',
    target_type: null,
    target_id: null,
    target_iid: null,
    target_title: null,
    author_id: call.world.users.find(({ email }) => email === author.email)?.id,
    created_at: iso(at),
    push_data: {
      commit_count: 1,
      action: 'pushed',
      ref_type: 'branch',
      ref: project.defaultBranch,
      commit_to: sha,
      commit_title: message.split('\n', 1)[0],
    },
  }));
  const done = [
    ...shelf.issues.flatMap(one => doneTo(one, 'Issue')),
    ...shelf.mergeRequests.flatMap(one => doneTo(one, 'MergeRequest')),
  ];
  return [...pushed, ...done].map(one => ({ ...one, project_id: project.id }));
}

/** The words that are asked for, and how they stand in an event. */
const actions: Readonly<Record<string, string>> = { created: 'opened', pushed: 'pushed to', commented: 'commented on' };

function list(call: Call, projects: readonly Project[], authorId?: number) {
  call.user();
  const [action, target] = [call.text('action'), call.text('target_type')];
  const [after, before] = [call.text('after'), call.text('before')];
  const found = projects
    .flatMap(project => eventsIn(call, project))
    .filter(
      one =>
        (authorId === undefined || one['author_id'] === authorId) &&
        (action === undefined || one['action_name'] === (actions[action] ?? action)) &&
        (target === undefined || String(one['target_type']).toLowerCase() === target.replace('_', '')) &&
        (after === undefined || String(one['created_at']).slice(0, 10) > after) &&
        (before === undefined || String(one['created_at']).slice(0, 10) < before),
    );
  const ordered = sorted(found, one => String(one['created_at']), call.text('sort') ?? 'desc');
  return paged(
    call,
    ordered.map((one, at) => ({ id: at + 1, ...one }) as Fields),
    one => ({
      ...one,
      ...(typeof one['author_id'] === 'number' && {
        author: describeUser(call.world, one['author_id']),
        author_username: describeUser(call.world, one['author_id']).username,
      }),
    }),
  );
}
