import { chance, choose } from '../chance.ts';
import { encodeId } from '../paging.ts';
import type { User } from '../things/people.ts';
import {
  type Comment,
  type Driver,
  fivePoints,
  type Library,
  type Option,
  type Respondent,
  type Snapshot,
  type SnapshotTeam,
} from '../things/surveys.ts';
import { iso } from '../world.ts';
import type { People } from './people.ts';

const day = 86_400_000;
const threePoints: Option[] = ['No', 'Partly', 'Yes'].map((label, index) => ({ label, value: index + 1 }));

// How content people are with each, 0 to 1.
const moods: Readonly<Record<string, number>> = {
  'Deep work': 0.42,
  'Code review': 0.55,
  'Build and test': 0.35,
  'Ease of release': 0.62,
  'Incident response': 0.58,
  Documentation: 0.3,
  'Local iteration speed': 0.48,
  'Clear direction': 0.66,
  'Cross-team collaboration': 0.5,
  'Change confidence': 0.45,
};
const toolNames = ['CI service', 'Issue tracker', 'Feature flags', 'Observability stack', 'AI coding assistant'];

function library(): Library {
  const drivers = Object.keys(moods).map((name, index): Driver => {
    const options = name === 'Ease of release' ? threePoints : fivePoints;
    const prompt = `How satisfied are you with ${name.toLowerCase()}?`;
    return { id: String(31 + index), name, prompt, ranking_item: name, target_role: 'all', translations: {}, options };
  });
  const csat = toolNames.map((name, index) => ({
    id: String(71 + index),
    name,
    prompt: `How well does the ${name} serve you?`,
    audience_filters: { type: 'active_users' },
    exclude_na_responders: false,
    group_id: index < 3 ? 'delivery' : 'insight',
    translations: {},
  }));
  const branch = (id: string, name: string, position: number) => ({
    id,
    name,
    prompt: 'Which describes your work best?',
    audience: position === 1 ? 'developers' : 'everybody else',
    position,
    main: position === 1,
    translations: {},
  });
  const all = {
    driver_ids: drivers.map(({ id }) => id),
    workflow_ids: ['51', '52'],
    csat_ids: csat.map(({ id }) => id),
  };
  return {
    drivers,
    csat,
    impacts: [
      {
        id: '61',
        name: 'Time loss',
        prompt: 'How much of your week is lost to obstacles?',
        scoring_method: 'mean',
        options: ['Under 5%', '10%', '20%', '30%', 'Over 40%'].map((label, index) => ({ label, value: index })),
      },
    ],
    workflows: [
      {
        id: '51',
        name: 'Pull requests per week',
        prompt: 'How many pull requests do you merge in a week?',
        options: ['None', 'One', 'Two', 'Three', 'Five or more'].map((label, index) => ({
          label,
          value: [0, 1, 2, 3, 5][index] ?? 0,
        })),
        unit: 'pull requests',
        lower_is_better: false,
        required: true,
        benchmark: { name: 'All companies', p_50: 2.1, p_75: 2.9, p_90: 3.6, year: 2026 },
      },
      {
        id: '52',
        name: 'Wait for review',
        prompt: 'How long do you wait for a first review?',
        options: ['An hour', 'Half a day', 'A day', 'Two days'].map((label, index) => ({
          label,
          value: [1, 4, 8, 16][index] ?? 0,
        })),
        unit: 'hours',
        lower_is_better: true,
        required: false,
        benchmark: { name: 'All companies', p_50: 7.5, p_75: 4.2, p_90: 2.4, year: 2026 },
      },
    ],
    csatGroups: [
      { id: 'delivery', name: 'Delivery' },
      { id: 'insight', name: 'Insight' },
    ],
    branchingEnabled: true,
    branches: [branch('main', 'Developers', 1), branch('other', 'Design and management', 2)],
    selections: new Map([
      ['main', all],
      ['other', { ...all, driver_ids: all.driver_ids.slice(5), workflow_ids: ['51'] }],
    ]),
  };
}

