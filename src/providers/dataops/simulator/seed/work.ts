import { protectedTag } from '../new-things.ts';
import type { Fields } from '../parameters.ts';
import { delivery, newHook } from '../routes/webhooks.ts';
import type { Family } from '../state.ts';
import type { Project, World } from '../world.ts';

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
}
