import * as z from 'zod';
import type { Row } from '../../../base/json-value.ts';
import { lookAt } from '../../../operations/look-up.ts';
import { type Operation, operation } from '../../../operations/operation.ts';
import { done, minimumRole, search, since, until } from '../arguments.ts';
import { tokenTold } from '../losses.ts';
import { pages } from '../paging.ts';
import { lacksSight, makeToken, newToken, renewal, state, token, tokenId } from './tokens.ts';

const tokens = '/personal_access_tokens';
const one = { token_id: tokenId.meta({ foundIn: { listing: 'dataops_list_personal_tokens', key: 'id' } }) };
const example = { arguments: { token_id: '12' } };

export const getCurrentToken = operation({
  name: 'dataops_get_current_token',
  route: `GET ${tokens}/self`,
  risk: 'reads',
  summary: 'Show the access token in use: scopes, expiry, whose it is. Not for job tokens.',
  words: 'whose token am I using, which scopes',
  input: z.strictObject({}),
  output: token,
  example: { arguments: {} },
});

export const listPersonalTokens = operation({
  name: 'dataops_list_personal_tokens',
  route: `GET ${tokens}`,
  risk: 'reads',
  summary: 'List your own personal access tokens: names, scopes, expiry, last use.',
  words: 'my access keys about to expire, expiring',
  input: z.strictObject({
    state,
    search,
    created_after: since('Created'),
    last_used_before: until('Last used', 'created_after'),
  }),
  output: token,
  paging: pages(),
  example: { arguments: { state: 'active' } },
});

export const getPersonalToken = operation({
  name: 'dataops_get_personal_token',
  route: `GET ${tokens}/{token_id}`,
  risk: 'reads',
  summary: 'Show one of your personal access tokens: scopes, expiry, last use.',
  input: z.strictObject(one),
  output: token,
  example,
});

/** The most that the platform gives of each. */
const mostShown = 100;

export const getTokenReach = operation({
  name: 'dataops_get_token_associations',
  route: `GET ${tokens}/self/associations`,
  risk: 'reads',
  summary: 'Show which groups and projects the access token in use reaches, with its role in each.',
  words: 'what can this token see, reach of the credential',
  input: z.strictObject({
    min_access_level: minimumRole,
    page: z.number().int().min(1).default(1).describe('Which hundred of each'),
    per_page: z.literal(mostShown).default(mostShown).describe('Of each'),
  }),
  output: z.looseObject({
    groups: z.array(z.looseObject({})).nullish(),
    projects: z.array(z.looseObject({})).nullish(),
  }),
  repair: body => withNames(body as Row),
  example: { arguments: { min_access_level: 'maintainer' } },
});

/** Of each group and project its path and the role; the rest has operations of its own. */
function withNames({ groups, projects }: Row): Row {
  const short = (rows: unknown, path: string) =>
    (Array.isArray(rows) ? (rows as Row[]) : []).map(row => ({
      id: row?.['id'],
      [path]: row?.[path] ?? row?.['web_url'],
      access_level: row?.['access_levels'] ?? row?.['access_level'],
    }));
  const reach = { groups: short(groups, 'full_path'), projects: short(projects, 'path_with_namespace') };
  const isFull = Object.values(reach).some(({ length }) => length >= mostShown);
  return { ...reach, ...(isFull && { warnings: ['There may be more: ask for the next page.'] }) };
}

const told = lookAt('token_id', () => getPersonalToken, tokenTold);

export const rotatePersonalToken: Operation = operation({
  name: 'dataops_rotate_personal_token',
  route: `POST ${tokens}/{token_id}/rotate`,
  risk: 'exposes',
  question: 'Replace your access token {token_id}? What uses the present one stops working.',
  describeLoss: told,
  summary: 'Replace one of your access tokens; the old one stops working. The new one is seen only with show_value.',
  words: 'renew refresh my access key',
  verifyWith: 'dataops_list_personal_tokens shows whether it was replaced; if so, rotate the new one.',
  input: z.strictObject({ ...one, ...renewal }),
  output: newToken,
  example,
  send: (args, context) => makeToken(rotatePersonalToken, args, context),
});

export const revokePersonalToken = operation({
  name: 'dataops_revoke_personal_token',
  route: `DELETE ${tokens}/{token_id}`,
  risk: 'deletes',
  question: 'Revoke your access token {token_id}? What uses it stops working.',
  describeLoss: told,
  summary: 'Revoke one of your personal access tokens.',
  words: 'kill invalidate disable my access key',
  input: z.strictObject(one),
  ...done,
  example,
});

const inUse = lookAt('token', () => getCurrentToken, tokenTold);

export const rotateCurrentToken: Operation = operation({
  name: 'dataops_rotate_current_token',
  route: `POST ${tokens}/self/rotate`,
  risk: 'exposes',
  question: 'Replace the access token {token} that this connection itself uses, so that it stops working?',
  describeLoss: inUse,
  describeLack: lacksSight,
  summary: 'Replace the access token that this connection uses. It then needs the new one from its operator.',
  words: 'renew the token in use',
  input: z.strictObject(renewal),
  output: newToken,
  example: { arguments: { show_value: true } },
  send: (args, context) => makeToken(rotateCurrentToken, args, context),
});

export const revokeCurrentToken = operation({
  name: 'dataops_revoke_current_token',
  route: `DELETE ${tokens}/self`,
  risk: 'deletes',
  question: 'Revoke the access token {token} that this connection itself uses? Nothing works through it afterwards.',
  describeLoss: inUse,
  summary: 'Revoke the access token that this connection uses. Nothing works through it afterwards.',
  words: 'kill the token in use, it leaked',
  input: z.strictObject({}),
  ...done,
  example: { arguments: {} },
});
