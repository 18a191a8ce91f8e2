import { numberedPage } from '../../../../sandbox/frame/page.ts';
import { type Call, canSee, type Endpoint, levelIn, noContent, reply } from '../call.ts';
import { isWithin, matches, paged } from '../paging.ts';
import type { Fields } from '../parameters.ts';
import { invalid, notFound, refusal } from '../refusal.ts';
import { dateOf, type Group, isGroup, iso, isoOrNull, levelOf, type Project, type Token, type User } from '../world.ts';
import { short } from './projects.ts';

const scope = '/projects/:id/job_token_scope';
const knownScopes =
  'api read_api read_repository write_repository read_registry write_registry create_runner ai_features ' +
  'k8s_proxy self_rotate'.split(' ');

export const tokenEndpoints: readonly Endpoint[] = [
  ...personalEndpoints('/personal_access_tokens'),
  ...endpointsBelow('/projects', call => call.project(40)),
  ...endpointsBelow('/groups', call => call.group(50)),
  [`GET ${scope}`, readScope],
  [`PATCH ${scope}`, setScope],
  [
    `GET ${scope}/allowlist`,
    call => paged(call, [call.project(40), ...scopeOf(call).projects], one => short(call, one)),
  ],
  [`POST ${scope}/allowlist`, allowProject],
  [`DELETE ${scope}/allowlist/:target`, call => disallow(call, scopeOf(call).projects)],
  [`GET ${scope}/groups_allowlist`, listGroups],
  [`POST ${scope}/groups_allowlist`, allowGroup],
  [`DELETE ${scope}/groups_allowlist/:target`, call => disallow(call, scopeOf(call).groups)],
];

function endpointsBelow(root: string, holderOf: (call: Call) => Project | Group): Endpoint[] {
  const base = `${root}/:id/access_tokens`;
  return [
    [`GET ${base}`, call => list(call, holderOf(call))],
    [`POST ${base}`, call => create(call, holderOf(call))],
    [`GET ${base}/:token`, call => describe(call, find(call, holderOf(call)))],
    [`POST ${base}/self/rotate`, call => rotateOwn(call, holderOf(call))],
    [`POST ${base}/:token/rotate`, call => replace(call, find(call, holderOf(call)))],
    [`DELETE ${base}/:token`, call => revoke(find(call, holderOf(call)))],
  ];
}

function personalEndpoints(base: string): Endpoint[] {
  return [
    [`GET ${base}`, listOwn],
    [`GET ${base}/self/associations`, associations],
    [`POST ${base}/self/rotate`, call => replace(call, inUse(call))],
    [`DELETE ${base}/self`, call => revoke(inUse(call))],
    [`GET ${base}/:id`, call => describe(call, findOwn(call))],
    [`POST ${base}/:id/rotate`, call => replace(call, findOwn(call))],
    [`DELETE ${base}/:id`, call => revoke(findOwn(call))],
  ];
}

const isActive = (call: Call, { revoked, expiresAt }: Token): boolean =>
  !revoked && (expiresAt === null || expiresAt > call.world.now());

function describe(call: Call, token: Token): Fields {
  const { id, name, revoked, createdAt, scopes, userId, lastUsedAt, expiresAt, level } = token;
  return {
    id,
    name,
    revoked,
    created_at: iso(createdAt),
    description: null,
    scopes,
    user_id: userId,
    access_level: level,
    last_used_at: isoOrNull(lastUsedAt),
    active: isActive(call, token),
    expires_at: expiresAt === null ? null : dateOf(expiresAt),
  };
}

function list(call: Call, { tokens }: Project | Group) {
  const state = call.text('state');
  const found = tokens.filter(token => state === undefined || isActive(call, token) === (state === 'active'));
  return paged(call, found, token => describe(call, token));
}

function expiryFrom(call: Call, text: string): number {
  const at = Date.parse(text);
  if (at <= call.world.now()) throw invalid({ expires_at: ['must be in the future'] });
  if (at > call.world.now() + 400 * 86_400_000) throw invalid({ expires_at: ['must be isWithin the next 400 days'] });
  return at;
}

function make(
  call: Call,
  holder: Project | Group | undefined,
  wanted: Pick<Token, 'name' | 'scopes' | 'level' | 'expiresAt' | 'userId'>,
) {
  const { world } = call;
  const token: Token = {
    id: world.nextId(),
    value: world.secret('glpat-'),
    createdAt: world.now(),
    lastUsedAt: null,
    revoked: false,
    ...(holder && { holder }),
    ...wanted,
  };
  holder?.tokens.push(token);
  world.tokens.push(token);
  return reply(201, { ...describe(call, token), token: token.value });
}

// Its bot is a member, and so its reach is that of any member.
function create(call: Call, holder: Project | Group) {
  const scopes = call.list('scopes');
  if (scopes.length === 0 || !scopes.every(one => knownScopes.includes(one)))
    throw refusal(400, { error: 'scopes does not have a valid value' });
  const level = call.number('access_level') ?? 40;
  if (levelOf(call.user(), holder) < level)
    throw refusal(400, {
      message: "400 Bad request - Access level of the token can't be greater than that of its creator",
    });
  const expiresAt = expiryFrom(call, call.text('expires_at') ?? '');
  const { world } = call;
  const kind = 'namespace' in holder ? 'project' : 'group';
  const id = world.nextId();
  const username = `${kind}_${holder.id}_bot_${id}`;
  const name = call.text('name') ?? '';
  const bot: User = {
    id,
    username,
    name,
    email: `${username}@noreply.sandbox.example`,
    bot: true,
    createdAt: world.now(),
  };
  world.users.push(bot);
  holder.members.push({ userId: id, level, expiresAt: null, createdAt: world.now() });
  return make(call, holder, { name, scopes, level, expiresAt, userId: id });
}

