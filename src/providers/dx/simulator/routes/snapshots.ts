import type * as z from 'zod';
import { list, text } from '../arguments.ts';
import { type Call, type Endpoint, endpoint, ok } from '../call.ts';
import { workbook } from '../excel.ts';
import { cursorShape, pageOf } from '../paging.ts';
import { invalid, notFound } from '../refusal.ts';
import { lineOf } from '../team-tree.ts';
import type { Respondent, Snapshot, SnapshotTeam } from '../things/surveys.ts';
import { pick } from '../world.ts';
import { topId } from './teams.ts';

export const read = ['snapshots:read'] as const;
const fewestContributors = 3;

export function findSnapshot({ world }: Call, id: string): Snapshot {
  const found = world.snapshots.find(snapshot => snapshot.id === id);
  if (!found) throw notFound('snapshot');
  return found;
}

export const filterShape = {
  team_ids: list.optional(),
  snapshot_team_ids: list.optional(),
  group_ids: list.optional(),
  branch_ids: list.optional(),
  attribute_ids: list.optional(),
};
export type Filters = z.output<z.ZodObject<typeof filterShape>>;

/** Those who answered in a team or below it. */
export function respondentsOf({ teams, respondents }: Snapshot, teamIds: readonly string[]): Respondent[] {
  const within = new Set(
    teams.filter(team => lineOf(teams, team).some(({ id }) => teamIds.includes(id))).map(({ id }) => id),
  );
  return respondents.filter(one => within.has(one.snapshot_team_id));
}

/** Any value of one filter does, but every filter must hold; of attributes, every attribute group. */
export function filtered(call: Call, snapshot: Snapshot, filters: Filters): Respondent[] {
  const { team_ids, snapshot_team_ids, group_ids, branch_ids, attribute_ids } = filters;
  const all = call.world.attributeGroups;
  const wanted = all
    .map(group => ({ group: group.id, values: group.attributes.filter(({ id }) => attribute_ids?.includes(id)) }))
    .filter(({ values }) => values.length > 0);
  let left = snapshot.respondents;
  for (const ids of [snapshotTeamIds(snapshot, team_ids), checkedTeamIds(snapshot, snapshot_team_ids)]) {
    const members = ids && new Set(respondentsOf(snapshot, ids));
    if (members) left = left.filter(one => members.has(one));
  }
  return left.filter(
    one =>
      (!group_ids || one.group_ids.some(id => group_ids.includes(id))) &&
      (!branch_ids || branch_ids.includes(one.branch_id)) &&
      wanted.every(({ group, values }) => values.some(({ id }) => id === one.attributes[group])),
  );
}

function snapshotTeamIds({ teams }: Snapshot, ids: readonly string[] | undefined): string[] | undefined {
  return ids?.map(wanted => {
    const team = teams.find(({ team_id }) => team_id === wanted);
    if (!team) throw invalid(`The team ${wanted} is not represented in the snapshot`);
    return team.id;
  });
}

function checkedTeamIds({ teams }: Snapshot, ids: readonly string[] | undefined): readonly string[] | undefined {
  const stranger = ids?.find(wanted => !teams.some(({ id }) => id === wanted));
  if (stranger !== undefined) throw invalid(`The snapshot team ${stranger} is not one of the snapshot`);
  return ids;
}

/** Share of favourable answers in rounded percent: the top of three options, the top two of five. */
export function favourable(answers: readonly (number | null)[], options: number): number | null {
  const given = answers.filter(answer => answer !== null);
  const lowest = options - (options > 3 ? 2 : 1);
  return given.length === 0 ? null : Math.round((100 * given.filter(place => place >= lowest).length) / given.length);
}

