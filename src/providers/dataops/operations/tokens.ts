import * as z from 'zod';
import type { Row } from '../../../base/json-value.ts';
import { dayAhead } from '../../../base/time.ts';
import { lookAt, lookIn } from '../../../operations/look-up.ts';
import { type Operation, type OperationContext, operation } from '../../../operations/operation.ts';
import { done, role, text } from '../arguments.ts';
import { groupTold, projectTold, tokenTold } from '../losses.ts';
import { pages } from '../paging.ts';
import { facts, showValue } from '../secrets.ts';
import { getGroup } from './groups.ts';
import { type Holder, ofGroup, ofProject } from './members.ts';
import { getProject } from './projects.ts';

export const token = z.looseObject({
  id: z.number(),
  name: z.string(),
  scopes: z.array(z.string()),
  active: z.boolean().nullish(),
  expires_at: z.string().nullish(),
});
export const newToken = token.extend({ value: z.string().optional().describe('The token, with show_value') });

export const tokenId = z.string().regex(/^\d+$/).describe('Number of the token');
export const state = z.enum(['active', 'inactive']).optional().describe('State');
const expiresOn = dayAhead('Last day');
/** What every replacement of a token takes. */
export const renewal = { expires_at: expiresOn.optional(), show_value: showValue };

// The only time that the token itself is in an answer. Under another name, because what is called a token is redacted.
export async function makeToken(
  self: Operation,
  args: Row,
  context: OperationContext,
): Promise<z.input<typeof newToken>> {
  const { token: secret, ...rest } = facts((await context.request(self, args)).body);
  return {
    ...(rest as z.input<typeof newToken>),
    ...(args['show_value'] === true && secret != null && { value: String(secret) }),
  };
}

/** Replacing the token in use leaves nobody with one, unless the new one is shown. */
export const lacksSight = ({ show_value }: { show_value?: boolean | undefined }) =>
  show_value === true
    ? undefined
    : 'set show_value: the token in use stops working, and the new one is seen this once only';

interface TokenHolder extends Holder {
  /** As sentences have it. */
  a: string;
  /** What people say for the making of one. */
  words: string;
  reading: () => Operation;
  tell: typeof projectTold;
}

/** The access tokens of a project or group: six operations that differ in whose they are. */
function tokensOf({ noun, path, argument, example, a, words, reading, tell }: TokenHolder) {
  const holder = noun === 'project' ? '{project}' : 'the group {group}';
  const tokens = `${path}/access_tokens`;
  const one = { ...argument, token_id: tokenId };
  const shown = { arguments: { ...example, token_id: '12' } };
  const listing = `dataops_list_${noun}_tokens`;
  const listTokens = operation({
    name: listing,
    route: `GET ${tokens}`,
    risk: 'reads',
    summary: `List the access tokens of ${a}: names, scopes, expiry, last use.`,
    words: 'access keys about to expire, expiring',
    input: z.strictObject({ ...argument, state }),
    output: token,
    paging: pages(),
    example: { arguments: example },
  });
  const told = lookIn('token_id', () => listTokens, 'id', tokenTold);
  const getToken = operation({
    name: `dataops_get_${noun}_token`,
    route: `GET ${tokens}/{token_id}`,
    risk: 'reads',
    summary: `Show an access token of ${a}: scopes, expiry, last use.`,
    input: z.strictObject(one),
    output: token,
    example: shown,
  });
  const createToken: Operation = operation({
    name: `dataops_create_${noun}_token`,
    route: `POST ${tokens}`,
    risk: 'exposes',
    question: `Make an access token for ${holder}?`,
    describeLoss: lookAt(noun, reading, tell),
    summary: `Create an access token of ${a}. It can be seen this once only, with show_value.`,
    words,
    verifyWith: `${listing} shows whether it was made; one that nobody saw is best revoked.`,
    input: z.strictObject({
      ...argument,
      name: z.string().min(1).describe('Name'),
      scopes: z.array(z.string()).min(1).describe('api, read_api, read_repository, write_repository, ...'),
      expires_at: expiresOn,
      role: role('Role of its bot (maintainer)').meta({ wire: 'access_level' }).optional(),
      description: text('Description'),
      show_value: showValue,
    }),
    output: newToken,
    example: { arguments: { ...example, name: 'report', scopes: ['read_api'], expires_at: '2027-01-31' } },
    send: (args, context) => makeToken(createToken, args, context),
  });
  const rotateToken: Operation = operation({
    name: `dataops_rotate_${noun}_token`,
    route: `POST ${tokens}/{token_id}/rotate`,
    risk: 'exposes',
    question: `Replace the access token {token_id} of ${holder}? What uses the present one stops working.`,
    describeLoss: told,
    summary: `Replace an access token of ${a}; the old one stops working. The new one is seen only with show_value.`,
    words: 'renew refresh a deploy token',
    verifyWith: `${listing} shows whether it was replaced; if so, rotate the new one.`,
    input: z.strictObject({ ...one, ...renewal }),
    output: newToken,
    example: shown,
    send: (args, context) => makeToken(rotateToken, args, context),
  });
  const rotateOwn: Operation = operation({
    name: `dataops_rotate_current_${noun}_token`,
    route: `POST ${tokens}/self/rotate`,
    risk: 'exposes',
    question: `Replace the access token of ${holder} that this connection itself uses, so that it stops working?`,
    describeLoss: lookAt(noun, reading, tell),
    describeLack: lacksSight,
    summary: `Replace the access token of ${a} that this connection uses. It then needs the new one from its operator.`,
    words: 'renew the token of a bot in use',
    input: z.strictObject({ ...argument, ...renewal }),
    output: newToken,
    example: { arguments: { ...example, show_value: true } },
    send: (args, context) => makeToken(rotateOwn, args, context),
  });
  const revokeToken = operation({
    name: `dataops_revoke_${noun}_token`,
    route: `DELETE ${tokens}/{token_id}`,
    risk: 'deletes',
    question: `Revoke the access token {token_id} of ${holder}? What uses it stops working.`,
    describeLoss: told,
    summary: `Revoke an access token of ${a}.`,
    words: 'kill invalidate disable an access key',
    input: z.strictObject(one),
    ...done,
    example: shown,
  });
  return { listTokens, getToken, createToken, rotateToken, rotateOwn, revokeToken };
}

export const {
  listTokens: listProjectTokens,
  getToken: getProjectToken,
  createToken: createProjectToken,
  rotateToken: rotateProjectToken,
  rotateOwn: rotateOwnProjectToken,
  revokeToken: revokeProjectToken,
} = tokensOf({
  ...ofProject,
  a: 'a project',
  words: 'api access key deploy',
  reading: () => getProject,
  tell: projectTold,
});

export const {
  listTokens: listGroupTokens,
  getToken: getGroupToken,
  createToken: createGroupToken,
  rotateToken: rotateGroupToken,
  rotateOwn: rotateOwnGroupToken,
  revokeToken: revokeGroupToken,
} = tokensOf({
  ...ofGroup,
  a: 'a group',
  words: 'api access key',
  reading: () => getGroup,
  tell: groupTold,
});
