import { type Call, type Endpoint, noContent, reply } from '../call.ts';
import { paged } from '../paging.ts';
import type { Fields } from '../parameters.ts';
import { badRequest, forbidden, notFound, refusal } from '../refusal.ts';
import { sidesOf } from '../sides.ts';
import { describeUser, iso } from '../world.ts';
import { usernames } from './changes.ts';
import { findIssue } from './issues.ts';
import { findMergeRequest } from './merge-requests.ts';

/** What issues and merge requests have in common: reactions, time, people. */
export const workItemEndpoints: readonly Endpoint[] = [
  ...endpointsOf('/projects/:id/issues/:iid', 'Issue', findIssue),
  ...endpointsOf('/projects/:id/merge_requests/:iid', 'MergeRequest', findMergeRequest),
];

type Find = (call: Call) => Fields;

function endpointsOf(base: string, kind: string, find: Find): Endpoint[] {
  const findNote: Find = call => {
    const notes = (find(call)['notes'] as Fields[] | undefined) ?? [];
    const note = notes.find(({ id }) => String(id) === call.path('note'));
    if (!note) throw notFound('Note');
    return note;
  };
  return [
    [`GET ${base}/notes/:note`, findNote],
    ...awardsOf(base, kind, find),
    ...awardsOf(`${base}/notes/:note`, 'Note', findNote),
    [`GET ${base}/time_stats`, call => find(call)['time_stats'] as Fields],
    [`POST ${base}/time_estimate`, call => setTime(call, find, 'time_estimate', secondsOf(call))],
    [`POST ${base}/reset_time_estimate`, call => setTime(call, find, 'time_estimate', 0)],
    [`POST ${base}/add_spent_time`, call => setTime(call, find, 'total_time_spent', secondsOf(call), true)],
    [`POST ${base}/reset_spent_time`, call => setTime(call, find, 'total_time_spent', 0)],
    [`GET ${base}/participants`, call => listParticipants(call, find(call))],
  ];
}

function awardsOf(base: string, kind: string, find: Find): Endpoint[] {
  const awards = (call: Call): Fields[] => sidesOf(find(call)).awards;
  const one = (call: Call): Fields => {
    const found = awards(call).find(({ id }) => String(id) === call.path('award'));
    if (!found) throw notFound('Award Emoji');
    return found;
  };
  return [
    [`GET ${base}/award_emoji`, call => paged(call, awards(call), award => award)],
    [`GET ${base}/award_emoji/:award`, one],
    [
      `POST ${base}/award_emoji`,
      call => {
        const [name, user] = [call.text('name') ?? '', call.user()];
        const mine = awards(call).some(
          award => award['name'] === name && usernames(award['user']).includes(user.username),
        );
        if (mine) throw notFound('Award Emoji Name has already been taken');
        const made = newAward(call, find(call), { name, kind, userId: user.id });
        awards(call).push(made);
        return reply(201, made);
      },
    ],
    [
      `DELETE ${base}/award_emoji/:award`,
      call => {
        const award = one(call);
        if (!usernames(award['user']).includes(call.user().username)) throw forbidden();
        awards(call).splice(awards(call).indexOf(award), 1);
        return noContent;
      },
    ],
  ];
}

interface Award {
  id?: number;
  name: string;
  kind: string;
  userId: number;
}

/** A reaction as it goes on the wire. */
export function newAward({ world }: Pick<Call, 'world'>, thing: Fields, { id, name, kind, userId }: Award): Fields {
  return {
    id: id ?? world.nextId(),
    name,
    user: describeUser(world, userId),
    created_at: iso(world.now()),
    updated_at: iso(world.now()),
    awardable_id: thing['id'],
    awardable_type: kind,
    url: null,
  };
}

/** A month of work has four weeks, a week five days, a day eight hours. */
const units: Readonly<Record<string, number>> = { mo: 576_000, w: 144_000, d: 28_800, h: 3600, m: 60, s: 1 };

function secondsOf(call: Call): number {
  const text = call.text('duration') ?? '';
  const parts = [...text.matchAll(/(\d{1,9}) ?(mo|w|d|h|m|s)/g)];
  if (parts.length === 0) throw badRequest('duration is invalid');
  const total = parts.reduce((sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ''] ?? 0), 0);
  return text.trim().startsWith('-') ? -total : total;
}

function humanOf(seconds: number): string | null {
  let rest = seconds;
  const words = Object.entries(units).flatMap(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count > 0 ? [`${count}${unit}`] : [];
  });
  return words.join(' ') || null;
}

function setTime(call: Call, find: Find, name: 'time_estimate' | 'total_time_spent', seconds: number, adds = false) {
  const thing = find(call);
  call.demand(call.project(), 20);
  const stats = thing['time_stats'] as Fields;
  const total = (adds ? Number(stats[name]) : 0) + seconds;
  if (total < 0) throw refusal(400, { message: { base: ['Time to subtract exceeds the total time spent'] } });
  Object.assign(stats, { [name]: total, [`human_${name}`]: humanOf(total) });
  return reply(adds || call.request.method === 'POST' ? 201 : 200, stats);
}

function listParticipants(call: Call, thing: Fields) {
  const notes = (thing['notes'] as Fields[] | undefined) ?? [];
  const people = [thing['author'], ...((thing['assignees'] as unknown[]) ?? []), ...notes.map(note => note['author'])];
  const byId = new Map(people.map(one => [(one as Fields)['id'], one]));
  return paged(call, [...byId.values()], one => one);
}
