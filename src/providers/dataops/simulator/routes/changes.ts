import type { Call } from '../call.ts';
import { labelsOf } from '../paging.ts';
import type { Fields } from '../parameters.ts';
import { notFound, refusal } from '../refusal.ts';
import { describeUser, iso } from '../world.ts';

export const usernames = (people: unknown): string[] =>
  (Array.isArray(people) ? people : [people]).map(one => String((Object(one) as Fields)['username']));

/** Applies what merge requests and issues have in common. */
export function change(call: Call, one: Fields): void {
  const people = (name: string): unknown[] =>
    call
      .list(name)
      .filter(id => id !== '0')
      .map(id => {
        const user = call.world.users.find(other => String(other.id) === id);
        if (!user) throw notFound('User');
        return describeUser(call.world, user.id);
      });
  for (const name of [
    'title',
    'description',
    'target_branch',
    'squash',
    'due_date',
    'confidential',
    'discussion_locked',
  ])
    if (call.has(name)) one[name] = call.fields[name];
  if (call.has('title') && 'draft' in one) one['draft'] = /^draft:/i.test(call.text('title') ?? '');
  if (call.has('assignee_ids')) one['assignees'] = people('assignee_ids');
  if (call.has('reviewer_ids')) one['reviewers'] = people('reviewer_ids');
  one['assignee'] = (one['assignees'] as unknown[])[0] ?? null;
  const kept = call.has('labels') ? call.list('labels') : labelsOf(one);
  const labels = [...kept, ...call.list('add_labels')].filter(label => !call.list('remove_labels').includes(label));
  one['labels'] = [...new Set(labels)].sort();
  const event = call.text('state_event');
  if (event === 'close' && one['state'] === 'opened')
    Object.assign(one, { state: 'closed', closed_at: iso(call.world.now()) });
  if (event === 'reopen' && one['state'] === 'closed') Object.assign(one, { state: 'opened', closed_at: null });
  one['updated_at'] = iso(call.world.now());
}

/** Refuses a change that changes nothing. */
export function needOne(call: Call): void {
  const known = call.takes;
  if (!known.some(name => call.has(name)))
    throw refusal(400, { error: `${known.join(', ')} are missing, at least one parameter must be provided` });
}
