import * as z from 'zod';
import { operation } from '../../../operations/operation.ts';

const auth = z.looseObject({
  token_type: z.string(),
  token_name: z.string().nullish(),
  scopes: z.array(z.string()),
  expires_at: z.string().nullish().describe('ISO 8601; null: never'),
});

export const getToken = operation({
  name: 'dx_get_token',
  route: 'GET /auth.info',
  risk: 'reads',
  summary: 'Show the Web API token of this connection: kind, scopes, expiry, account.',
  words: 'whose token account',
  api: 'web',
  input: z.strictObject({}),
  output: z.looseObject({ auth, account: z.looseObject({ name: z.string() }).optional() }),
  example: { arguments: {} },
});
