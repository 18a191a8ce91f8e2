import { newNote, protectedTag } from '../new-things.ts';
import type { Fields } from '../parameters.ts';
import { newImage } from '../routes/issue-relations.ts';
import { newDraft } from '../routes/reviews.ts';
import { delivery, newHook } from '../routes/webhooks.ts';
import { newAward } from '../routes/work-items.ts';
import { sidesOf } from '../sides.ts';
import type { Family } from '../state.ts';
import { describeUser, iso, type Project, type World } from '../world.ts';

const dayMs = 86_400_000;

/** What people have set up and left around their work. Numbers of things are small, so that examples can name them. */
export function seedWork(world: World, project: Project, { users }: Family): void {
  project.members.push({ userId: users.noor.id, level: 30, expiresAt: null, createdAt: world.now() - 90 * dayMs });
  const { shelf, protectedTags } = world.partsOf(project);
  protectedTags.push(protectedTag(1, 'v*'));
  // The laboratory's own server has been down since yesterday.
  const hook = newHook(1, 'https://lab.meridian.example/hooks/503?key=webhook-key-1', world.now() - 60 * dayMs);
  Object.assign(hook, { project_id: project.id, pipeline_events: true, token: 'webhook-token-1' });
  Object.assign(hook['custom_headers'] as Fields, { 'X-Lab-Key': 'webhook-header-1' });
  Object.assign(hook['url_variables'] as Fields, { room: 'webhook-room-1' });
  const open = { ...hook, url: 'https://lab.meridian.example/hooks' };
  hook['deliveries'] = [
    delivery(1, open, 'pipeline_hooks', world.now() - 2 * dayMs),
    delivery(2, hook, 'push_hooks', world.now() - dayMs / 2),
  ];
  shelf.hooks.push(hook);
  shelf.resourceGroups.push({
    id: 1,
    key: 'PROD',
    process_mode: 'oldest_first',
    created_at: iso(world.now() - 50 * dayMs),
    updated_at: iso(world.now() - 50 * dayMs),
  });
  const [release] = shelf.releases;
  const [link] = (release?.['assets'] as { links: Fields[] } | undefined)?.links ?? [];
  const web = `${world.origin}/${project.fullPath}/-/releases/v1.0.0/downloads`;
  Object.assign(link ?? {}, { id: 1, direct_asset_url: `${web}/notes/1.0.0.txt` });
  seedDiscussion(world, project, users);
}

function seedDiscussion(world: World, project: Project, { maya, amara, liam }: Family['users']): void {
  const { issues, mergeRequests } = world.partsOf(project).shelf;
  const [issue = {}, other = {}] = issues;
  const [merge = {}] = mergeRequests;
  merge['description'] = 'Closes #2, and has to do with #1.';
  merge['reviewers'] = [describeUser(world, maya.id), describeUser(world, liam.id)];
  issue['time_stats'] = {
    time_estimate: 14_400,
    total_time_spent: 5400,
    human_time_estimate: '4h',
    human_total_time_spent: '1h 30m',
  };
  world.issueLinks.push({ id: 1, source: issue, target: other, type: 'blocks', createdAt: world.now() - 20 * dayMs });
  for (const [thing, kind] of [
    [issue, 'Issue'],
    [merge, 'MergeRequest'],
  ] as const) {
    const note = { ...newNote(world, thing, 'Which standard was it?', maya.id, world.now() - 4 * dayMs), id: 1 };
    thing['notes'] ??= [];
    const notes = thing['notes'] as Fields[];
    notes.unshift({ ...note, noteable_type: kind });
    thing['user_notes_count'] = notes.filter(({ system }) => !system).length;
    for (const awarded of [thing, notes[0] ?? {}])
      sidesOf(awarded).awards.push(
        newAward({ world }, awarded, {
          id: 1,
          name: 'thumbsup',
          kind: awarded === thing ? kind : 'Note',
          userId: maya.id,
        }),
        newAward({ world }, awarded, {
          id: 2,
          name: 'eyes',
          kind: awarded === thing ? kind : 'Note',
          userId: amara.id,
        }),
      );
  }
  sidesOf(merge).drafts.push(newDraft(1, merge, maya.id, 'Why two metres?'), newDraft(2, merge, amara.id, 'Not yet'));
  sidesOf(merge).contextCommits.push(world.partsOf(project).repository.headOf('v1.0.0'));
  sidesOf(issue).images.push(newImage(1, 'load.png', world.now() - 3 * dayMs));
  sidesOf(issue).milestones.push({
    id: 1,
    user: describeUser(world, liam.id),
    created_at: iso(world.now() - 10 * dayMs),
    resource_type: 'Issue',
    resource_id: issue['id'],
    milestone: { id: 1, iid: 1, title: '2026 Q4', state: 'active' },
    action: 'add',
    state: 'opened',
  });
}
