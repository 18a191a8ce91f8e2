import type { Family } from '../state.ts';
import type { Project, World } from '../world.ts';

const dayMs = 86_400_000;

/** What people have set up and left around their work. Numbers of things are small, so that examples can name them. */
export function seedWork(world: World, project: Project, { users }: Family): void {
  project.members.push({ userId: users.noor.id, level: 30, expiresAt: null, createdAt: world.now() - 90 * dayMs });
}
