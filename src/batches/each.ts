import pMap from 'p-map';
import type { Question } from '../answers/answer.ts';
import { Fault, isFault } from '../base/errors.ts';
import { isRow, type Row } from '../base/json-value.ts';
import { firstOf } from '../base/nearest.ts';
import { parseArguments } from '../calls/arguments.ts';
import { lossOf } from '../calls/consent/confirm.ts';
import { commonInWords, putInWords } from '../calls/consent/question.ts';
import { operationContext, resolveNames } from '../calls/execute.ts';
import { batchOf, type Many } from '../calls/many/selection.ts';
import { sourceDigests } from '../calls/request-body.ts';
import { type CallerServices, type EachRequest, isBatchUri } from '../calls/services.ts';
import { resolveTimes } from '../calls/times.ts';
import { splitControls } from '../calls/tool-input.ts';
import type { Call } from '../http/call.ts';
import type { Connection } from '../http/connection.ts';
import {
  isDestructive,
  isReading,
  type Loss,
  type Operation,
  type OperationContext,
  platformOf,
} from '../operations/operation.ts';
import { findThings } from './combine.ts';
import { fillArguments, filledArguments, shortened, wordsOf } from './fill.ts';
import type { Journal } from './journal.ts';
import { type FailedThing, namesOf, type Plan, type Thing } from './plan.ts';
import { refuseCursor, refuseLack, refuseSecrets, type Target, targetOf } from './prepare.ts';
import { tooMany, tooManyRows } from './size.ts';

/** A thing with everything that its call is given. */
export interface FilledThing extends Thing {
  args: Row;
  /** As a question calls it. */
  label: string;
}

/** What a call is carried out for, each with its own arguments. */
export interface Filled {
  things: FilledThing[];
  /** Of a reading, the names that are nobody's. */
  unknown: FailedThing[];
  target(things: readonly Thing[]): Target;
  tooMany(limit: number): Fault;
}

/** Rows whose losses are looked up before somebody is asked, so many at once. */
const looksAtOnce = 4;
/** Names in a question. What is agreed to is all of them. */
const mostNamed = 50;
const mostLosses = 50;

interface Filling {
  shared: CallerServices;
  operation: Operation;
  connection: Connection;
  call: Call;
  /** As many as are looked for. */
  most: number;
  opened(uri: string): Promise<Journal>;
}

/** The things or rows that an operation is carried out for. @throws Fault */
export async function filledThings(request: EachRequest, filling: Filling): Promise<Filled> {
  const { rows, many } = request;
  const batch = isRowsOfBatch(rows) ? rows : many && batchOf(many);
  if (batch !== undefined) return failedAgain(await filling.opened(batch), request, filling.operation);
  return many && rows === undefined ? filledMany(many, filling) : filledRows(request, filling);
}

const isRowsOfBatch = (rows: unknown): rows is string => typeof rows === 'string' && isBatchUri(rows);

async function filledMany(many: Many, filling: Filling): Promise<Filled> {
  const { shared, operation, connection, call, most } = filling;
  const { rest } = many;
  const context = operationContext(shared, connection, call);
  const found = await findThings(many, { shared, operation, rest, context, most });
  const [first] = found.unknown;
  // A change is not begun for some of those that were named.
  if (first && !isReading(operation))
    throw new Fault({ code: 'not_found', message: first.message, hint: `Nothing was sent. ${listingsOf(many)}` });
  const standing = many.of.map(({ argument }) => argument);
  const template = filledArguments(operation, rest);
  const keys = new Set<string>();
  const things = found.things.map(({ row, ...thing }, index): FilledThing => {
    const filled = fillArguments(template, row, index + 1);
    // Several rows may be of one thing.
    const key = keys.has(thing.key) ? JSON.stringify([thing.key, index + 1]) : thing.key;
    keys.add(key);
    const parts = thing.parts ?? (key === thing.key ? undefined : [{ key: thing.key, name: thing.name }]);
    const args = { ...without(rest, template), ...filled, ...namesOf({ arguments: standing }, thing) };
    const label = shortened([thing.name, wordsOf(template, filled)].filter(Boolean).join(', '));
    return { ...thing, key, ...(parts ? { parts } : {}), args, label };
  });
  return {
    things,
    unknown: found.unknown,
    target: filled => targetOf(many, filled),
    tooMany: limit => tooMany(operation, many, found, connection, limit),
  };
}

/** A value that a row does not have is not given. */
const without = (args: Row, left: Row): Row =>
  Object.fromEntries(Object.entries(args).filter(([name]) => !Object.hasOwn(left, name)));

const listingsOf = ({ of }: Many) =>
  `${[...new Set(of.map(({ reference }) => reference.list().name))].join(' and ')} shows what there is.`;

async function filledRows(request: EachRequest, { shared, operation, connection, most }: Filling): Promise<Filled> {
  const { rows: given, where, arguments: all = {} } = request;
  if (given === undefined) throw noRows();
  const rows = await readGiven(shared, given, where, most);
  const template = filledArguments(operation, all);
  const things = rows.map((row, index) => {
    const filled = fillArguments(template, row, index + 1);
    const name = shortened(wordsOf(template, filled)) || `row ${index + 1}`;
    return { key: String(index + 1), name, label: name, args: { ...without(all, template), ...filled } };
  });
  const source = { rows: given, ...(where ? { where } : {}), arguments: all };
  return {
    things,
    unknown: [],
    target: filled => ({ ...rowTarget, given: source, things: filled }),
    tooMany: limit => tooManyRows(operation, limit, connection),
  };
}

const rowTarget = { arguments: [], noun: 'row', columns: [{ noun: 'row', keyColumn: '' }] };

