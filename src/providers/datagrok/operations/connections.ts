import * as z from 'zod';
import { whole } from '../../../http/paging/whole.ts';
import { type Operation, operation, reference } from '../../../operations/operation.ts';
import { done, existingEntity, filter, flag, text, uuid } from '../arguments.ts';
import { lookAtThing, lookForSaved } from '../losses.ts';
import { briefRows, withName } from '../rows.ts';

const connectionRow = z.looseObject({
  id: z.string(),
  name: z.string(),
  grok_name: z.string().nullish(),
  dataSource: z.string().nullish(),
});

export const listConnections: Operation = operation({
  name: 'datagrok_list_connections',
  route: 'GET /public/v1/connections',
  risk: 'reads',
  summary: 'List data connections: databases and file shares. Undocumented.',
  words: 'databases data sources',
  input: z.strictObject({
    text: filter,
    data_source: text('Kind, like Postgres or Files').meta({ wire: 'dataSource' }),
    tags: z.array(z.string()).optional().describe('All of these tags'),
  }),
  output: connectionRow,
  paging: whole({ items: body => briefRows(body) }),
  resource: { uri: 'datagrok://connections', title: 'Data connections and file shares of Datagrok' },
  example: { arguments: { data_source: 'Files' } },
});

/** A file share: where files are. Completed from the connections; the server takes it as it is. */
export const connector = existingEntity('File share, like System:DemoFiles').meta({
  reference: reference({ list: () => listConnections, key: 'grok_name', label: 'name', keyForm: /./s }),
});

/** The same where the server wants the UUID: its name is looked up. */
export const connectorId = z
  .string()
  .min(1)
  .describe('File share, like System:DemoFiles')
  .meta({ reference: reference({ list: () => listConnections, key: 'id', label: 'grok_name', keyForm: uuid }) });

const dataConnection = existingEntity('Data connection: UUID or Grok name').meta({
  foundIn: { listing: 'datagrok_list_connections', key: 'id' },
});

export const getConnection = operation({
  name: 'datagrok_get_connection',
  route: 'GET /public/v1/connections/{data_connection}',
  risk: 'reads',
  summary: 'Show a data connection: its kind, parameters and tags. Undocumented.',
  input: z.strictObject({ data_connection: dataConnection }),
  output: connectionRow,
  repair: withName,
  example: { arguments: { data_connection: 'Geology:Laboratory' } },
});

const fields = {
  id: z.uuid().optional().describe('Of the one to change; absent: a new one'),
  name: z.string().min(1).describe('Name'),
  friendlyName: text('Name for people'),
  description: text('What it is for'),
  namespace: text('Where it is, ending in a colon'),
  tags: z.array(z.string()).optional().describe('Tags'),
  dataSource: z.string().min(1).describe('Kind: Postgres, Snowflake, S3, Files, ...'),
  parameters: z.record(z.string(), z.unknown()).optional().describe('server, port, db, bucket, region, ...'),
  credentials: z
    .looseObject({})
    .optional()
    .describe('{parameters: secrets, openParameters}; they will be in the conversation'),
};

export const saveConnection = operation({
  name: 'datagrok_save_connection',
  route: 'POST /public/v1/connections',
  risk: 'replaces',
  question: 'Replace the data connection {name}?',
  async describeLoss(args, context) {
    const found = await lookForSaved(() => getConnection, 'data_connection', 'settings')(args, context);
    const takesSecrets = args.credentials || args.save_credentials;
    return found && takesSecrets ? { ...found, says: `${found.says} Its credentials would be replaced, too.` } : found;
  },
  summary: 'Create or change a data connection. Undocumented.',
  words: 'new database data source',
  verifyWith: 'datagrok_list_connections shows whether it was saved.',
  input: z.strictObject({
    ...fields,
    save_credentials: flag('Keep the credentials too').meta({ in: 'query', wire: 'saveCredentials' }),
  }),
  output: connectionRow,
  repair: withName,
  example: { arguments: { name: 'Archive', dataSource: 'S3', parameters: { bucket: 'core-archive' } } },
});

export const testConnection = operation({
  name: 'datagrok_test_connection',
  route: 'POST /public/v1/connections/test',
  // Nothing is kept of it, but the server sends the credentials to whatever host is named.
  risk: 'exposes',
  question: 'Have the server of Datagrok log in where the data connection {name} leads to?',
  async describeLoss({ id, parameters = {} }, context) {
    const known =
      id === undefined ? {} : await lookAtThing('name', () => getConnection)({ data_connection: id }, context);
    const where = [parameters['server'], parameters['port']].filter(part => part !== undefined).join(':');
    return { ...known, says: `It sends the credentials that were given to ${where || 'the host of the parameters'}.` };
  },
  summary: 'Try to reach what a data connection leads to. Undocumented.',
  words: 'does the database answer, ping',
  input: z.strictObject(fields),
  output: z.looseObject({ works: z.boolean() }),
  repair: body => (body === 'ok' ? { works: true } : { works: false, said: body }),
  example: { arguments: { name: 'Archive', dataSource: 'S3', parameters: { bucket: 'core-archive' } } },
});

export const deleteConnection: Operation = operation({
  name: 'datagrok_delete_connection',
  route: 'DELETE /public/v1/connections/{data_connection}',
  risk: 'deletes',
  question: 'Delete the data connection {data_connection} with its credentials?',
  summary: 'Delete a data connection with its credentials. Undocumented.',
  words: 'remove database data source',
  input: z.strictObject({ data_connection: dataConnection }),
  ...done,
  example: { arguments: { data_connection: 'Geology:GroundWater' } },
  // The server answers 200 for what does not exist, so it is looked at first.
  describeLoss: lookAtThing(
    'data_connection',
    () => getConnection,
    ({ dataSource }) => `It is of ${String(dataSource)}.`,
  ),
});
