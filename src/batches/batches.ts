import type { Answer, RunAnswer } from '../answers/answer.ts';
import { Fault } from '../base/errors.ts';
import type { Row } from '../base/json-value.ts';
import type { Signer } from '../base/signer.ts';
import { argumentNamed } from '../calls/argument-names.ts';
import { parseArguments } from '../calls/arguments.ts';
import { callForOne } from '../calls/call.ts';
import { operationContext } from '../calls/execute.ts';
import type { Many } from '../calls/many/selection.ts';
import { type Batches, type CallerServices, type EachRequest, isBatchUri } from '../calls/services.ts';
import { resolveTimes } from '../calls/times.ts';
import { withoutArgument } from '../calls/tool-input.ts';
import type { Call } from '../http/call.ts';
import type { Connection } from '../http/connection.ts';
import { thingOf } from '../operations/nouns.ts';
import { isReading, type Operation, platformOf } from '../operations/operation.ts';
import { newId } from '../results/result.ts';
import { askOnce, checkRows, connectionFor, type FilledThing, rowsFor } from './each.ts';
import { createJournal, type Journal, openJournal } from './journal.ts';
import type { Plan, Thing } from './plan.ts';
import { createRunner } from './runner.ts';
import { tooMany, tooManyRows } from './size.ts';
import { findThings, type Things } from './things.ts';

/** Room for the answer within the call's own deadline, in ms. */
const answerMs = 4_000;
/** How long a client that follows runs waits for what may be over in a moment. */
const soonMs = 5_000;

/** Calls for many things. `signer`: the caller's, so that nobody takes up another's. */
export function createBatches(shared: CallerServices, signer: Signer): Batches {
  const runner = createRunner(shared);

  async function opened(uri: string): Promise<Journal> {
    const journal = await openJournal(uri, shared.results, signer);
    if (!journal) throw noBatch(uri);
    return journal;
  }

  async function start(operation: Operation, connection: Connection, journal: Journal, call: Call): Promise<Answer> {
    const working = await runner.work(operation, connection, journal);
    // Who follows runs by itself is answered soon.
    const until = call.followsRuns ? shared.clock.now() + soonMs : call.deadline - answerMs;
    return working.answer(call, { until, isFirst: true });
  }

  return {
    async call(operation, many, given, call) {
      const { values, rest, limit } = await checked(shared, operation, many);
      const connection = await shared.connections.choose(
        platformOf(operation),
        values['connection'] as never,
        operation.api,
      );
      const context = operationContext(shared, connection, call);
      const { selection } = many;
      if (selection.kind === 'names' && selection.whole !== undefined) {
        const one = await findThings(
          shared,
          operation,
          { ...many, selection: { kind: 'names', names: [selection.whole] } },
          context,
          1,
        );
        if (one.things.length === 1 && isOneName(selection.whole, many, one.things[0] as Thing))
          return callForOne(shared, operation, given, call);
      }
      const found =
        selection.kind === 'failed'
          ? failedThings(await opened(selection.batch))
          : await findThings(shared, operation, { ...many, rest: values }, context, limit + 1);
      if (found.things.length > limit) throw tooMany(operation, many, found, connection, limit);
      const plan = planOf(operation, many, rest, found, connection.name, shared.clock.now());
      const journal = await createJournal(plan, shared.results, signer);
      for (const { key, code, message } of found.unknown) await journal.append({ key, state: 'failed', code, message });
      return start(operation, connection, journal, call);
    },
    async each(operation, request, call) {
      const connection = await connectionFor(shared, operation, request);
      if (connection.readOnly && !isReading(operation)) throw readOnly(operation, connection);
      const limit = Math.max(shared.manyLimit, request.confirm_many ?? 0);
      const { rows } = request;
      const again =
        typeof rows === 'string' && isBatchUri(rows) ? failedRows(await opened(rows), operation) : undefined;
      const found = again ?? (await rowsFor(shared, operation, request, connection, call, limit + 1));
      if (found.length > limit) throw tooManyRows(operation, limit, connection);
      const things = await checkRows(shared, operation, found);
      const question = await askOnce(shared, operation, found, request, connection, call);
      if (question) return question;
      const plan = planOfRows(operation, request, things, connection.name, shared.clock.now());
      return start(operation, connection, await createJournal(plan, shared.results, signer), call);
    },
    async resume(uri, waitSeconds, call) {
      const journal = await opened(uri);
      const until = Math.min(shared.clock.now() + waitSeconds * 1000, call.deadline - answerMs);
      return runner.follow(journal, call, until) as Promise<RunAnswer>;
    },
    async look(uri) {
      return runner.look(await opened(uri));
    },
    async cancel(uri) {
      return runner.cancel(await opened(uri));
    },
  } satisfies Batches;
}

/** Where every text is a key, a comma says more than that a thing could be called so. */
const isOneName = (whole: string, { reference }: Many, thing: Thing): boolean =>
  !reference.keyForm?.test(whole) || thing.key !== whole;

