import * as z from 'zod';
import { Fault, isFault } from '../../../base/errors.ts';
import type { Row } from '../../../base/json-value.ts';
import { LruMap } from '../../../base/lru-map.ts';
import type { Connection } from '../../../http/connection.ts';
import type { HttpReply } from '../../../http/request.ts';
import { type Operation, type OperationContext, operation } from '../../../operations/operation.ts';
import { sendableInputs } from '../inputs.ts';
import { type Parameter, shownOutput } from '../outputs.ts';
import { functionName, getFunction, parameter } from './functions.ts';

const input = z.strictObject({
  function: functionName,
  arguments: z
    .record(z.string(), z.unknown())
    .default({})
    .describe('Values by input name; of a dataframe a result:// handle, rows, or a table')
    .meta({ in: 'payload' }),
});

const facts = {
  name: 'datagrok_call_function',
  risk: 'starts',
  summary: 'Run a function, script or data query on the server; tables that it returns are stored. May take minutes.',
  words: 'run execute a saved query, script, report',
  input,
  output: z.looseObject({}),
  example: { arguments: { function: 'Geology:Laboratory:AssaysByHole', arguments: { hole: 'DDH007', min_cu: 1 } } },
} as const;

/** The route that the vendor's clients use. */
export const callFunction: Operation = operation({
  ...facts,
  route: 'POST /public/v1/functions/{function}/call',
  async send(args, context) {
    const declared = await parametersOf(args.function, context);
    if (declared) checkArguments(args, declared);
    const { values, sent } = await sendableInputs(args.function, args.arguments, declared, context);
    const { body } = await call({ ...args, arguments: values }, context);
    const outputs = declared?.filter(({ isInput }) => !isInput) ?? [];
    const answer = await shownOutput(body, outputs, { operation: callFunction, args, context });
    return Object.keys(sent).length > 0 ? { ...answer, sent } : answer;
  },
});

/** The route of the vendor's page. */
const callByName = operation({ ...facts, route: 'POST /public/v1/{function}/call' });

const routes = { functions: callFunction, short: callByName };
type Path = keyof typeof routes;

/** Which of the two a server has, once it is known. */
const known = new WeakMap<Connection, Path>();

async function call(args: z.output<typeof input>, context: OperationContext): Promise<HttpReply> {
  const { connection } = context;
  const chosen = connection.choices?.['call_path'] as Path | 'auto' | undefined;
  const path = chosen && chosen !== 'auto' ? chosen : known.get(connection);
  const run = (one: Path) => context.request(routes[one], args, { slow: true });
  try {
    if (path) return await run(path);
    try {
      return note('functions', await run('functions'), context);
    } catch (error) {
      // A real 404: nothing ran. Any other failure, and a 404 inside a 200, comes from the route itself.
      if (!isFault(error) || error.status !== 404) throw error;
      return await run('short').then(
        reply => note('short', reply, context),
        second => {
          throw isFault(second, 'not_found') ? error : second;
        },
      );
    }
  } catch (error) {
    throw isFault(error, 'timed_out') ? stillRunning(args.function, error, context) : error;
  }
}

function note(path: Path, reply: HttpReply, { connection }: OperationContext): HttpReply {
  known.set(connection, path);
  return reply;
}

function stillRunning(name: string, cause: Fault, { connection }: OperationContext): Fault {
  const seconds = (connection.callTimeoutMs ?? 0) / 1_000;
  return new Fault({
    code: 'timed_out',
    message: `${name} has not answered within ${seconds} s. It may still be running: Datagrok has no way to ask.`,
    hint: 'Do not call it again before you know that it had no effect. For calls this long the operator raises DATAGROK_TIMEOUT_SECONDS.',
    cause,
  });
}

interface Declared {
  at: number;
  parameters: Parameter[] | undefined;
}

const freshMs = 300_000;
const mostDeclarations = 200;
const declarations = new WeakMap<Connection, LruMap<Declared>>();

/** What the function declares, where the server tells; it seldom changes. */
async function parametersOf(name: string, context: OperationContext): Promise<Parameter[] | undefined> {
  const { connection, clock } = context;
  const remembered = declarations.get(connection) ?? new LruMap<Declared>(mostDeclarations);
  declarations.set(connection, remembered);
  const before = remembered.get(name);
  if (before && clock.now() - before.at < freshMs) return before.parameters;
  const parameters = await context.request(getFunction, { function: name }).then(
    ({ body }) => z.array(parameter).safeParse((body as Row | undefined)?.['params']).data,
    error => {
      // The route is in no document: without it the server's own check has to do.
      if (isFault(error) && error.status !== undefined && error.code !== 'unauthorized') return undefined;
      throw error;
    },
  );
  remembered.set(name, { at: clock.now(), parameters });
  return parameters;
}

const takes: Readonly<Record<string, (value: unknown) => boolean>> = {
  int: Number.isInteger,
  bigint: value => Number.isInteger(value) || (typeof value === 'string' && /^-?\d+$/.test(value)),
  double: value => typeof value === 'number',
  bool: value => typeof value === 'boolean',
  string: value => typeof value === 'string',
  datetime: value => typeof value === 'string',
};

/** Only what is certainly wrong is refused: nobody documents which inputs may be left out, or how tables travel. */
function checkArguments({ function: name, arguments: given }: z.output<typeof input>, declared: readonly Parameter[]) {
  const inputs = declared.filter(({ isInput }) => isInput);
  const wrong = Object.entries(given).flatMap(([field, value]) => {
    const found = inputs.find(one => one.name === field);
    if (!found) return [`it has no input "${field}"`];
    const fits = value === null || (takes[found.propertyType ?? '']?.(value) ?? true);
    return fits ? [] : [`${field} must be of type ${found.propertyType}`];
  });
  if (wrong.length === 0) return;
  throw new Fault({
    code: 'bad_arguments',
    message: `${name}: ${wrong.join('; ')}. Nothing was run.`,
    hint: inputs.length
      ? `Its inputs: ${inputs.map(one => `${one.name} (${one.propertyType ?? 'any'})`).join(', ')}.`
      : 'It has no inputs.',
  });
}
