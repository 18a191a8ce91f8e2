import type { Outcome, RunAnswer } from '../answers/answer.ts';
import { Fault, isFault } from '../base/errors.ts';
import type { Row } from '../base/json-value.ts';
import { type Claim, ClaimLost } from '../coordination/starts.ts';
import { inDoubt, isUnsure } from '../http/change.ts';
import { seconds } from '../http/retry.ts';
import { isGuarded, type Operation, type OperationContext, type StartingOperation } from '../operations/operation.ts';
import { type Run, unseenRun, waitForRun } from '../operations/run.ts';
import { uriOn, uriTemplate } from '../operations/uri-template.ts';
import { answerRun } from './await-run.ts';
import { readValue } from './execute.ts';
import type { CallerServices } from './services.ts';
import { type Controls, defaultWaitSeconds } from './tool-input.ts';

interface Starting {
  shared: CallerServices;
  controls: Controls;
  /** Reads the platform's answer by the record. */
  read(value: unknown): Promise<{ value: unknown; warnings: string[] }>;
  /** Carries out the operation that fetches what the run made. */
  executeOperation(operation: Operation, args: Row): Promise<Outcome>;
  /** Its times as they were said: "24h" said again is the same call. */
  said: Row;
}

interface Started {
  uri: string;
  variables: Record<string, string>;
  details?: Row;
  warnings: string[];
}

/** Starts a run, or finds the one that the same start made shortly before, and waits for it within bounds. */
export async function startRun(
  operation: StartingOperation,
  args: Row,
  context: OperationContext,
  starting: Starting,
): Promise<RunAnswer> {
  const { shared, controls } = starting;
  const make = () => start(operation, args, context, starting);
  if (!isGuarded(operation)) return follow(operation, await make(), context, starting);
  const key = startKey(shared, operation, { ...args, ...starting.said }, context);
  let over = controls.again === true ? 'all' : undefined;
  for (;;) {
    const { deadline, signal } = context;
    const found = await shared.starts.claim(key, { deadline, signal, ...(over === undefined ? {} : { over }) });
    if (found.kind === 'claim') {
      const started = await startClaimed(found, context, make);
      if (started) return follow(operation, started, context, starting);
      over = undefined;
    } else if (found.kind === 'done') {
      const ago = context.clock.now() - found.at;
      const known = await lookAgain(operation, found.uri, ago, context);
      if (known) return follow(operation, known, context, starting);
      over = found.id;
    } else
      throw found.kind === 'doubt' ? unknown(operation, found.at, context) : underWay(operation, found.at, context);
  }
}

/** Undefined where the claim was lost before anything was sent. */
async function startClaimed(
  claim: Claim,
  context: OperationContext,
  make: () => Promise<Started>,
): Promise<Started | undefined> {
  context.beforeChange = () => claim.sent();
  let started: Started;
  try {
    started = await make();
  } catch (error) {
    if (error instanceof ClaimLost) return undefined;
    const mayHaveActed = context.changes?.some(isUnsure);
    await (mayHaveActed ? claim.doubt() : claim.drop()).catch(() => {});
    throw error;
  } finally {
    context.beforeChange = undefined;
  }
  // It has started, whatever can be written down about it: unwritten, it counts as doubtful.
  await claim.done(started.uri).catch(() => {});
  return started;
}

/** The operation itself, and the run that its answer names. */
async function start(
  operation: StartingOperation,
  args: Row,
  context: OperationContext,
  { read: readAnswer }: Starting,
): Promise<Started> {
  const { value, warnings } = await readAnswer(await readValue(operation, args, context));
  const { run: kind, variables: read } = operation.starts;
  const variables = variablesIn(() => read(value as never));
  if (!variables) throw nameless(operation, context);
  const uri = uriOn(context.connectionArgument, uriTemplate(kind.uri).expand(variables));
  return { uri, variables, details: value as Row, warnings };
}

const absent: ReadonlySet<string> = new Set(['', 'undefined', 'null', 'NaN', '[object Object]']);

