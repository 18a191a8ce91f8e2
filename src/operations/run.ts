import { Fault } from '../base/errors.ts';
import type { OperationContext, RunKind, RunReading, RunStatus } from './operation.ts';
import { type Tally, tallyOf } from './tally.ts';

/** A run as callers see it. */
export interface Run {
  uri: string;
  status: RunStatus;
  vendor_status: string;
  final: boolean;
  progress?: { done: number; total: number; unit: string };
  /** What became of the several things it is for; the numbers add up. */
  tally?: Tally;
  notes?: string[];
}

/** A run that was just started, before anybody has looked at it. */
export const unseenRun = (uri: string): Run => ({ uri, status: 'queued', vendor_status: 'started', final: false });

const endings: ReadonlySet<RunStatus> = new Set(['succeeded', 'failed', 'cancelled', 'unknown']);

/** `waiting` is not final, yet waiting for it here is useless: a person has to act first. */
export const isSettled = (run: Run): boolean => run.final || run.status === 'waiting';

export function readRun(kind: RunKind, uri: string, reading: RunReading): Run {
  const status = reading.status ?? kind.words[reading.word] ?? guessStatus(reading.word);
  const tallied = reading.parts && tallyOf(reading.parts);
  const progress = tallied ? progressOf(tallied.tally) : reading.progress;
  const notes = [...(tallied?.notes ?? []), ...(reading.notes ?? [])];
  return {
    uri,
    status,
    vendor_status: reading.word,
    final: endings.has(status),
    ...(progress ? { progress } : {}),
    ...(tallied ? { tally: tallied.tally } : {}),
    ...(notes.length > 0 ? { notes } : {}),
  };
}

const progressOf = ({ answered, open, asked, unasked, nouns }: Tally) => ({
  done: answered - open,
  total: asked + unasked,
  unit: nouns,
});

// Vendors add words without telling. One that plainly says failure ends the wait; any other does not.
function guessStatus(word: string): RunStatus {
  if (/cancel/i.test(word)) return 'cancelled';
  return /fail|error|expire|abort/i.test(word) ? 'failed' : 'running';
}

/** A look found that the run failed through what it was asked for. */
export class RunFault extends Error {
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(fault.message);
    this.fault = fault;
  }
}

/**
 * Looks until the run has settled or `until` (clock ms) is reached; tells progress at every look.
 * @throws RunFault
 */
export async function waitForRun(
  kind: RunKind,
  uri: string,
  variables: Record<string, string>,
  context: OperationContext,
  until: number,
  watch: Watch = {},
): Promise<Run> {
  const { clock, signal } = context;
  let pause = kind.pace.firstMs;
  for (let looks = 1; ; looks += 1) {
    context.askedWaitMs = undefined;
    const reading = await look(kind, variables, context);
    if (reading.fault) throw new RunFault(reading.fault);
    const run = readRun(kind, uri, reading);
    reportProgress(kind, run, context);
    watch.looked?.(run, clock.now());
    if (looks === 2) watch.takesLonger?.();
    const left = until - clock.now();
    const asked = Math.max((reading.retryAfter ?? 0) * 1000, context.askedWaitMs ?? 0);
    if (isSettled(run) || left <= 0 || asked > left) return run;
    // A last look at the very end is worth more than an answer that is one pause old.
    await clock.sleep(Math.min(Math.max(pause, asked), left), signal);
    pause = Math.min(pause * 1.5, kind.pace.longestMs);
  }
}

/** Told while somebody waits. */
interface Watch {
  looked?(run: Run, at: number): void;
  /** A second look has been needed. */
  takesLonger?(): void;
}

async function look(kind: RunKind, variables: Record<string, string>, context: OperationContext): Promise<RunReading> {
  const before = context.meter.requests;
  const reading = await kind.poll(variables, context);
  context.meter.polls += context.meter.requests - before;
  return reading;
}

function reportProgress(kind: RunKind, run: Run, context: OperationContext): void {
  if (run.progress) {
    const { done, total, unit } = run.progress;
    context.progress(`${kind.noun} ${run.vendor_status}: ${done} of ${total} ${unit}`, done, total);
  } else {
    context.progress(`${kind.noun} ${run.vendor_status}`);
  }
}

export function unknownRun(uri: string, templates: readonly string[]): Fault {
  return new Fault({
    code: 'bad_arguments',
    message: `"${uri}" is not the URI of a run on a connected platform.`,
    hint: uri.startsWith('result://')
      ? 'It is a stored result: read_result and the other *_result tools take it.'
      : templates.length
        ? `Give the run.uri of an earlier answer; it looks like ${templates.join(' or ')}.`
        : 'No connected platform has runs.',
  });
}
