import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Row } from '../../../base/json-value.ts';
import { whole } from '../../../http/paging/whole.ts';
import { lacks, wantedWith } from '../../../operations/lack.ts';
import { type Operation, operation, reference } from '../../../operations/operation.ts';
import { existingEntity, filter, text } from '../arguments.ts';
import { lookForSaved } from '../losses.ts';
import { brief, withName } from '../rows.ts';

export const parameter = z.looseObject({
  name: z.string(),
  propertyType: z.string().nullish(),
  isInput: z.boolean().nullish(),
});

const functionRow = z.looseObject({ id: z.string(), name: z.string(), grok_name: z.string().nullish() });
/** Live servers send parameters twice; the second list says less. */
const shown = (body: unknown): unknown => {
  if (typeof body !== 'object' || body === null) return body;
  const { parameterInfos: _, ...rest } = body as Row;
  return withName({ ...rest, source: rest['source'] ?? sources[String(rest['#type'])] });
};

/** In a listing a function is its signature; the code is shown with the function. */
export const functionRows = (body: unknown): unknown =>
  Array.isArray(body)
    ? body.map(one => {
        const { params, script: _, query: __, options: ___, ...row } = brief(shown(one)) as Row;
        return { ...row, ...signature(params) };
      })
    : body;

function signature(params: unknown): Row {
  const { data = [] } = z.array(parameter).safeParse(params);
  const list = (inputs: boolean) =>
    data.filter(one => (one.isInput ?? false) === inputs).map(one => `${one.name}: ${one.propertyType ?? 'any'}`);
  return { inputs: list(true).join(', '), outputs: list(false).join(', ') };
}

/** Built-ins do not say their source. */
const sources: Readonly<Record<string, string>> = { Func: 'function', Script: 'script', DataQuery: 'data-query' };

export const listFunctions: Operation = operation({
  name: 'datagrok_list_functions',
  route: 'GET /public/v1/functions',
  risk: 'reads',
  summary: 'List functions, scripts and data queries with their parameters. Undocumented.',
  words: 'scripts queries which can I run',
  input: z.strictObject({ text: filter }),
  output: functionRow,
  paging: whole({ items: functionRows }),
  resource: { uri: 'datagrok://functions', title: 'Functions, scripts and queries on Datagrok' },
  example: { arguments: { text: 'source="data-query"' } },
});

/** Completed from the listing; the server takes it as it is. */
export const functionName = existingEntity('Function, script or query: UUID or Grok name').meta({
  reference: reference({ list: () => listFunctions, key: 'grok_name', label: 'name', search: 'text', keyForm: /./s }),
});

export const getFunction = operation({
  name: 'datagrok_get_function',
  route: 'GET /public/v1/functions/{function}',
  risk: 'reads',
  summary: 'Show a function, script or data query: its parameters, code and options. Undocumented.',
  words: 'parameters inputs code, what does it take',
  input: z.strictObject({ function: functionName }),
  output: functionRow,
  repair: shown,
  resource: { uri: 'datagrok://functions/{function}', title: 'A function on Datagrok' },
  example: { arguments: { function: 'Geology:Laboratory:AssaysByHole' } },
});

export const functionFields = {
  id: z.uuid().optional().describe('Of the one to change; absent: a new one'),
  name: z.string().min(1).describe('Name'),
  friendlyName: text('Name for people'),
  description: text('What it is for'),
  namespace: text('Where it is, ending in a colon'),
  tags: z.array(z.string()).optional().describe('Tags'),
  options: z.record(z.string(), z.unknown()).optional().describe('Options'),
  params: z.array(parameter).optional().describe('Parameters: name, propertyType, isInput'),
};

export const script = {
  script: z.string().min(1).describe('Its code'),
  language: z.enum(['grok', 'julia', 'python', 'r', 'nodejs', 'octave']).describe('Language'),
};

export const query = {
  query: z.string().min(1).describe('Its SQL'),
  connection: z.looseObject({ id: z.string() }).describe('Data connection: {id} is enough'),
};

/** A new thing needs an id of its own. */
export const identified = <T extends { id?: string | undefined }>(args: T) => ({
  ...args,
  id: args.id ?? randomUUID(),
});

export const saveFunction: Operation = operation({
  name: 'datagrok_save_function',
  route: 'POST /public/v1/functions',
  risk: 'replaces',
  question: 'Replace the function {name}?',
  describeLoss: lookForSaved(() => getFunction, 'function', 'code'),
  summary: 'Create or change a script (script, language) or a data query (query, connection). Undocumented.',
  words: 'write new script query',
  verifyWith: 'datagrok_get_function shows whether it was saved.',
  input: z.strictObject({
    ...functionFields,
    source: z.enum(['script', 'data-query']).describe('Which of the two'),
    script: script.script.optional(),
    language: script.language.optional(),
    query: query.query.optional(),
    // Not `connection`: that chooses the account.
    data_connection: query.connection.optional().meta({ wire: 'connection' }),
  }),
  describeLack: lacks(
    wantedWith('source', 'script', 'script', 'language'),
    wantedWith('source', 'data-query', 'query', 'data_connection'),
  ),
  output: functionRow,
  example: { arguments: { name: 'Depth', source: 'script', language: 'python', script: '#name: Depth\n' } },
  async send(args, context) {
    const { body } = await context.request(saveFunction, identified(args));
    return shown(body) as z.input<typeof functionRow>;
  },
});
