import { createHash } from 'node:crypto';
import { wellKnown } from '../access.ts';
import type { Entity, Group, MembershipRequest, Relation, User } from '../world.ts';

/** The same UUID for the same text, in every run. */
export function idOf(text: string): string {
  const hex = createHash('sha256').update(`datagrok sandbox ${text}`).digest('hex');
  const digits = `${hex.slice(0, 12)}4${hex.slice(13, 16)}8${hex.slice(17, 32)}`;
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

const day = 86_400_000;
const founded = Date.UTC(2026, 1, 2, 8, 0);
/** Clock ms of a day in the life of the company. */
export const dayOf = (index: number): number => founded + index * day;

export interface Common {
  /** Set where others refer to it. */
  id?: string;
  name: string;
  friendlyName?: string;
  namespace?: string;
  description?: string;
  /** Login. */
  by?: string;
  /** Days since the company began. */
  made?: number;
  changed?: number;
}

export function entity(kind: string, common: Common): Entity {
  const { name, namespace = '', by = 'system', made = 0, changed = made } = common;
  return {
    id: common.id ?? idOf(`${kind} ${namespace}${name}`),
    name,
    friendlyName: common.friendlyName ?? name,
    namespace,
    description: common.description ?? '',
    owner: userId(by),
    createdOn: dayOf(made),
    updatedOn: dayOf(changed),
  };
}

const userId = (login: string): string => idOf(`user ${login}`);
/** The personal group; the two oldest accounts have ids that every server has. */
export const personalGroupId = (login: string): string =>
  ({ admin: wellKnown.admin, system: wellKnown.system })[login] ?? idOf(`personal group ${login}`);

const people: readonly (readonly [login: string, first: string, last: string, status?: string])[] = [
  ['system', 'System', ''],
  ['admin', 'Admin', ''],
  ['mara.okafor', 'Mara', 'Okafor'],
  ['tomas.lindqvist', 'Tomas', 'Lindqvist'],
  ['ines.ferreira', 'Inês', 'Ferreira'],
  ['priya.raman', 'Priya', 'Raman'],
  ['hana.sato', 'Hana', 'Satō'],
  ['jonas.weber', 'Jonas', 'Weber', 'blocked'],
  ['lena.novak', 'Lena', 'Novák', 'new'],
  ['visitor', 'Visitor', '', 'guest'],
];

const plain = (text: string): string => text.normalize('NFD').replace(/[^A-Za-z]/g, '');

export const users: readonly User[] = people.map(([login, firstName, lastName, status = 'active'], index) => ({
  ...entity('user', {
    name: plain(firstName) + plain(lastName),
    friendlyName: `${firstName} ${lastName}`.trim(),
    made: index * 3,
  }),
  id: userId(login),
  owner: userId(login),
  login,
  firstName,
  lastName,
  email: login.includes('.') ? `${login}@copperhead.example` : '',
  status,
  group: personalGroupId(login),
}));

const personalGroups: readonly Group[] = users.map(user => ({
  ...entity('personal group', { id: user.group, name: user.name, friendlyName: user.friendlyName }),
  owner: user.id,
  createdOn: user.createdOn,
  updatedOn: user.createdOn,
  personal: true,
  hidden: false,
}));

const teams: readonly (Common & { hidden?: boolean })[] = [
  { id: wellKnown.allUsers, name: 'AllUsers', friendlyName: 'All users' },
  { id: wellKnown.developers, name: 'Developers' },
  { id: wellKnown.administrators, name: 'Administrators' },
  { id: wellKnown.test, name: 'Test', hidden: true },
  { name: 'Geology', description: 'Who logs, models and signs off the rock', by: 'mara.okafor', made: 12 },
  { name: 'MineGeology', friendlyName: 'Mine geology', by: 'tomas.lindqvist', made: 40 },
  { name: 'DataScience', friendlyName: 'Data science', by: 'priya.raman', made: 20 },
  { name: 'AssayLaboratory', friendlyName: 'Assay laboratory', by: 'admin', made: 31 },
  { name: 'DrillingContractors', friendlyName: 'Drilling contractors', by: 'admin', made: 33 },
];

export const groupId = (name: string): string => teams.find(team => team.name === name)?.id ?? idOf(`group ${name}`);

export const groups: readonly Group[] = [
  ...teams.map(({ hidden = false, ...team }) => ({ ...entity('group', team), personal: false, hidden })),
  ...personalGroups,
];

const memberships: readonly (readonly [team: string, logins: readonly string[], admins?: readonly string[]])[] = [
  ['Administrators', ['admin', 'mara.okafor'], ['admin']],
  ['Developers', ['admin', 'priya.raman'], ['admin']],
  ['Geology', ['mara.okafor', 'tomas.lindqvist', 'ines.ferreira'], ['mara.okafor']],
  ['MineGeology', ['tomas.lindqvist'], ['tomas.lindqvist']],
  ['DataScience', ['priya.raman', 'hana.sato'], ['priya.raman']],
  ['AssayLaboratory', ['hana.sato'], ['hana.sato']],
  ['DrillingContractors', ['jonas.weber']],
];

const relation = (parent: string, child: string, isAdmin = false): Relation => ({
  id: idOf(`relation ${parent} ${child}`),
  parent,
  child,
  isAdmin,
});

export const relations: readonly Relation[] = [
  ...memberships.flatMap(([team, logins, admins = []]) =>
    logins.map(login => relation(groupId(team), personalGroupId(login), admins.includes(login))),
  ),
  // Mine geologists are geologists.
  relation(groupId('Geology'), groupId('MineGeology')),
];

const asked = (login: string, team: string, on: number, approved: boolean | null): MembershipRequest => ({
  id: idOf(`request ${login} ${team}`),
  approved,
  createdOn: dayOf(on),
  updatedOn: dayOf(on),
  resolutionDate: approved === null ? null : dayOf(on + 1),
  from: personalGroupId(login),
  to: groupId(team),
});

export const requests: readonly MembershipRequest[] = [
  asked('priya.raman', 'Geology', 280, null),
  asked('lena.novak', 'Geology', 282, null),
  asked('ines.ferreira', 'Geology', 60, true),
  asked('jonas.weber', 'Geology', 75, false),
];
