import { type Answer, type Outcome, type PageFacts, withNotes, withTimes } from '../answers/answer.ts';
import { fitAnswer, fitTable, type Keeping } from '../answers/fit.ts';
import type { Keep } from '../answers/long-parts.ts';
import { readOutput } from '../answers/read-output.ts';
import { countReasons, tellReasons } from '../answers/reasons.ts';
import { inTurns } from '../base/bounded/turns.ts';
import { defectFault, Fault, isFault } from '../base/errors.ts';
import type { Row } from '../base/json-value.ts';
import type { Call } from '../http/call.ts';
import { listingTitle } from '../operations/listing-title.ts';
import { nounOf } from '../operations/nouns.ts';
import {
  fieldMeta,
  fieldOf,
  isDestructive,
  isListing,
  isReading,
  type Operation,
  type OperationContext,
  platformOf,
  startsRun,
} from '../operations/operation.ts';
import { shownFields } from '../operations/shown-fields.ts';
import { parseArguments } from './arguments.ts';
import { operationContext, readRows, readValue, resolveNames } from './execute.ts';
import { manyIn } from './many/selection.ts';
import { refuseForeign } from './names/foreign-address.ts';
import { findSources } from './request-body.ts';
import type { CallerServices } from './services.ts';
import { startRun } from './start-run.ts';
import { resolveTimes } from './times.ts';
import { toldChange } from './told-change.ts';
import { type Controls, choiceOf, defaultLimit, type ListingControls, splitControls } from './tool-input.ts';

/** Rows that one call gathers at the most: they are in memory until they are stored. */
const mostRowsGathered = 20_000;

/**
 * Carries out one operation, for one thing or for many.
 * @throws Fault
 */
export async function callOperation(
  shared: CallerServices,
  operation: Operation,
  given: unknown,
  call: Call,
): Promise<Answer> {
  const many = manyIn(operation, shared.inputOf(operation), given);
  return many ? shared.batches.call(operation, many, given, call) : callForOne(shared, operation, given, call);
}

/**
 * For one thing: arguments, connection, names, the operation itself, and what it came to.
 * @throws Fault
 */
export async function callForOne(
  shared: CallerServices,
  operation: Operation,
  given: unknown,
  call: Call,
): Promise<Answer> {
  const { values, notes, hosts = {} } = parseArguments(operation.name, shared.inputOf(operation), given);
  const lack = operation.describeLack?.(values as never);
  if (lack !== undefined) throw lacking(operation, lack);
  const { args, said, became } = await resolveTimes(operation, values, shared);
  const answer = await carryOut(shared, operation, splitControls(args), call, { said, hosts });
  return withNotes(withTimes(answer, became), notes);
}

async function carryOut(
  shared: CallerServices,
  operation: Operation,
  { controls, own }: ReturnType<typeof splitControls>,
  call: Call,
  { said, hosts }: { said: Row; hosts: Readonly<Record<string, string>> },
): Promise<Answer> {
  const connection = await shared.connections.choose(platformOf(operation), controls.connection, operation.api);
  refuseForeign(shared, connection, hosts);
  if (connection.readOnly && !isReading(operation))
    throw new Fault({
      code: 'read_only',
      message: `The connection ${connection.name} is read-only, and ${operation.name} changes something.`,
      hint: 'Ask the operator of this server to allow it, or use another connection.',
    });
  if (connection.callTimeoutMs !== undefined) call.allow?.(connection.callTimeoutMs);
  const context = operationContext(shared, connection, call);
  const named = await resolveNames(operation, own, context);
  const carrying = { controls, said, given: own, call };
  try {
    const answer = await carryOutNamed(shared, operation, named, context, carrying);
    return isNothing(answer) && isReading(operation) && !call.isOneOfMany
      ? await nothingFound(answer, { shared, operation, named, context, carrying })
      : answer;
  } catch (error) {
    // One of many things is not sought: six searches for each of a thousand names would eat the quota.
    if (!isFault(error) || call.isOneOfMany) throw error;
    const { correctNames, namedAnew } = await import('./names/correct-names.ts');
    if (error.code !== 'not_found')
      throw isReading(operation) ? error : await namedAnew(operation, named, context, error);
    const meant = await correctNames(operation, named, context, error);
    return carryOutNamed(shared, operation, meant, context, carrying);
  }
}

