import * as z from 'zod';
import { Fault, isFault } from '../../../base/errors.ts';
import { isRow, type Row } from '../../../base/json-value.ts';
import { lookAt, textOf } from '../../../operations/look-up.ts';
import { type OperationContext, operation } from '../../../operations/operation.ts';
import { done, entity } from '../arguments.ts';
import { nameOfThing } from '../losses.ts';
import { getConnection } from './connections.ts';

const credentialsRow = z.looseObject({ id: z.string(), entityBindId: z.string().nullish() });

export const getCredentials = operation({
  name: 'datagrok_get_credentials',
  route: 'GET /public/v1/credentials/for/{entity}',
  risk: 'reads',
  summary: 'Show which credentials a data connection has, without the secrets. Undocumented.',
  words: 'login user of a database',
  input: z.strictObject({ entity: entity('What they are for: UUID or Grok name') }),
  output: credentialsRow,
  example: { arguments: { entity: 'Geology:Laboratory' } },
});

/** Of a data connection; undefined where it has none. */
async function credentialsOf(holder: string, context: OperationContext): Promise<Row | undefined> {
  try {
    const found = (await context.request(getCredentials, { entity: holder })).body;
    return isRow(found) && typeof found['id'] === 'string' ? found : undefined;
  } catch (error) {
    if (isFault(error, 'not_found')) return undefined;
    throw error;
  }
}

const holderNamed = ({ entity: holder }: { entity: string }, context: OperationContext) =>
  lookAt(
    'entity',
    () => getConnection,
    thing => ({ name: nameOfThing(thing) }),
  )({ entity: holder, data_connection: holder }, context);

function loginIn({ openParameters }: Row): string {
  const login = isRow(openParameters) ? textOf(openParameters['login']) : undefined;
  return login === undefined ? '' : ` of the login ${login}`;
}

export const saveCredentials = operation({
  name: 'datagrok_save_credentials',
  route: 'POST /public/v1/credentials',
  risk: 'replaces',
  question: 'Replace the credentials of {entity}?',
  async describeLoss({ entity: holder }, context) {
    const found = await credentialsOf(holder, context);
    const { names = {} } = await holderNamed({ entity: holder }, context);
    return found && { says: `It has credentials${loginIn(found)}, which would be lost.`, names, version: found };
  },
  summary: 'Set the credentials of a data connection. Undocumented.',
  words: 'change the password login of a database',
  verifyWith: 'datagrok_get_credentials shows what is there.',
  input: z.strictObject({
    id: z.uuid().optional().describe('Of the ones to change'),
    entity: z.uuid().describe('What they are for: UUID').meta({ wire: 'entityBindId' }),
    parameters: z.record(z.string(), z.string()).describe('Secrets by name; they will be in the conversation'),
    open_parameters: z
      .record(z.string(), z.unknown())
      .optional()
      .describe('What is no secret, like the login')
      .meta({ wire: 'openParameters' }),
    group: z.looseObject({ id: z.string() }).optional().describe('Group that may use them: {id}'),
  }),
  output: credentialsRow,
  example: {
    arguments: { entity: '7b3c1f0e-2d4a-4c55-8a6b-9f0e1d2c3b4a', parameters: { password: 'from your vault' } },
  },
});

export const deleteCredentials = operation({
  name: 'datagrok_delete_credentials',
  route: 'DELETE /public/v1/credentials/{id}',
  risk: 'deletes',
  question: 'Delete the credentials of {entity}?',
  async describeLoss({ entity: holder, id }, context) {
    const found = await credentialsOf(holder, context);
    if (found?.['id'] !== id)
      throw new Fault({
        code: 'not_found',
        message: `${holder} has no such credentials.`,
        hint: 'datagrok_get_credentials shows which it has.',
      });
    const { names = {} } = await holderNamed({ entity: holder }, context);
    return { says: `They are${loginIn(found) || ' there'}. What uses them cannot log in any more.`, names };
  },
  summary: 'Delete credentials. Undocumented.',
  input: z.strictObject({
    id: z.uuid().describe('Their id'),
    entity: entity('What they are for: UUID or Grok name').meta({ in: 'local' }),
  }),
  ...done,
  example: { arguments: { id: '7b3c1f0e-2d4a-4c55-8a6b-9f0e1d2c3b4a', entity: 'Geology:Laboratory' } },
});
