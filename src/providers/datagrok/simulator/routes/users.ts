import { randomUUID } from 'node:crypto';
import type { SimulatorReply } from '../../../../sandbox/router.ts';
import { isAdministrator } from '../access.ts';
import { type Call, type Caller, type Endpoint, type Fields, ok } from '../call.ts';
import { describeEntity, idIn, needText, newEntity, textOf } from '../entities.ts';
import { matching, paged } from '../filter.ts';
import { forbidden, noSuch, refusal, refused } from '../refusal.ts';
import { type Group, type User, uuidForm } from '../world.ts';
import { describeGroup } from './groups.ts';

const statuses = ['new', 'active', 'blocked', 'guest'];

export function describeUser({ world }: Caller, user: User, withGroup: boolean): Fields {
  const group = world.groups.get(user.group);
  return {
    '#type': 'User',
    ...describeEntity(user),
    firstName: user.firstName,
    lastName: user.lastName,
    login: user.login,
    email: user.email,
    status: user.status,
    storage: null,
    group: group && withGroup ? describeGroup(group) : { id: user.group },
  };
}

/** By UUID or login; logins keep their periods. */
export function findUser({ world }: Caller, wanted: string): User {
  const users = [...world.users.values()];
  const found = uuidForm.test(wanted)
    ? world.users.get(wanted.toLowerCase())
    : users.find(({ login }) => login === wanted);
  if (!found) throw noSuch('User', wanted);
  return found;
}

const listUsers = (caller: Caller, withGroup = false): Fields[] =>
  [...caller.world.users.values()].map(user => describeUser(caller, user, withGroup));

function demandAdministrator({ world, user }: Caller, doing: string): void {
  if (!isAdministrator(world, user)) throw forbidden(doing);
}

const camelCase = (...words: string[]): string =>
  words.map(word => word.charAt(0).toUpperCase() + word.slice(1).replace(/\W/g, '')).join('');

export function saveUser(caller: Caller, body: Fields): Fields {
  const { world, user, now } = caller;
  const old = world.users.get(idIn(body) ?? '');
  if (old?.id !== user.id) demandAdministrator(caller, 'save users');
  const login = textOf(body, 'login') ?? old?.login ?? needText(body, 'login');
  const [firstName, lastName] = [nameIn(body, 'firstName', old), nameIn(body, 'lastName', old)];
  const status = (textOf(body, 'status') ?? old?.status ?? 'new').toLowerCase();
  if (!statuses.includes(status)) throw refusal(400, `Unknown status: ${status}`);
  for (const one of world.users.values()) {
    if (one.login === login && one.id !== old?.id) throw refusal(409, `User ${login} already exists`);
  }
  const base = old ?? newPerson(caller, camelCase(firstName, lastName), idIn(body));
  const friendlyName = textOf(body, 'friendlyName') ?? `${firstName} ${lastName}`;
  const email = textOf(body, 'email') ?? old?.email ?? '';
  const saved: User = { ...base, login, firstName, lastName, status, friendlyName, email, updatedOn: now };
  world.users.set(saved.id, saved);
  return describeUser(caller, saved, true);
}

const nameIn = (body: Fields, field: 'firstName' | 'lastName', old: User | undefined): string =>
  textOf(body, field) ?? old?.[field] ?? needText(body, field);

function newPerson(caller: Caller, name: string, id = randomUUID() as string) {
  const group: Group = { ...newEntity(caller, name, ''), owner: id, personal: true, hidden: false };
  caller.world.groups.set(group.id, group);
  return { ...newEntity(caller, name, ''), id, owner: id, group: group.id };
}

/** Blocking ends the user's sessions at once: whoever is blocked is not let in. */
const setStatus =
  (status: 'blocked' | 'active') =>
  (call: Call): SimulatorReply => {
    demandAdministrator(call, 'block and unblock users');
    const body = call.object();
    needText(body, 'login');
    const found = findUser(call, needText(body, 'id'));
    if (found.id === call.user.id) throw refusal(400, 'You cannot block yourself');
    const saved = { ...found, status, updatedOn: call.now };
    call.world.users.set(found.id, saved);
    return ok(describeUser(call, saved, true));
  };

function ownGroup({ world, user }: Call): SimulatorReply {
  const group = world.groups.get(user.group);
  if (!group) throw noSuch('Group', user.group);
  return ok(describeGroup(group));
}

/** A legacy developer key gives a token that is sent as it is. */
export function developerLogin({ state, now }: Omit<Caller, 'user'>, key: string): SimulatorReply {
  const login = state.developerKeys.get(key);
  if (login === undefined) throw refused({ code: 401, message: 'Unknown developer key', always: true });
  const token = randomUUID().replaceAll('-', '');
  state.sessions.set(token, { login, until: now + state.sessionSeconds * 1000 });
  return ok({ isSuccess: true, token });
}

const browserList = (call: Call) => matching(call, listUsers(call));
const withGroup = (call: Call): boolean => call.query('include')?.split(',').includes('group') ?? false;

export const userEndpoints: readonly Endpoint[] = [
  ['B7-list', 'GET /public/v1/users', call => ok(matching(call, listUsers(call, withGroup(call))))],
  ['B7-save', 'POST /public/v1/users', call => ok(saveUser(call, call.object()))],
  ['B7-current', 'GET /public/v1/users/current', call => ok(describeUser(call, call.user, true))],
  ['B7-get', 'GET /public/v1/users/:user', call => ok(describeUser(call, findUser(call, call.raw('user')), true))],
  ['B7-block', 'POST /public/v1/users/block', setStatus('blocked')],
  ['B7-unblock', 'POST /public/v1/users/unblock', setStatus('active')],
  ['B9-own', 'GET /public/v1/user/group', ownGroup],
  ['C2-users', 'GET /users', call => ok(paged(call, browserList(call)))],
  ['C2-users-count', 'GET /users/count', call => ok(browserList(call).length)],
];
