import type { Family } from '../state.ts';
import type { Group, Member, Project, Token, User, Variable, World } from '../world.ts';

const dayMs = 86_400_000;

export function seedPeople(world: World): Family {
  const { users, groups } = { users: seedUsers(world), groups: seedGroups(world) };
  const { maya, jonas, amara, liam, ines, noor } = users;
  const join = (group: Group, user: User, level: number): Member[] => {
    group.members.push({ userId: user.id, level, expiresAt: null, createdAt: group.createdAt });
    return group.members;
  };
  join(groups.meridian, jonas, 50);
  join(groups.meridian, maya, 40);
  join(groups.data, amara, 30);
  join(groups.data, liam, 20);
  Object.assign(groups.data.members.at(-1) ?? {}, { fromDirectory: true });
  join(groups.products, noor, 30);
  Object.assign(groups.products.members.at(-1) ?? {}, { awaits: true });
  join(groups.many, maya, 30);
  join(groups.many, jonas, 50);
  join(groups.hidden, ines, 50);
  groups.meridian.variables.push(
    variable('SNOWFLAKE_ACCOUNT', 'meridian-eu1', {}),
    variable('VAULT_PASSWORD', 'group-vault-password-1', { masked: true }),
  );
  return { users, groups, tokens: seedTokens(world, { maya, jonas, amara, liam }) };
}

function seedUsers(world: World): Family['users'] {
  const add = (username: string, name: string): User => {
    const id = world.users.length + 1;
    const user = {
      id,
      username,
      name,
      email: `${username}@meridian.example`,
      bot: false,
      createdAt: world.now() - (500 - id) * dayMs,
    };
    world.users.push(user);
    return user;
  };
  return {
    maya: add('maya.lindqvist', 'Maya Lindqvist'),
    jonas: add('jonas.petrov', 'Jonas Petrov'),
    amara: add('amara.okafor', 'Amara Okafor'),
    liam: add('liam.chen', 'Liam Chen'),
    ines: add('ines.duarte', 'Inês Duarte'),
    noor: add('noor.haddad', 'Noor Haddad'),
  };
}

function seedGroups(world: World): Family['groups'] {
  const add = (id: number, name: string, path: string, parent?: Group): Group => {
    const fullPath = parent ? `${parent.fullPath}/${path}` : path;
    const group: Group = {
      id,
      name,
      path,
      fullPath,
      description: '',
      visibility: 'private',
      createdAt: world.now() - 480 * dayMs,
      members: [],
      variables: [],
      tokens: [],
      ...(parent && { parent }),
    };
    world.groups.set(id, group);
    return group;
  };
  const meridian = add(11, 'Meridian Minerals', 'meridian');
  const data = add(12, 'Data', 'data', meridian);
  return {
    meridian,
    data,
    products: add(13, 'Data Products', 'products', data),
    platform: add(14, 'Platform', 'platform', meridian),
    hidden: add(15, 'People and Pay', 'people-and-pay'),
    many: add(16, 'Site Logs', 'site-logs'),
  };
}

type Owners = Pick<Family['users'], 'maya' | 'jonas' | 'amara' | 'liam'>;

function seedTokens(world: World, { maya, jonas, amara, liam }: Owners): Family['tokens'] {
  const add = (name: string, user: User, scopes: string[], changes: Partial<Token> = {}): string => {
    const value = world.secret('glpat-');
    const [createdAt, expiresAt] = [world.now() - 20 * dayMs, Math.ceil(world.now() / dayMs + 60) * dayMs];
    const token: Token = {
      id: world.nextId(),
      name,
      value,
      userId: user.id,
      scopes,
      createdAt,
      expiresAt,
      lastUsedAt: null,
      revoked: false,
      level: 40,
      ...changes,
    };
    world.tokens.push(token);
    return value;
  };
  return {
    personal: add('assistant', maya, ['api']),
    second: add('laptop', maya, ['api']),
    readOnly: add('reader', maya, ['read_api']),
    repository: add('files', maya, ['read_repository']),
    owner: add('admin', jonas, ['api']),
    developer: add('assistant', amara, ['api']),
    reporter: add('dashboards', liam, ['api']),
    project: '',
    group: '',
    expired: add('summer', maya, ['api'], { expiresAt: world.now() - dayMs }),
    revoked: add('lost laptop', maya, ['api'], { revoked: true }),
  };
}

/** A CI variable as it is kept. */
export function variable(key: string, value: string, changes: Partial<Variable>): Variable {
  return {
    key,
    value,
    variable_type: 'env_var',
    protected: false,
    masked: false,
    hidden: false,
    raw: false,
    environment_scope: '*',
    description: null,
    ...changes,
  };
}

/** Adds the bot of a project or group and its token; gives the token's value. */
export function addBot(world: World, holder: Project | Group, name: string, level: number): string {
  const id = world.nextId();
  const username = `${'namespace' in holder ? 'project' : 'group'}_${holder.id}_bot_${id}`;
  world.users.push({
    id,
    username,
    name,
    email: `${username}@noreply.meridian.example`,
    bot: true,
    createdAt: world.now(),
  });
  holder.members.push({ userId: id, level, expiresAt: null, createdAt: world.now() });
  const value = world.secret('glpat-');
  const token: Token = {
    id: world.nextId(),
    name,
    value,
    userId: id,
    scopes: ['api'],
    createdAt: world.now() - dayMs,
    lastUsedAt: null,
    expiresAt: Math.ceil(world.now() / dayMs + 30) * dayMs,
    revoked: false,
    level,
    holder,
  };
  world.tokens.push(token);
  holder.tokens.push(token);
  return value;
}