/** What names the run, where the answer has all of it. */
function variablesIn(read: () => Record<string, string>): Record<string, string> | undefined {
  try {
    const variables = read();
    return Object.values(variables).some(value => absent.has(String(value))) ? undefined : variables;
  } catch {
    // The answer lacks what the record takes it apart for.
    return undefined;
  }
}

async function follow(
  { starts: { run: kind } }: StartingOperation,
  { uri, variables, details, warnings }: Started,
  context: OperationContext,
  { controls, executeOperation }: Starting,
): Promise<RunAnswer> {
  const base = { warnings, ...(details ? { details } : {}) };
  if (context.followsRuns) return { kind: 'run', run: unseenRun(uri), ...base, handedOver: true };
  const waitSeconds = controls.wait_seconds ?? defaultWaitSeconds;
  return answerRun(kind, uri, variables, context, { ...base, waitSeconds, executeOperation, started: true });
}

/** Platforms show what was just started a little later. */
const appearsWithinMs = 60_000;

/** The run that was started before, unless it came to nothing or is gone, so that it may be started anew. */
async function lookAgain(
  { starts: { run: kind } }: StartingOperation,
  uri: string,
  ago: number,
  context: OperationContext,
): Promise<Started | undefined> {
  const variables = uriTemplate(kind.uri).match(withoutConnection(uri, context)) ?? {};
  const told = `The same start was made ${seconds(ago)} ago; this is that run. To start another, repeat with again: true.`;
  const known = { uri, variables, warnings: [told] };
  let run: Run;
  try {
    run = await waitForRun(kind, uri, variables, context, context.clock.now());
  } catch (error) {
    if (isFault(error, 'not_found') && ago > appearsWithinMs) return undefined;
    return known;
  }
  return run.status === 'failed' || run.status === 'cancelled' ? undefined : known;
}

// The one that `uriOn` put there.
function withoutConnection(uri: string, { connectionArgument }: OperationContext): string {
  const end = uriOn(connectionArgument, uri).slice(uri.length + 1);
  return end !== '' && uri.endsWith(end) ? uri.slice(0, -end.length - 1) : uri;
}

/** What makes two starts the same one. */
function startKey(shared: CallerServices, { name }: Operation, args: Row, { connection }: OperationContext): string {
  const { platform, baseUrl, name: connected } = connection;
  return shared.startKeys.sign('start', [platform, baseUrl, connected, name, canonical(args)]);
}

/** The same for two values that say the same, whatever the order of their fields. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, part]) => [name, canonical(part)]);
}

function nameless({ name, starts }: StartingOperation, context: OperationContext): Fault {
  const { title } = context.connection;
  const fault = new Fault({
    code: 'bad_upstream_reply',
    message: `${title} answered ${name} with success, but does not name the ${starts.run.noun}: it was started, its id is not known.`,
    hint: `Look for it on ${title} before you start it again.`,
    status: 200,
  });
  const change = context.changes?.findLast(isUnsure);
  return change ? inDoubt(fault, change) : fault;
}

const ago = (at: number, { clock }: OperationContext): string => `${seconds(Math.max(0, clock.now() - at))} ago`;

function unknown({ name, verifyWith, starts }: StartingOperation, at: number, context: OperationContext): Fault {
  return new Fault({
    code: 'outcome_unknown',
    message: `The same start was sent ${ago(at, context)}, and its answer was lost: the ${starts.run.noun} of ${name} may have been started.`,
    hint: `${verifyWith ?? `Look for it on ${context.connection.title}.`} To start it anyway, repeat with again: true.`,
  });
}

function underWay({ name, starts }: StartingOperation, at: number, context: OperationContext): Fault {
  return new Fault({
    code: 'timed_out',
    message: `Another call began to start the same ${starts.run.noun} ${ago(at, context)}, and has no answer yet. Nothing was sent.`,
    hint: `Repeat ${name} with the same arguments: it answers with that ${starts.run.noun}.`,
  });
}
