import * as crypto from 'node:crypto';
import * as z from 'zod';
import { flag, map, text } from '../arguments.ts';
import { type Call, type Endpoint, endpoint, ok } from '../call.ts';
import { encodeId } from '../paging.ts';
import { invalid, refusal } from '../refusal.ts';
import { iso } from '../world.ts';

const mostMetadataBytes = 1024;

const track = endpoint(
  'POST events.track',
  { project: true },
  {
    name: text,
    timestamp: text.pipe(z.string().regex(/^\d{9,10}(\.\d+)?$/)),
    email: text.optional(),
    github_username: text.optional(),
    gitlab_username: text.optional(),
    metadata: map.default({}),
    test_data: flag.default(false),
  },
  ({ world, caller }, { name, timestamp, email, github_username, gitlab_username, metadata, test_data }) => {
    const actor = email ?? github_username ?? gitlab_username;
    if (actor === undefined) throw invalid('email, github_username or gitlab_username');
    if (Buffer.byteLength(JSON.stringify(metadata)) > mostMetadataBytes) throw invalid('metadata is longer than 1 KB');
    const project_id = caller.projectId ?? '';
    world.events.push({ project_id, name, timestamp: Number(timestamp), actor, metadata, test_data });
    return ok();
  },
);

// Blank values have codes of their own here, so nothing is required by type.
const createProject = endpoint(
  'POST platformx.projects.create',
  { scopes: ['platformx:manage'] },
  {
    name: z.string().default(''),
    creator_id: z.union([z.string(), z.number().transform(String)]).default(''),
    hidden: flag.default(false),
    webhook_destination_url: z.url().nullish(),
  },
  ({ world, state, now }, { name, creator_id, hidden, webhook_destination_url = null }) => {
    if (name.trim() === '') throw refusal('name_blank', 'name is blank');
    if (creator_id.trim() === '') throw refusal('creator_id_blank', 'creator_id is blank');
    if (!world.users.some(({ id }) => id === creator_id))
      throw refusal('creator_id_not_found', 'There is no such user', { status: 422 });
    const id = encodeId(world.nextId());
    const project = { id, name, hidden, webhook_destination_url, creator_id, created_at: iso(now) };
    world.projects.push(project);
    const token = `dxp_${crypto.randomBytes(20).toString('hex')}`;
    const rights = { scopes: new Set<never>(), createdAt: now, expiresAt: null };
    state.tokens.set(token, { kind: 'project', name, projectId: id, ...rights });
    return ok({ project: { ...project, token } });
  },
);

function info({ world, caller }: Call) {
  const { kind, name, scopes, expiresAt, createdAt } = caller;
  return ok({
    auth: {
      token_type: kind === 'personal' ? 'personal_access_token' : 'account_web_api_token',
      token_name: name,
      scopes: [...scopes],
      expires_at: expiresAt === null ? null : iso(expiresAt),
      created_at: iso(createdAt),
    },
    account: { name: world.accountName },
  });
}

export const platformEndpoints: readonly Endpoint[] = [
  endpoint('GET auth.info', {}, {}, info),
  track,
  createProject,
  endpoint('GET platformx.projects.list', { scopes: ['platformx:manage'] }, {}, ({ world }) =>
    ok({ projects: world.projects }),
  ),
];