function teamScores(call: Call, snapshot: Snapshot) {
  const { library, snapshots } = call.world;
  const previous = snapshots[snapshots.indexOf(snapshot) + 1];
  const items = [
    ...library.drivers.map(({ id, name, options }) => ({ id, name, type: 'factor', options: options.length })),
    ...library.csat.map(({ id, name }) => ({ id, name, type: 'csat', options: 5 })),
  ];
  const scoreIn = (from: Snapshot, team: SnapshotTeam | undefined, id: string, options: number) => {
    const people = team ? respondentsOf(from, [team.id]) : from.respondents;
    const answers = people.map(one => one.answer(id));
    return { answers, people, score: favourable(answers, options) };
  };
  const minus = (a: number | null, b: number | null | undefined) => (a === null || b == null ? null : a - b);
  return snapshot.teams
    .filter(team => respondentsOf(snapshot, [team.id]).length >= fewestContributors)
    .flatMap(team =>
      items.map(item => {
        const { id } = item;
        const { answers, people, score } = scoreIn(snapshot, team, id, item.options);
        const before = previous?.teams.find(({ team_id }) => team_id === team.team_id);
        const typical = 55 + (Number.parseInt(id, 36) % 15);
        return {
          snapshot_team: {
            id: team.id,
            name: team.name,
            team_id: team.team_id,
            parent_id: team.parent_id,
            parent: team.is_parent,
            ancestors: [topId, ...lineOf(snapshot.teams, team).map(one => one.id)],
          },
          item_id: id,
          item_type: item.type,
          item_name: item.name,
          response_count: answers.filter(answer => answer !== null).length,
          contributor_count: people.length,
          score,
          vs_prev: minus(score, before && previous && scoreIn(previous, before, id, item.options).score),
          vs_org: minus(score, scoreIn(snapshot, undefined, id, item.options).score),
          vs_50th: minus(score, typical),
          vs_75th: minus(score, typical + 9),
          vs_90th: minus(score, typical + 16),
        };
      }),
    );
}

const listed = [
  'id',
  'account_id',
  'last_result_change_at',
  'scheduled_for',
  'completed_at',
  'completed_count',
  'deleted_at',
  'total_count',
];

const comments = (name: string, kind: 'driverComments' | 'csatComments', field: string, also: string[]) =>
  endpoint(`GET ${name}`, { scopes: read, also }, { id: text, ...cursorShape }, (call, { id, ...paging }) => {
    const { page, ...rest } = pageOf(findSnapshot(call, id)[kind], paging, { most: 100 });
    const shown = page.map(({ item, ...comment }) => ({ [field]: item, ...comment, snapshot_id: id }));
    return ok({ comments: shown, ...rest });
  });

export const snapshotEndpoints: readonly Endpoint[] = [
  endpoint('GET snapshots.list', { scopes: read }, {}, ({ world }) =>
    ok({ snapshots: world.snapshots.map(snapshot => pick(snapshot, ...listed)) }),
  ),
  endpoint('GET snapshots.info', { scopes: read, also: ['snapshots.get'] }, { snapshot_id: text }, (call, args) => {
    const snapshot = findSnapshot(call, args.snapshot_id);
    return ok({ snapshot: { ...pick(snapshot, ...listed), team_scores: teamScores(call, snapshot) } });
  }),
  endpoint(
    'GET snapshots.getFile',
    { scopes: ['snapshots:read', 'snapshots:admin'] },
    { snapshot_id: text },
    (call, { snapshot_id }) => {
      const columns = ['team', 'item', 'score', 'contributors'];
      const rows = teamScores(call, findSnapshot(call, snapshot_id)).map(one => [
        one.snapshot_team.name,
        one.item_name,
        one.score,
        one.contributor_count,
      ]);
      return {
        status: 200,
        headers: {
          'content-type': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
          'content-disposition': `attachment; filename="snapshot-${snapshot_id}.xlsx"`,
        },
        body: workbook([columns, ...rows]),
      };
    },
  ),
  comments('snapshots.driverComments.list', 'driverComments', 'driver_name', ['snapshots.comments.list']),
  comments('snapshots.csatComments.list', 'csatComments', 'csat_item_name', []),
  endpoint(
    'GET snapshots.snapshotTeams.list',
    { scopes: read, also: ['snapshots.snapshotTeams'] },
    { snapshot_id: text },
    (call, { snapshot_id }) => ok({ snapshot_teams: findSnapshot(call, snapshot_id).teams }),
  ),
];