type Rows = Answer & { kind: 'rows' };

const isNothing = (answer: Answer): answer is Rows =>
  answer.kind === 'rows' && answer.rows.length === 0 && answer.page.complete && !answer.continued;

interface Found {
  shared: CallerServices;
  operation: Operation;
  named: Row;
  context: OperationContext;
  carrying: Carrying;
}

/**
 * A listing that found nothing: for a name that nobody has it is asked for the one that was meant, or tells it; in a time
 * that holds nothing it tells the nearest there is.
 */
async function nothingFound(answer: Rows, { shared, operation, named, context, carrying }: Found): Promise<Answer> {
  const { likelierNames } = await import('./names/correct-names.ts');
  const likelier = await likelierNames(operation, named, context);
  const meant = likelier && 'args' in likelier ? likelier.args : named;
  const found = meant === named ? answer : await carryOutNamed(shared, operation, meant, context, carrying);
  if (!isNothing(found)) return found;
  const { nearestInTime } = await import('./nearest-in-time.ts');
  // The answer stands without it.
  const near = await nearestInTime(operation, meant, context).catch(error => {
    if (isFault(error, 'cancelled')) throw error;
    return undefined;
  });
  const hint = likelier && 'hint' in likelier ? likelier.hint : undefined;
  return { ...found, warnings: [...found.warnings, ...[hint, near].filter(one => one !== undefined)] };
}

interface Carrying {
  controls: Controls;
  said: Row;
  /** The arguments before names became keys. */
  given: Row;
  call: Call;
}

/** The same with keys for names. */
async function carryOutNamed(
  shared: CallerServices,
  operation: Operation,
  args: Row,
  context: OperationContext,
  { controls, said, given, call }: Carrying,
): Promise<Answer> {
  await findSources(operation, args, context);
  if (isDestructive(operation) && !shared.unattended) {
    const question = await shared.confirmations.ask(operation, args, controls, context, call.person);
    if (question) return question;
  }
  if (!startsRun(operation)) return answerOperation(shared, operation, args, context, { ...controls, said, given });
  return startRun(operation, args, context, {
    shared,
    controls,
    said,
    read: value => readShown(shared, operation, args, value),
    executeOperation: (fetching, its) => answerOperation(shared, fetching, its, context, { limit: 'all' }),
  });
}

function lacking({ name, input }: Operation, lack: string): Fault {
  return new Fault({
    code: 'bad_arguments',
    message: `Arguments of ${name}: ${lack}.`,
    hint: `Nothing was sent. It takes: ${Object.keys(input.shape).join(', ')}.`,
  });
}

/** How much of a listing, and its times as they were said: "24h" ago is another moment for each page. */
type PageControls = ListingControls & Pick<Controls, 'why'> & { said?: Row; given?: Row };

/** Carries out an operation that starts nothing, its arguments and names being settled. */
export async function answerOperation(
  shared: CallerServices,
  operation: Operation,
  args: Row,
  context: OperationContext,
  controls: PageControls,
): Promise<Outcome> {
  if (operation.collect) {
    const { showRows, ...collected } = await operation.collect(args as never, context);
    if (showRows && collected.result.kind === 'table')
      return fitTable(collected.result, shared.results, shared.fit, collected.warnings);
    return { kind: 'result', ...collected };
  }
  const asked = isListing(operation) ? { ...args, ...choiceOf(controls) } : args;
  const noun = nounOf(operation);
  const title = (name: string) =>
    name === noun ? listingTitle(noun, operation, { ...(controls.given ?? args), ...controls.said }) : name;
  const keep: Keep = ({ name, ...named }, content) =>
    context.store({ operation, arguments: asked, name: title(name), ...named }, content);
  const keepLater: Keeping['keepLater'] = (name, rows) => {
    const origin = { operation, arguments: asked, name: title(name), mediaType: 'application/x-ndjson' };
    return shared.pending.add(context.originOf(origin), rows);
  };
  const found = isListing(operation)
    ? await listRows(shared, operation, args, context, controls)
    : await readThing(shared, operation, args, context);
  // What does not fit is stored, and what is stored is without secrets, too.
  return fitAnswer(await shared.redactor.valueInTurns(found), shared.fit, { keep, keepLater });
}

