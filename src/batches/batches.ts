import type { Answer, RunAnswer } from '../answers/answer.ts';
import { Fault } from '../base/errors.ts';
import type { Row } from '../base/json-value.ts';
import type { Signer } from '../base/signer.ts';
import { callForOne } from '../calls/call.ts';
import { operationContext } from '../calls/execute.ts';
import { batchOf, type Many } from '../calls/many/selection.ts';
import type { Batches, CallerServices, EachRequest } from '../calls/services.ts';
import type { Call } from '../http/call.ts';
import type { Connection } from '../http/connection.ts';
import { isReading, type Operation, platformOf } from '../operations/operation.ts';
import { findThings } from './combine.ts';
import { askOnce, checkRows, connectionFor, type FilledThing, filledThings } from './each.ts';
import { takesFromRows } from './fill.ts';
import { createJournal, type Journal, openJournal } from './journal.ts';
import type { FailedThing } from './plan.ts';
import { checked, planOf, type Target, targetOf } from './prepare.ts';
import { createRunner } from './runner.ts';
import { tooMany } from './size.ts';
import { type Search, thingsOf } from './things.ts';

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

  async function change(operation: Operation, request: EachRequest, call: Call): Promise<Answer> {
    const connection = await connectionFor(shared, operation, request, opened);
    if (connection.readOnly && !isReading(operation)) throw readOnly(operation, connection);
    const limit = Math.max(shared.manyLimit, request.confirm_many ?? 0);
    const filling = { shared, operation, connection, call };
    const found = await filledThings(request, { ...filling, most: limit + 1, opened });
    if (found.things.length > limit) throw found.tooMany(limit);
    if (found.things.length === 0 && !isReading(operation)) throw nothingThere(operation);
    const things = await checkRows(shared, operation, found.things);
    const target = found.target(things);
    const rest = sharedBy(things, target.arguments);
    const question = await askOnce({ things, common: rest }, request, filling);
    if (question) return question;
    const isOwn = ([name, value]: [string, unknown]) =>
      !target.arguments.includes(name) && !(Object.hasOwn(rest, name) && rest[name] === value);
    const slim = things.map(({ args, ...thing }) => {
      const own = Object.entries(args).filter(isOwn);
      return { ...thing, ...(own.length > 0 ? { args: Object.fromEntries(own) } : {}) };
    });
    return begin(operation, connection, { ...target, things: slim }, rest, found.unknown, call);
  }

  async function begin(
    operation: Operation,
    connection: Connection,
    target: Target,
    rest: Row,
    unknown: readonly FailedThing[],
    call: Call,
  ): Promise<Answer> {
    const all = { ...target, things: [...target.things, ...unknown.map(({ key, name }) => ({ key, name }))] };
    const plan = planOf(operation, all, rest, connection.name, shared.clock.now());
    const journal = await createJournal(plan, shared.results, signer);
    for (const { key, code, message } of unknown) await journal.append({ key, state: 'failed', code, message });
    return start(operation, connection, journal, call);
  }

  async function read(operation: Operation, many: Many, connection: Connection, call: Call): Promise<Answer> {
    const { of, rest } = many;
    const batch = batchOf(many);
    const again = batch === undefined ? undefined : failedOf(await opened(batch), many);
    const standing = again?.arguments ?? of.map(({ argument }) => argument);
    const { values, own } = await checked(shared, operation, standing, rest);
    if (again) return begin(operation, connection, again, own, [], call);
    const limit = Math.max(shared.manyLimit, Number(values['confirm_many'] ?? 0));
    const context = operationContext(shared, connection, call);
    const found = await findThings(many, { shared, operation, rest: values, context, most: limit + 1 });
    if (found.things.length > limit) throw tooMany(operation, many, found, connection, limit);
    return begin(operation, connection, targetOf(many, found.things), own, found.unknown, call);
  }

  return {
    async call(operation, many, given, call) {
      const { confirm, ask_again, confirm_many, ...rest } = many.rest;
      const connection = await shared.connections.choose(
        platformOf(operation),
        rest['connection'] as never,
        operation.api,
      );
      const context = operationContext(shared, connection, call);
      if (await isOneName(many, { shared, operation, context })) return callForOne(shared, operation, given, call);
      if (isReading(operation) && !takesFromRows(operation, rest)) return read(operation, many, connection, call);
      const only = isReading(operation) ? undefined : onlyName(many);
      if (only) return callForOne(shared, operation, { ...many.rest, ...only }, call);
      const own: Many = { ...many, rest };
      return change(operation, { many: own, confirm, ask_again, confirm_many } as EachRequest, call);
    },
    each: change,
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

/** Whether a text with commas is the name of one thing. */
async function isOneName({ of, rest }: Many, search: Omit<Search, 'rest' | 'most'>): Promise<boolean> {
  const [{ argument, reference, selection }, ...others] = of;
  if (others.length > 0 || selection.kind !== 'names' || selection.whole === undefined) return false;
  const { whole } = selection;
  const one = { argument, reference, selection: { kind: 'names', names: [whole] } } as const;
  const { things } = await thingsOf(one, { ...search, rest, most: 1 });
  // What a search does not find is left to the platform as it stands, and says nothing.
  const isFound = reference.keyForm === undefined && reference.search === undefined;
  return things.length === 1 && (isFound || things[0]?.key !== whole);
}

/** A list with one name: a change of that thing, like any other. */
function onlyName({ of: [{ argument, selection }, ...others] }: Many): Row | undefined {
  if (others.length > 0 || selection.kind !== 'names' || selection.names.length !== 1) return undefined;
  return { [argument]: selection.names[0] };
}

/** What failed of an earlier batch, for another reading of it. */
function failedOf({ plan, tally }: Journal, { of, rest }: Many): Target {
  const [{ argument }] = of;
  const { arguments: names, noun, columns } = plan;
  if (!names.includes(argument))
    throw new Fault({
      code: 'bad_arguments',
      message: `${plan.uri} is of ${plan.operation}, and has no ${argument} of each.`,
      hint: `To do again what failed of it: call_for_each {"operation": "${plan.operation}", "rows": "${plan.uri}"}.`,
    });
  const failed = new Set(tally().failed.map(({ key }) => key));
  const things = plan.things.filter(({ key }) => failed.has(key));
  return { arguments: names, noun, columns, given: { ...rest, [argument]: plan.uri }, things };
}

/** What all have in common stands in the plan once. */
function sharedBy(things: readonly FilledThing[], standing: readonly string[]): Row {
  const [first, ...others] = things;
  return Object.fromEntries(
    Object.entries(first?.args ?? {}).filter(
      ([name, value]) => !standing.includes(name) && others.every(({ args }) => args[name] === value),
    ),
  );
}

const readOnly = ({ name }: Operation, connection: Connection) =>
  new Fault({
    code: 'read_only',
    message: `The connection ${connection.name} is read-only, and ${name} changes something.`,
    hint: 'Ask the operator of this server to allow it, or use another connection.',
  });

const nothingThere = ({ name }: Operation) =>
  new Fault({
    code: 'bad_arguments',
    message: `There is nothing that ${name} is to be done for.`,
    hint: 'Nothing was sent. Look at what the listing or the result has.',
  });

const noBatch = (uri: string) =>
  new Fault({
    code: 'not_found',
    message: `There is no batch ${uri}.`,
    hint: 'Batches are kept for 7 days. Make the call again that answered with it.',
  });
