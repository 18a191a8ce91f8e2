import pMap from 'p-map';
import type { Question } from '../answers/answer.ts';
import { Fault, isFault } from '../base/errors.ts';
import { isRow, type Row } from '../base/json-value.ts';
import { firstOf } from '../base/nearest.ts';
import { parseArguments } from '../calls/arguments.ts';
import { lossOf } from '../calls/consent/confirm.ts';
import { putInWords } from '../calls/consent/question.ts';
import { operationContext, resolveNames } from '../calls/execute.ts';
import type { Many } from '../calls/many/selection.ts';
import type { CallerServices, EachRequest } from '../calls/services.ts';
import { resolveTimes } from '../calls/times.ts';
import type { Call } from '../http/call.ts';
import type { Connection } from '../http/connection.ts';
import { fieldMeta, fieldOf, isDestructive, isReading, type Operation, platformOf } from '../operations/operation.ts';
import { fillArguments, nameOfRow } from './fill.ts';
import type { Thing } from './plan.ts';
import { findThings } from './things.ts';

/** A thing with the arguments that are its own. */
export interface FilledThing extends Thing {
  args: Row;
}

/** Rows whose losses are looked up before somebody is asked, so many at once. */
const looksAtOnce = 4;
/** Names in a question. What is agreed to is all of them. */
const mostNamed = 50;
const mostLosses = 50;

/** The rows that an operation is carried out for, as many as `most`. @throws Fault */
export async function rowsFor(
  shared: CallerServices,
  operation: Operation,
  { rows: given, where, arguments: template = {}, many }: EachRequest,
  connection: Connection,
  call: Call,
  most: number,
): Promise<FilledThing[]> {
  if (given === undefined) {
    if (!many) throw noRows();
    const { reference, argument } = many;
    const context = operationContext(shared, connection, call);
    const { things, unknown } = await findThings(shared, operation, many satisfies Many, context, most);
    const [first] = unknown;
    // A change is not begun for some of those that were named.
    if (first)
      throw new Fault({
        code: 'not_found',
        message: first.message,
        hint: `Nothing was sent. ${reference.list().name} shows what there is.`,
      });
    return things.map(({ key, name }) => ({ key, name, args: { ...many.rest, [argument]: key } }));
  }
  const rows = await readGiven(shared, given, where, most);
  return rows.map((row, index) => {
    const args = fillArguments(template, row, index + 1);
    return { key: String(index + 1), name: nameOfRow(template, args, index + 1), args };
  });
}

async function readGiven(
  shared: CallerServices,
  given: unknown,
  where: EachRequest['where'],
  most: number,
): Promise<Row[]> {
  if (Array.isArray(given)) {
    if (given.length === 0 || !given.every(isRow)) throw noRows();
    return given;
  }
  const result = await shared.results.get(String(given));
  const query = { limit: most, ...(where ? { where } : {}) };
  const { rows } = await shared.results.rows(result, query);
  if (rows.length === 0) throw noRows();
  return rows;
}

/**
 * Every row's arguments as the operation takes them, times as moments: a mistake in the last costs nothing.
 * @throws Fault `bad_arguments` that names the row
 */
export async function checkRows(
  shared: CallerServices,
  operation: Operation,
  things: readonly FilledThing[],
): Promise<FilledThing[]> {
  const input = shared.inputOf(operation);
  return pMap(
    things,
    async thing => {
      try {
        const { values } = parseArguments(operation.name, input, thing.args);
        const secret = Object.keys(values).find(name => fieldMeta(fieldOf(operation.input, name)).secret);
        if (secret !== undefined) throw noSecret(operation, secret);
        const lack = operation.describeLack?.(values as never);
        if (lack !== undefined)
          throw new Fault({ code: 'bad_arguments', message: `${lack}.`, hint: 'Nothing was sent.' });
        const { args, became } = await resolveTimes(operation, values, shared);
        const moments = Object.keys(became).map(name => [name, args[name]] as const);
        return { ...thing, args: { ...thing.args, ...Object.fromEntries(moments) } };
      } catch (error) {
        if (!isFault(error, 'bad_arguments')) throw error;
        throw error.with({ message: `${thing.name}: ${error.message}`, hint: `Nothing was sent. ${error.hint}` });
      }
    },
    { concurrency: 1 },
  );
}

/** Asks once for all of them. Undefined: agreed, or nobody has to. @throws Fault as for one */
export async function askOnce(
  shared: CallerServices,
  operation: Operation,
  things: readonly FilledThing[],
  { confirm, ask_again }: EachRequest,
  connection: Connection,
  call: Call,
): Promise<Question | undefined> {
  if (isReading(operation) || shared.unattended) return undefined;
  if (isDestructive(operation) && things.length > mostLosses) throw tooManyLosses(operation, things.length);
  const what = [operation.name, connection.name, 'each', things.map(({ args }) => args)];
  const context = operationContext(shared, connection, call);
  const words = operation.name.split('_').slice(1).join(' ');
  const verb = words.replace(/^./, first => first.toUpperCase());
  const account = connection.name === connection.platform ? '' : ` (${connection.name})`;
  const names = firstOf(
    things.map(({ name }) => name),
    mostNamed,
  );
  const look = async () => {
    const losses = isDestructive(operation) ? await lossesOf(shared, operation, things, context) : [];
    const told = losses.length > 0 ? losses.map((loss, index) => `${index + 1}. ${loss}`).join(' ') : `${names}.`;
    return {
      text: `${verb}, ${things.length === 1 ? 'once' : `${things.length} times`}: ${told} On ${connection.title}${account}.`,
      bound: losses,
    };
  };
  return shared.confirmations.agree(
    { name: operation.name, what, look },
    { confirm, ask_again },
    shared.clock.now(),
    call.person,
  );
}

function lossesOf(
  shared: CallerServices,
  operation: Operation,
  things: readonly FilledThing[],
  context: ReturnType<typeof operationContext>,
): Promise<string[]> {
  const one = async ({ args: given }: FilledThing) => {
    const { values } = parseArguments(operation.name, shared.inputOf(operation), given);
    const { connection: _, ...own } = values;
    const args = await resolveNames(operation, own, context);
    const loss = await lossOf(operation, args, context);
    return putInWords(operation, args, loss ?? {}, context);
  };
  return pMap(things, one, { concurrency: looksAtOnce });
}

/** The connection that a call is for; every row is for the same. */
export function connectionFor(
  shared: CallerServices,
  operation: Operation,
  { arguments: template = {} }: EachRequest,
): Promise<Connection> {
  const { connection } = template;
  return shared.connections.choose(
    platformOf(operation),
    typeof connection === 'string' ? connection : undefined,
    operation.api,
  );
}

const noRows = () =>
  new Fault({
    code: 'bad_arguments',
    message: 'There are no rows to go through.',
    hint: 'Give rows: a result:// handle (with where), a list of objects, or an argument that stands for many, such as {"pipeline": "all"}.',
  });

const noSecret = ({ name }: Operation, secret: string) =>
  new Fault({
    code: 'bad_arguments',
    message: `${name} takes a secret (${secret}), which is not kept for many rows.`,
    hint: 'Call it once for each.',
  });

const tooManyLosses = ({ name }: Operation, count: number) =>
  new Fault({
    code: 'too_large',
    message: `${name} can cost somebody something, and ${count} are more than a person can look through at once (${mostLosses}).`,
    hint: 'Nothing was sent. Go through fewer rows at once: narrow them with where.',
  });
