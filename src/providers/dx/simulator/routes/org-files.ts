import * as z from 'zod';
import { text } from '../arguments.ts';
import { bare, type Call, type Endpoint, endpoint, ok } from '../call.ts';
import { encodeId } from '../paging.ts';
import { invalid, refusal } from '../refusal.ts';
import { findUser, teamsNow } from '../team-tree.ts';
import type { Hierarchy, Team } from '../things/people.ts';
import { iso, pick } from '../world.ts';

const mostBytes = 10 * 1024 * 1024;
const day = 86_400_000;
const restDays = 21;
const importMs = 4000;

const upload = endpoint(
  'POST orgfiles.upload',
  { scopes: ['snapshots:read'] },
  { file: z.instanceof(File), upload_type: z.enum(['user', 'team']) },
  async ({ world, now }, { file, upload_type }) => {
    if (file.size > mostBytes) throw invalid('file is longer than 10 MB');
    const content = await file.text();
    if (!content.includes(',')) throw invalid('file is not CSV');
    const id = encodeId(world.nextId());
    world.uploads.unshift({ id, upload_type, created_at: iso(now), filename: file.name, text: content });
    return ok({ upload: { id, upload_type, filename: file.name, created_at: iso(now) } });
  },
);

const plannedTeam = z.object({
  name: text,
  reference_id: text.nullish(),
  team_lead_email: text.nullish(),
  parent_team_reference_id: text.nullish(),
  parent_team_name: text.nullish(),
  contributors: z.array(text).default([]),
});

type PlannedTeam = z.output<typeof plannedTeam>;

/** The teams as planned: those that exist keep their ids. Fails where somebody or some team is not known. */
function plan({ world, now }: Call, planned: readonly PlannedTeam[]): Omit<Hierarchy, 'at'> {
  if (planned.length === 0) throw invalid('teams is empty');
  const before = teamsNow(world, now);
  const idOf = (email: string): string => {
    const user = world.users.find(one => one.email === email);
    if (!user) throw invalid(`${email} is not known`);
    return user.id;
  };
  const made = planned.map(({ name, reference_id = null, ...rest }) => {
    const known = before.find(team =>
      reference_id === null ? team.name === name : team.reference_id === reference_id,
    );
    return { rest, team: { id: known?.id ?? encodeId(world.nextId()), name, reference_id } };
  });
  const teams = made.map(({ rest, team }): Team => {
    const { parent_team_reference_id: byReference, parent_team_name: byName, contributors, team_lead_email } = rest;
    const parent = made.find(one =>
      byReference == null ? one.team.name === byName : one.team.reference_id === byReference,
    );
    if ((byReference ?? byName) != null && !parent) throw invalid(`The parent of ${team.name} is not among the teams`);
    const lead_id = team_lead_email == null ? null : idOf(team_lead_email);
    return { ...team, parent_id: parent?.team.id ?? null, lead_id, member_ids: contributors.map(idOf), changedAt: now };
  });
  const kept = new Set(teams.map(({ id }) => id));
  return { teams, archived: before.filter(({ id }) => !kept.has(id)) };
}

function checkRest({ world, state, now }: Call): void {
  const latest = Math.max(...world.snapshots.map(({ completed_at }) => Date.parse(completed_at)));
  if (state.snapshotLive || now - latest < restDays * day)
    throw refusal('snapshot_live', 'Teams cannot be imported during a snapshot and three weeks after', { status: 409 });
}

const readHierarchy = endpoint('GET orgfiles.teamHierarchy.get', { scopes: ['snapshots:admin'] }, {}, call => {
  const { world, now } = call;
  const all = teamsNow(world, now);
  return bare(
    all.map(team => ({
      ...pick(team, 'id', 'name', 'reference_id'),
      parent_id: team.parent_id,
      parent_name: all.find(({ id }) => id === team.parent_id)?.name ?? null,
      team_lead_email: findUser(world, team.lead_id)?.email ?? null,
      members: team.member_ids.map(id => findUser(world, id)).map(user => user && pick(user, 'id', 'name', 'email')),
    })),
  );
});

export const orgFileEndpoints: readonly Endpoint[] = [
  upload,
  endpoint('GET orgfiles.list', { scopes: ['teams:manage'] }, {}, ({ world, links }) =>
    bare({
      uploads: world.uploads.map(({ text: content, ...one }) => ({
        ...one,
        download_url: links.make(`${one.id}.csv`, { type: 'text/csv', content: () => [content] }),
      })),
    }),
  ),
  readHierarchy,
  endpoint(
    'POST orgfiles.teamHierarchy.preview',
    { scopes: ['snapshots:admin'] },
    { teams: z.array(plannedTeam) },
    (call, { teams }) => {
      const { teams: planned, archived } = plan(call, teams);
      const lines = [
        ...planned.map(({ name }) => `keep ${name}\n`),
        ...archived.map(({ name }) => `archive ${name}\n`),
      ];
      const name = `hierarchy-preview-${call.world.nextId()}.txt`;
      return ok({ preview_url: call.links.make(name, { type: 'text/plain', content: () => lines }) });
    },
  ),
  endpoint(
    'POST orgfiles.teamHierarchy.process',
    { scopes: ['snapshots:admin'] },
    { teams: z.array(plannedTeam), email: text.optional() },
    (call, { teams }) => {
      checkRest(call);
      call.world.hierarchy = { at: call.now + importMs, ...plan(call, teams) };
      return ok();
    },
  ),
];