function failedThings({ tally }: Journal): Things {
  const things = tally().failed.map(({ key, name }) => ({ key, name }));
  return { things, unknown: [], total: things.length, isComplete: true };
}

/** The rows of an earlier batch that failed, as they were. */
function failedRows({ plan, tally }: Journal, operation: Operation): FilledThing[] {
  const failed = new Set(tally().failed.map(({ key }) => key));
  const things = plan.things.filter(({ key }) => failed.has(key));
  if (plan.operation !== operation.name || things.length === 0)
    throw new Fault({
      code: 'bad_arguments',
      message:
        plan.operation === operation.name
          ? `Nothing of ${plan.uri} has failed.`
          : `${plan.uri} is of ${plan.operation}.`,
      hint: 'Nothing was sent.',
    });
  return things.map(({ key, name, args = {} }) => ({ key, name, args: { ...plan.rest, ...args } }));
}

function planOfRows(
  operation: Operation,
  { rows, where, arguments: template, many }: EachRequest,
  things: readonly FilledThing[],
  connection: string,
  createdAt: number,
): Plan {
  return {
    uri: `batch://${newId()}`,
    operation: operation.name,
    connection,
    argument: '',
    rest: {},
    given: { rows, where, arguments: template },
    noun: many ? thingOf(many.reference.list()) : 'row',
    keyColumn: '',
    things,
    ...(isReading(operation) ? {} : { changes: true as const }),
    createdAt,
  };
}

interface Checked {
  /** The other arguments as the operation reads them. */
  values: Row;
  /** The same as they were given, times as moments: read again for each thing. */
  rest: Row;
  /** Things that the call may be for. */
  limit: number;
}

/** Reads everything but the things, so that a mistake costs nothing. @throws Fault `bad_arguments` */
async function checked(shared: CallerServices, operation: Operation, { argument, rest }: Many): Promise<Checked> {
  const input = withoutArgument(shared.inputOf(operation), argument);
  const { values } = parseArguments(operation.name, input, rest);
  if (values['cursor'] !== undefined) throw noCursor(operation, argument);
  const lack = operation.describeLack?.({ ...values, [argument]: argument } as never);
  if (lack !== undefined)
    throw new Fault({
      code: 'bad_arguments',
      message: `Arguments of ${operation.name}: ${lack}.`,
      hint: 'Nothing was sent.',
    });
  const { args } = await resolveTimes(operation, values, shared);
  const names = Object.keys((input.accepted['properties'] ?? {}) as Row);
  const target = { tool: operation.name, schema: input.schema, risk: input.risk, names, text: undefined };
  const named = Object.entries(rest).map(([name, value]) => [argumentNamed(name, target, Object.keys(rest)), value]);
  const times = Object.entries(args).filter(([name, value]) => value !== values[name] || isDefault(name, rest, values));
  const {
    confirm_many: confirmed,
    connection: _,
    ...own
  } = { ...Object.fromEntries(named), ...Object.fromEntries(times) } as Row;
  return { values, rest: own, limit: Math.max(shared.manyLimit, Number(confirmed ?? 0)) };
}

/** What stands for itself where nothing is given: a window that ends now ends at the same moment for every thing. */
const isDefault = (name: string, rest: Row, values: Row) =>
  !Object.hasOwn(rest, name) && typeof values[name] === 'string';

function planOf(
  operation: Operation,
  { argument, reference, selection }: Many,
  rest: Row,
  { things, unknown }: Things,
  connection: string,
  createdAt: number,
): Plan {
  const noun = thingOf(reference.list());
  const all: Thing[] = [...things, ...unknown.map(({ key, name }) => ({ key, name }))];
  const isNamed = all.some(({ key, name }) => key !== name);
  return {
    uri: `batch://${newId()}`,
    operation: operation.name,
    connection,
    argument,
    rest,
    given: givenOf(selection),
    noun,
    keyColumn: isNamed ? `${noun}_${reference.key}` : '',
    things: all,
    createdAt,
  };
}

/** As somebody would write it again. */
function givenOf(selection: Many['selection']): unknown {
  switch (selection.kind) {
    case 'all':
      return 'all';
    case 'names':
      return selection.names;
    case 'filter':
      return selection.filter;
    case 'failed':
      return selection.batch;
    case 'column': {
      const { kind: _, ...column } = selection;
      return column;
    }
  }
}

const noCursor = ({ name }: Operation, argument: string) =>
  new Fault({
    code: 'bad_arguments',
    message: `${name} takes no cursor where ${argument} stands for many.`,
    hint: 'The answer has every row, or the handle of a table with all of them.',
  });

const readOnly = ({ name }: Operation, connection: Connection) =>
  new Fault({
    code: 'read_only',
    message: `The connection ${connection.name} is read-only, and ${name} changes something.`,
    hint: 'Ask the operator of this server to allow it, or use another connection.',
  });

const noBatch = (uri: string) =>
  new Fault({
    code: 'not_found',
    message: `There is no batch ${uri}.`,
    hint: 'Batches are kept for 7 days. Make the call again that answered with it.',
  });
