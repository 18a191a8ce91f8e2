import type { Call } from '../call.ts';
import { labelsOf } from '../paging.ts';
import type { Fields } from '../parameters.ts';
import { notFound, refusal } from '../refusal.ts';
import { describeUser, iso, type Project } from '../world.ts';

export const usernames = (people: unknown): string[] =>
  (Array.isArray(people) ? people : [people]).map(one => String((Object(one) as Fields)['username']));

/** A merge request as it is kept. */
export function newMergeRequest(
  { world }: Pick<Call, 'world'>,
  project: Project,
  wanted: { title: string; source: string; target: string; authorId: number; createdAt: number },
): Fields {
  const { mergeRequests } = world.partsOf(project).shelf;
  const iid = mergeRequests.length + 1;
  const at = iso(wanted.createdAt);
  const one: Fields = {
    ...{ id: world.nextId(), iid, project_id: project.id, title: wanted.title, description: '', state: 'opened' },
    ...{ draft: /^draft:/i.test(wanted.title), work_in_progress: /^draft:/i.test(wanted.title) },
    ...{
      source_branch: wanted.source,
      target_branch: wanted.target,
      source_project_id: project.id,
      target_project_id: project.id,
    },
    ...{
      author: describeUser(world, wanted.authorId),
      assignees: [],
      assignee: null,
      reviewers: [],
      labels: [],
      milestone: null,
    },
    ...{
      sha: world.partsOf(project).repository.headOf(wanted.source),
      merge_commit_sha: null,
      squash_commit_sha: null,
      squash: false,
    },
    ...{
      user_notes_count: 0,
      upvotes: 0,
      downvotes: 0,
      force_remove_source_branch: true,
      should_remove_source_branch: null,
    },
    ...{
      created_at: at,
      updated_at: at,
      merged_at: null,
      merged_by: null,
      merge_user: null,
      closed_at: null,
      closed_by: null,
    },
    ...{ merge_when_pipeline_succeeds: false, discussion_locked: null, blocking_discussions_resolved: true },
    references: { short: `!${iid}`, relative: `!${iid}`, full: `${project.fullPath}!${iid}` },
    web_url: `${world.origin}/${project.fullPath}/-/merge_requests/${iid}`,
    approved_by: [],
  };
  mergeRequests.push(one);
  return one;
}

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
export function needOne(call: Call, names: string): void {
  const known = names.split(' ').map(word => word.split(':')[0] ?? '');
  if (!known.some(name => call.has(name)))
    throw refusal(400, { error: `${known.join(', ')} are missing, at least one parameter must be provided` });
}