function find(call: Call, { tokens }: Project | Group): Token {
  const token = tokens.find(({ id }) => String(id) === call.path('token'));
  if (!token) throw refusal(404, { message: `404 Could not find ${call.path('token')}` });
  return token;
}

const weekMs = 7 * 86_400_000;

function replace(call: Call, token: Token) {
  const { name, scopes, level, userId, holder } = token;
  if (token.revoked) throw refusal(400, { message: '400 Bad request - Token already revoked' });
  const expiresAt = expiryFrom(call, call.text('expires_at') ?? dateOf(call.world.now() + weekMs));
  token.revoked = true;
  return make(call, holder, { name, scopes, level, userId, expiresAt });
}

function revoke(token: Token) {
  token.revoked = true;
  return noContent;
}

/** The token that asks. */
function inUse({ caller }: Call): Token {
  if (!caller.token) throw notFound();
  return caller.token;
}

function rotateOwn(call: Call, holder: Project | Group) {
  const token = inUse(call);
  if (token.holder !== holder) throw refusal(405, { message: '405 Method Not Allowed' });
  return { ...replace(call, token), status: 200 };
}

const ownTokens = (call: Call): Token[] => {
  const { id } = call.user();
  return call.world.tokens.filter(({ userId, holder }) => userId === id && !holder);
};

function findOwn(call: Call): Token {
  const found = ownTokens(call).find(({ id }) => String(id) === call.path('id'));
  if (!found) throw notFound();
  return found;
}

function listOwn(call: Call) {
  const [state, revoked] = [call.text('state'), call.flag('revoked')];
  const found = ownTokens(call).filter(
    token =>
      (state === undefined || isActive(call, token) === (state === 'active')) &&
      (revoked === undefined || token.revoked === revoked) &&
      matches(call.text('search'), token.name) &&
      isWithin(call, 'created', token.createdAt) &&
      isWithin(call, 'last_used', token.lastUsedAt ?? 0),
  );
  return paged(call, found, token => describe(call, token));
}

function associations(call: Call): Fields {
  const { caller, world } = call;
  const least = Math.max(call.number('min_access_level') ?? 10, 1);
  const [page, size] = [call.number('page') ?? 1, Math.min(call.number('per_page') ?? 20, 100)];
  const of = (holder: Project | Group) => ({
    id: holder.id,
    name: holder.name,
    [isGroup(holder) ? 'full_path' : 'path_with_namespace']: holder.fullPath,
    web_url: `${world.origin}/${holder.fullPath}`,
    access_levels: levelIn(caller, holder),
  });
  const reached = <One extends Project | Group>(all: Iterable<One>) =>
    numberedPage(
      [...all].filter(one => levelIn(caller, one) >= least),
      page,
      size,
    ).rows;
  return { groups: reached(world.groups.values()).map(of), projects: reached(world.projects.values()).map(of) };
}

const scopeOf = (call: Call) => call.world.partsOf(call.project(40)).jobTokenScope;

function readScope(call: Call): Fields {
  return { inbound_enabled: scopeOf(call).enabled, outbound_enabled: false };
}

function setScope(call: Call) {
  scopeOf(call).enabled = call.flag('enabled') ?? true;
  return noContent;
}

const mostEntries = 200;

function allowProject(call: Call) {
  const source = call.project(40);
  const { projects, groups } = scopeOf(call);
  const target = call.world.projects.get(call.number('target_project_id') ?? 0);
  if (!target || !canSee(call.caller, target)) throw notFound('Target_project_id');
  if (target === source)
    throw refusal(400, { message: "400 Bad request - Can't add the source project to its own allowlist" });
  if (projects.includes(target)) throw refusal(422, { message: 'This project is already in the job token allowlist.' });
  if (projects.length + groups.length + 1 >= mostEntries)
    throw refusal(422, { message: 'Projects and groups in the allowlist exceed the limit of 200' });
  projects.push(target);
  return reply(201, { source_project_id: source.id, target_project_id: target.id });
}

function disallow(call: Call, list: (Project | Group)[]) {
  const index = list.findIndex(({ id }) => String(id) === call.path('target'));
  if (index < 0) throw notFound();
  list.splice(index, 1);
  return noContent;
}

function listGroups(call: Call) {
  return paged(call, scopeOf(call).groups, ({ id, fullPath, name }) => ({
    id,
    name,
    web_url: `${call.world.origin}/groups/${fullPath}`,
  }));
}

function allowGroup(call: Call) {
  const source = call.project(40);
  const target = call.world.groups.get(call.number('target_group_id') ?? 0);
  if (!target || !canSee(call.caller, target)) throw notFound('Target_group_id');
  const { groups } = scopeOf(call);
  if (groups.includes(target)) throw refusal(422, { message: 'This group is already in the job token allowlist.' });
  groups.push(target);
  return reply(201, { source_project_id: source.id, target_group_id: target.id });
}