/** What failed of an earlier batch, as it was but for what is given anew. */
function failedAgain(
  { plan, tally }: Journal,
  { many, rows, arguments: given }: EachRequest,
  operation: Operation,
): Filled {
  const failed = new Set(tally().failed.map(({ key }) => key));
  const anew = many?.rest ?? given ?? {};
  const things = plan.things
    .filter(({ key }) => failed.has(key))
    .map(thing => ({
      ...thing,
      args: { ...plan.rest, ...namesOf(plan, thing), ...thing.args, ...anew },
      label: thing.name,
    }));
  if (plan.operation !== operation.name || things.length === 0) throw nothingFailed(plan, operation);
  const { arguments: names, noun, columns } = plan;
  const source = typeof rows === 'string' ? rows : plan.uri;
  return {
    things,
    unknown: [],
    target: filled => ({ arguments: names, noun, columns, given: { ...anew, failed_of: source }, things: filled }),
    tooMany: () => nothingFailed(plan, operation),
  };
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
        refuseCursor(operation, values);
        refuseSecrets(operation, values);
        refuseLack(operation, values);
        const { args, became } = await resolveTimes(operation, values, shared);
        const moments = Object.keys(became).map(name => [name, args[name]] as const);
        return { ...thing, args: { ...thing.args, ...Object.fromEntries(moments) } };
      } catch (error) {
        if (!isFault(error, 'bad_arguments')) throw error;
        throw error.with({ message: `${thing.label}: ${error.message}`, hint: `Nothing was sent. ${error.hint}` });
      }
    },
    { concurrency: 1 },
  );
}

/** Asks once for all of them. Undefined: agreed, or nobody has to. @throws Fault as for one */
export async function askOnce(
  { things, common }: { things: readonly FilledThing[]; common: Row },
  { confirm, ask_again }: Pick<EachRequest, 'confirm' | 'ask_again'>,
  { shared, operation, connection, call }: Omit<Filling, 'most' | 'opened'>,
): Promise<Question | undefined> {
  if (isReading(operation) || shared.unattended) return undefined;
  if (isDestructive(operation) && things.length > mostLosses) throw tooManyLosses(operation, things.length);
  const what = [operation.name, connection.name, 'each', common, things.map(({ args }) => without(args, common))];
  const context = operationContext(shared, connection, call);
  const words = operation.name.split('_').slice(1).join(' ');
  const verb = words.replace(/^./, first => first.toUpperCase());
  const account = connection.name === connection.platform ? '' : ` (${connection.name})`;
  const names = firstOf(
    things.map(({ label }) => label),
    mostNamed,
  );
  const look = async () => {
    const losses = isDestructive(operation) ? await lossesOf(things, { shared, operation }, context) : [];
    // What each would lose says what of it is the same.
    const same = losses.length > 0 ? '' : commonInWords(operation, common, context);
    const told = losses.length > 0 ? losses.map(({ text }, index) => `${index + 1}. ${text}`).join(' ') : `${names}.`;
    const times = things.length === 1 ? 'once' : `${things.length} times`;
    return {
      text: `${verb}, ${times}: ${told}${same && ` For each: ${same}.`} On ${connection.title}${account}.`,
      bound: [losses, await sourceDigests(operation, common, context)],
    };
  };
  return shared.confirmations.agree(
    { name: operation.name, what, look },
    { confirm, ask_again },
    shared.clock.now(),
    call.person,
  );
}

/** What each would lose, as a person is asked it, and what an agreement to it is bound to. */
function lossesOf(
  things: readonly FilledThing[],
  { shared, operation }: Pick<Filling, 'shared' | 'operation'>,
  context: OperationContext,
): Promise<{ text: string; loss: Loss | undefined }[]> {
  const one = async ({ args: given, label }: FilledThing) => {
    try {
      const { values } = parseArguments(operation.name, shared.inputOf(operation), given);
      const args = await resolveNames(operation, splitControls(values).own, context);
      const loss = await lossOf(operation, args, context);
      return { text: putInWords(operation, args, loss ?? {}, context), loss };
    } catch (error) {
      throw isFault(error) ? error.with({ message: `${label}: ${error.message}` }) : error;
    }
  };
  return pMap(things, one, { concurrency: looksAtOnce });
}

/** The connection that a call is for; every row is for the same. */
export async function connectionFor(
  shared: CallerServices,
  operation: Operation,
  { rows, many, arguments: template = {} }: EachRequest,
  opened: (uri: string) => Promise<Journal>,
): Promise<Connection> {
  const { connection } = many?.rest ?? template;
  const batch = isRowsOfBatch(rows) ? rows : many && batchOf(many);
  const name = connection ?? (batch === undefined ? undefined : (await opened(batch)).plan.connection);
  return shared.connections.choose(platformOf(operation), typeof name === 'string' ? name : undefined, operation.api);
}

const noRows = () =>
  new Fault({
    code: 'bad_arguments',
    message: 'There are no rows to go through.',
    hint: 'Give rows: a result:// handle (with where), a list of objects, or an argument that stands for many, such as {"pipeline": "all"}.',
  });

const nothingFailed = (plan: Plan, { name }: Operation) =>
  new Fault({
    code: 'bad_arguments',
    message: plan.operation === name ? `Nothing of ${plan.uri} has failed.` : `${plan.uri} is of ${plan.operation}.`,
    hint: 'Nothing was sent.',
  });

const tooManyLosses = ({ name }: Operation, count: number) =>
  new Fault({
    code: 'too_large',
    message: `${name} can cost somebody something, and ${count} are more than a person can look through at once (${mostLosses}).`,
    hint: 'Nothing was sent. Go through fewer rows at once: narrow them with where.',
  });