/** A platform's answer by the record, without what its platform does not show. */
async function readShown(shared: CallerServices, operation: Operation, args: Row, answer: unknown) {
  const { value, warnings } = await inTurns(readOutput(operation, answer));
  return { value: await shown(shared, operation, args, value), warnings };
}

async function shown({ catalog }: CallerServices, operation: Operation, args: Row, value: unknown): Promise<unknown> {
  const show = await catalog.showFieldOf(operation);
  return show ? inTurns(shownFields(value, show, args)) : value;
}

async function readThing(
  shared: CallerServices,
  operation: Operation,
  args: Row,
  context: OperationContext,
): Promise<Outcome> {
  const answer = await inTurns(readOutput(operation, await readValue(operation, args, context)));
  // What is read back after a change comes from another operation.
  const value = await shown(shared, operation, args, await toldChange(operation, args, answer.value, context));
  const drift = answer.warnings;
  if (drift.length === 0) return { kind: 'value', value };
  const own = (value as Row | null)?.['warnings'];
  return { kind: 'value', value: { ...(value as Row), warnings: [...(Array.isArray(own) ? own : []), ...drift] } };
}

async function listRows(
  shared: CallerServices,
  operation: Operation,
  args: Row,
  context: OperationContext,
  { limit = defaultLimit, cursor, fields, why, said = {} }: PageControls,
): Promise<Outcome> {
  const scope = { operation: operation.name, connection: context.connection.name, arguments: { ...args, ...said } };
  const from = cursor === undefined ? undefined : shared.cursors.read(scope, cursor);
  const wanted = limit === 'all' ? mostRowsGathered : Math.min(limit, mostRowsGathered);
  const found = await readRows(operation, args, context, { ...(from === undefined ? {} : { from }), limit: wanted });
  const { value, warnings } = await readShown(shared, operation, args, found.items);
  const explained = why ? await operation.explain?.(value as Row[], args as never, context) : undefined;
  if (found.complete && from === undefined) shared.references.remember(operation, args, context, found.items);
  const rowReasons = explained as Row[] | undefined;
  const rows = pick(rowReasons ?? (value as Row[]), fields, warnings);
  const next = found.next === undefined ? null : shared.cursors.write(scope, found.next);
  const known = found.complete && from === undefined ? rows.length : null;
  const page: PageFacts = { returned: rows.length, total: found.total ?? known, complete: found.complete, next };
  const beside = {
    ...found.about,
    ...tellReasons(countReasons(rowReasons ?? [])),
  };
  const about = Object.keys(beside).length > 0 && { about: beside };
  return {
    kind: 'rows',
    noun: nounOf(operation),
    rows,
    page,
    continued: from !== undefined,
    asked: narrowing(operation, args),
    ...about,
    warnings,
  };
}

/** What a listing was asked for, for when there is nothing: without secrets, and without what was left to itself. */
function narrowing({ input }: Operation, args: Row): Row {
  const shownArguments = Object.entries(args).filter(([name]) => !fieldMeta(fieldOf(input, name)).secret);
  return Object.fromEntries(shownArguments);
}

function pick(rows: Row[], fields: string[] | undefined, warnings: string[]): Row[] {
  if (!fields?.length) return rows;
  const known = new Set(rows.flatMap(row => Object.keys(row)));
  const unknown = fields.filter(field => !known.has(field));
  if (unknown.length && rows.length)
    warnings.push(`No row has ${unknown.join(', ')}; fields are: ${[...known].join(', ')}.`);
  // However many are asked for, a row has only so many.
  const there = [...new Set(fields)].filter(field => known.has(field));
  return rows.map(row =>
    Object.fromEntries(there.filter(field => Object.hasOwn(row, field)).map(field => [field, row[field]])),
  );
}

/** Anything thrown, as a fault the caller can act on: each of its two texts one line, without what is secret or hidden. */
export function asFault(error: unknown, { redactor }: Pick<CallerServices, 'redactor'>): Fault {
  const fault = isFault(error) ? error : defectFault(error);
  return fault.with({ message: redactor.line(fault.message), hint: redactor.line(fault.hint) });
}
