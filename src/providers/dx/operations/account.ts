import * as z from 'zod';
import { type Operation, operation } from '../../../operations/operation.ts';

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

export const account: readonly Operation[] = [getToken];