function answering(user: User, snapshot: string, { drivers, workflows, impacts }: Library): Respondent['answer'] {
  return id => {
    if (chance('n/a', user.id, snapshot, id) < 0.06) return null;
    const item = [...drivers, ...workflows, ...impacts].find(one => one.id === id);
    const mood = moods[(item as Driver | undefined)?.name ?? ''] ?? 0.5;
    const luck = chance(user.id, snapshot, id) * 0.7 + mood * 0.55 - 0.1;
    const count = item?.options.length ?? fivePoints.length;
    return Math.min(Math.max(Math.floor(luck * count), 0), count - 1);
  };
}

const remarks = [
  'The pipeline takes longer than my coffee.',
  'Much better since the last quarter, thank you.',
  'I never know who owns the shared libraries.',
  'Reviews wait for days when two people are on leave.',
  'Release day has become boring. Keep it so.',
  'Runbooks are out of date, "see wiki" is not an answer.',
];

/** Not ISO: as the page of the vendor shows it. */
const commentTime = (ms: number): string => iso(ms).slice(0, 19).replace('T', ' ').replace(' 0', ' ');

function commentsOn(
  items: readonly { name: string }[],
  users: readonly User[],
  id: string,
  completed: number,
): Comment[] {
  return users.flatMap((user, index) =>
    items
      .filter(({ name }) => chance('comment', user.id, name, id) < 0.17)
      .map(({ name }) => ({
        item: name,
        email: chance('named', user.id, id) < 0.5 ? user.email : null,
        text: choose(remarks, user.id, name, id),
        created_at: commentTime(completed - (index + 1) * 3_600_000),
      })),
  );
}

function snapshot(number: number, completed: number, people: People, survey: Library): Snapshot {
  const { teams, users, userGroups, attributeGroups } = people;
  const id = encodeId(100 + number);
  const snapshotTeamId = (teamId: string): string => encodeId(`${number}${Buffer.from(teamId, 'base64url')}`);
  const snapshotTeams = teams.map((team): SnapshotTeam => {
    const lead = users.find(user => user.id === team.lead_id);
    return {
      id: snapshotTeamId(team.id),
      name: team.name,
      team_id: team.id,
      parent_id: team.parent_id === null ? null : snapshotTeamId(team.parent_id),
      is_parent: teams.some(({ parent_id }) => parent_id === team.id),
      manager: lead ? { id: lead.id, name: lead.name, email: lead.email } : null,
    };
  });
  const asked = teams.flatMap(team =>
    users.filter(user => team.member_ids.includes(user.id)).map(user => ({ team, user })),
  );
  const respondents = asked
    .filter(({ team, user }) => team.member_ids.length < 3 || chance('answers', user.id, id) < 0.93)
    .map(
      ({ team, user }): Respondent => ({
        snapshot_team_id: snapshotTeamId(team.id),
        branch_id: chance('branch', user.id) < 0.85 ? 'main' : 'other',
        attributes: Object.fromEntries(
          attributeGroups.map(group => {
            const value = user.attributes.find(({ name }) => name === group.name)?.value;
            return [group.id, group.attributes.find(({ name }) => name === value)?.id ?? ''];
          }),
        ),
        group_ids: userGroups.filter(({ members }) => members.includes(user.email)).map(group => group.id),
        answer: answering(user, id, survey),
      }),
    );
  return {
    id,
    account_id: encodeId(17),
    last_result_change_at: iso(completed + day),
    scheduled_for: iso(completed - 14 * day).slice(0, 10),
    completed_at: iso(completed),
    completed_count: respondents.length,
    deleted_at: null,
    total_count: asked.length,
    teams: snapshotTeams,
    respondents,
    driverComments: commentsOn(survey.drivers, users, id, completed),
    csatComments: commentsOn(survey.csat, users, id, completed),
  };
}

/** Three surveys, the latest forty days before a day, newest first. */
export function seedSurveys(people: People, today: number): { library: Library; snapshots: Snapshot[] } {
  const survey = library();
  const snapshots = [3, 2, 1].map((number, index) => snapshot(number, today - (40 + index * 91) * day, people, survey));
  return { library: survey, snapshots };
}
