import { encodeId } from './paging.ts';
import type { Team, User } from './things/people.ts';
import type { World } from './world.ts';

/** The teams as they are now. */
export function teamsNow(world: World, now: number): Team[] {
  const { hierarchy } = world;
  if (!hierarchy || now < hierarchy.at) return world.teams;
  delete world.hierarchy;
  const before = new Set(world.teams.map(team => team.id));
  world.teams = hierarchy.teams;
  const changed = [
    ...world.teams.filter(team => !before.delete(team.id)).map(team => ({ team, action: 'team_created' })),
    ...hierarchy.archived.map(team => ({ team, action: 'team_archived' })),
  ];
  for (const { team, action } of changed) recordEvent(world, { team, action, at: hierarchy.at });
  return world.teams;
}

function recordEvent(world: World, { team, action, at }: { team: Team; action: string; at: number }): void {
  world.teamEvents.unshift({
    id: encodeId(world.nextId()),
    actor: 'import@kestrel.example',
    team: team.name,
    action,
    metadata: {},
    created: Math.floor(at / 1000),
  });
}

/** A team, its parent, and so on up. */
export function lineOf<Node extends { id: string; parent_id: string | null }>(
  all: readonly Node[],
  node: Node,
): Node[] {
  const parent = all.find(one => one.id === node.parent_id);
  return parent ? [node, ...lineOf(all, parent)] : [node];
}

export const findUser = (world: World, id: string | null): User | undefined => world.users.find(user => user.id === id);
