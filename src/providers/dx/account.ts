import * as z from 'zod';
import { whole } from '../../http/paging/whole.ts';
import { type Operation, operation } from '../../operation.ts';
import { webMethod } from './arguments.ts';

const auth = z.looseObject({
  token_type: z.string(),
  token_name: z.string().nullish(),
  scopes: z.array(z.string()),
  expires_at: z.string().nullish().describe('ISO 8601; null: never'),
});

export const getToken = operation({
  name: 'dx_get_token',
  route: 'GET /auth.info',
  effect: 'read',
  summary: 'Show the Web API token of this connection: kind, scopes, expiry, account.',
  toolset: 'account',
  api: 'web',
  input: z.strictObject({}),
  output: z.looseObject({ auth, account: z.looseObject({ name: z.string() }).optional() }),
  evidence: { level: 'documented', source: 'https://github.com/get-dx/cli', checked: '2026-11-21' },
  example: { arguments: {} },
});

const listAttributeGroups = operation({
  name: 'dx_list_attribute_groups',
  route: 'GET /attributeGroups.list',
  effect: 'read',
  summary: 'List the groups of attributes that people are described by (tenure, location ...), with their attributes.',
  toolset: 'account',
  api: 'web',
  scopes: ['snapshots:read'],
  input: z.strictObject({}),
  output: z.looseObject({ id: z.string(), name: z.string() }),
  paging: whole({ items: 'attribute_groups' }),
  resource: { uri: 'dx://attribute-groups', title: 'Attribute groups of DX' },
  evidence: webMethod('attributeGroups.list'),
  example: { arguments: {} },
});

export const account: readonly Operation[] = [getToken, listAttributeGroups];
