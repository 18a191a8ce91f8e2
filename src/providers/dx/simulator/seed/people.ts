import { chance, choose } from '../chance.ts';
import { encodeId } from '../paging.ts';
import type { AttributeGroup, Team, TeamEvent, User, UserGroup } from '../things/people.ts';
import { iso } from '../world.ts';

/** Kestrel Freight, an invented forwarder: name, parent and size of its engineering teams. */
const plan = [
  ['eng', 'Engineering', null, 0],
  ['product', 'Product Engineering', 'eng', 0],
  ['booking', 'Booking', 'product', 7],
  ['tracking', 'Tracking', 'product', 6],
  ['pricing', 'Pricing', 'product', 5],
  ['mobile', 'Mobile Apps', 'product', 5],
  ['platform', 'Platform', 'eng', 0],
  ['delivery', 'Delivery Tools', 'platform', 5],
  ['data', 'Data Platform', 'platform', 6],
  ['sre', 'Site Reliability', 'platform', 5],
  ['security', 'Security', 'platform', 2],
] as const;

const firstNames = [
  'Ingrid',
  'Tomás',
  'Aiko',
  'Bashir',
  'Chloe',
  'Dmitri',
  'Esther',
  'Farid',
  'Greta',
  'Hugo',
  'Ines',
  'Jonas',
  'Kamala',
  'Lars',
  'Mireille',
  'Nadia',
  'Oskar',
  'Priya',
  'Quentin',
  'Rosa',
  'Samir',
  'Tessa',
  'Umar',
  'Vera',
  'Wei',
  'Ximena',
  'Yusuf',
  'Zofia',
  'Anders',
  'Bianca',
  'Cyrus',
  'Dalia',
  'Emil',
  'Fatou',
  'Gael',
  'Hanna',
  'Ivo',
  'Jasmin',
  'Kofi',
  'Leila',
  'Marek',
  'Noor',
  'Olga',
  'Paulo',
];
const lastNames = [
  'Solberg',
  'Marín',
  'Tanaka',
  'Rahmani',
  'Dubois',
  'Volkov',
  'Mwangi',
  'Haddad',
  'Lindqvist',
  'Ferreira',
  'Costa',
  'Weber',
  'Iyer',
  'Nilsen',
  'Laurent',
  'Petrova',
  'Kowalski',
  'Sharma',
  'Moreau',
];

const plain = (name: string): string =>
  name
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase();

const day = 86_400_000;
const dateOf = (ms: number): string => iso(ms).slice(0, 10);

const values = (
  name: string,
  start: number,
  type: AttributeGroup['type'],
  words: readonly string[],
): AttributeGroup => ({
  id: encodeId(`ag${start}`),
  name,
  type,
  hidden: false,
  position: start,
  privileged: false,
  attributes: words.map((word, index) => ({ id: encodeId(`at${start}${index}`), name: word, position: index + 1 })),
});

const attributeGroups = (): AttributeGroup[] => [
  values('Location', 1, 'admin_managed', ['Hamburg', 'Lisbon', 'Remote']),
  values('Level', 2, 'self_reported', ['Junior', 'Senior', 'Staff']),
  values('Tenure', 3, 'dx_managed', ['Under 1 year', '1 to 3 years', 'Over 3 years']),
];

function person(index: number, groups: readonly AttributeGroup[], today: number): User {
  const first = firstNames[index % firstNames.length] ?? '';
  const last = lastNames[(index * 7) % lastNames.length] ?? '';
  const name = `${first} ${last}`;
  const handle = `${plain(first)}-${plain(last)}`;
  const heavy = chance('ai', name) < 0.4;
  const adopted = (daysAgo: number): string => dateOf(today - (daysAgo + Math.floor(chance(name) * 60)) * day);
  return {
    id: encodeId(4100 + index),
    name,
    email: `${plain(first)}.${plain(last)}@kestrel.example`,
    github_username: handle,
    gitlab_username: chance('gitlab', name) < 0.2 ? handle : null,
    additional_github_username: null,
    attributes: groups.map(group => ({ name: group.name, value: choose(group.attributes, group.name, name).name })),
    deleted_at: null,
    roles: index < 3 ? ['admin'] : index < 8 ? ['manager'] : ['contributor'],
    tz: choose(['Europe/Berlin', 'Europe/Lisbon'], 'tz', name),
    slack_id: `U${String(70_000 + index * 37)}`,
    start_date: dateOf(today - Math.floor(200 + chance('start', name) * 2000) * day),
    ai_light_adoption_date: adopted(240),
    ai_moderate_adoption_date: heavy ? adopted(150) : null,
    ai_heavy_adoption_date: heavy ? adopted(60) : null,
  };
}

export interface People {
  users: User[];
  teams: Team[];
  teamEvents: TeamEvent[];
  attributeGroups: AttributeGroup[];
  userGroups: UserGroup[];
}

/** The people as of a day. */
export function seedPeople(today: number): People {
  const groups = attributeGroups();
  const users = Array.from({ length: firstNames.length }, (_, index) => person(index, groups, today));
  const idOf = (key: string): string => encodeId(600 + plan.findIndex(([one]) => one === key));
  // The first three lead the departments; everybody else is in one team.
  let next = 3;
  const teams = plan.map(([key, name, parent, size], index): Team => {
    const member_ids = users.slice(next, next + size).map(({ id }) => id);
    next += size;
    const lead =
      size === 0 ? users[['eng', 'product', 'platform'].indexOf(key)] : users.find(({ id }) => id === member_ids[0]);
    return {
      id: idOf(key),
      name,
      reference_id: `kf-${key}`,
      parent_id: parent === null ? null : idOf(parent),
      lead_id: lead?.id ?? null,
      member_ids,
      changedAt: today - (30 + index * 11) * day,
    };
  });
  return {
    users,
    teams,
    teamEvents: teams.map(creation).reverse(),
    attributeGroups: groups,
    userGroups: guilds(users, today),
  };
}

const creation = ({ name, changedAt }: Team, index: number): TeamEvent => ({
  id: encodeId(`ev${index}`),
  actor: 'ingrid.solberg@kestrel.example',
  team: name,
  action: 'team_created',
  metadata: {},
  created: Math.floor(changedAt / 1000),
});

function guilds(users: readonly User[], today: number): UserGroup[] {
  const names = ['Frontend guild', 'Incident commanders', 'AI pilot'];
  const topics = [
    'Kotlin',
    'Rust',
    'Accessibility',
    'Observability',
    'Hiring',
    'Onboarding',
    'API design',
    'Cost',
    'Docs',
  ];
  return [...names, ...topics.map(topic => `${topic} circle`)].map((name, index): UserGroup => {
    const members = users.filter(user => chance(name, user.name) < 0.3).map(({ email }) => email);
    const owner = users[3 + index];
    const created_at = iso(today - (300 - index * 9) * day);
    return {
      id: encodeId(900 + index),
      name,
      owner_id: owner?.id ?? null,
      owner_email: owner?.email ?? null,
      team_id: null,
      members,
      created_at,
      updated_at: created_at,
    };
  });
}
