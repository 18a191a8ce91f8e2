import type { Answer, RunAnswer } from '../answers/answer.ts';
import { type Outgoing, outgoing } from '../answers/outgoing.ts';
import { renderAnswer } from '../answers/render.ts';
import { Fault, isFault } from '../base/errors.ts';
import type { Row } from '../base/json-value.ts';
import type { CallerServices } from '../calls/services.ts';
import { type Lease, takeLease } from '../coordination/lease.ts';
import type { Call } from '../http/call.ts';
import { type Change, inDoubt, isUnsure } from '../http/change.ts';
import type { Chain, ChainStep } from '../operations/chain.ts';
import { isSettled } from '../operations/run.ts';
import { resolveReferences, type StepRecord } from './references.ts';
import { type ChainState, openState } from './state.ts';

/** How a call is made, and what a person says to it. */
export interface ChainCalls {
  answer(name: string, args: Row, call: Call): Promise<Answer>;
  /** Whether it may be sent a second time when nobody knows what came of the first. */
  isRepeatable(name: string): boolean;
  /** Asked for a step that needs consent. Absent: whoever runs the chain is asked, through their client. */
  consent?(step: ChainStep, question: string): Promise<boolean>;
}

export interface ChainRequest {
  chain: Chain;
  parameters: Row;
  /** Token of an agreement to the step that is next. */
  confirm?: string | undefined;
  ask_again?: boolean | undefined;
  /** Not where an earlier run has stopped. */
  again?: boolean | undefined;
}

/** Room for the answer within the call's own deadline, in ms. */
const answerMs = 6_000;
const waitForLeaseMs = 10_000;
/** Characters of what a step said. */
const saidOfStep = 1_500;

/** Carries out the steps that are left. A question comes back as it is; the same call again goes on from there. */
export async function runChain(
  shared: CallerServices,
  calls: ChainCalls,
  { chain, parameters, again = false, ...consent }: ChainRequest,
  call: Call,
): Promise<Answer> {
  const { clock, results } = shared;
  const state = await openState(chain, parameters, { results, now: clock.now(), again });
  const lease = await leaseOf(shared, state, chain, call);
  try {
    const resumed = state.steps.size;
    let agreed: StepContext['consent'] = consent;
    for (const [index, step] of chain.steps.entries()) {
      if (state.steps.has(step.name)) continue;
      if (clock.now() > call.deadline - answerMs) return unfinished(chain, state, resumed);
      call.progress(`${chain.name}: ${step.name} (${index + 1} of ${chain.steps.length})`, index, chain.steps.length);
      const answer = await carryOut({ shared, calls, chain, parameters, state, consent: agreed, call }, step);
      // What was agreed to is the step at which the last call stopped.
      agreed = {};
      if (answer.kind === 'question') return answer;
      if (answer.kind === 'run' && !isSettled(answer.run)) return unfinished(chain, state, resumed);
      state.steps.set(step.name, recordOf(await outgoing(answer, shared.redactor), clock.now()));
      state.current = undefined;
      await state.save();
      if (answer.kind === 'run' && answer.run.status !== 'succeeded' && !answer.outcome) throw ended(step, answer);
    }
    state.isOver = true;
    await state.save();
    return summary(chain, state, resumed);
  } finally {
    await lease.release();
  }
}

async function leaseOf(
  { clock, leases, startKeys }: CallerServices,
  { key }: ChainState,
  { name }: Chain,
  { signal }: Call,
): Promise<Lease> {
  for (const until = clock.now() + waitForLeaseMs; ; ) {
    const lease = await takeLease(clock, leases, startKeys.sign('lease', key));
    if (lease) return lease;
    if (clock.now() > until)
      throw new Fault({
        code: 'conflict',
        message: `The chain ${name} is being run with these parameters by another process.`,
        hint: 'Wait until it is through. Its run is gone on with should that process end.',
      });
    await clock.sleep(1_000, signal);
  }
}

interface StepContext {
  shared: CallerServices;
  calls: ChainCalls;
  chain: Chain;
  parameters: Row;
  state: ChainState;
  consent: Pick<ChainRequest, 'confirm' | 'ask_again'>;
  call: Call;
}

async function carryOut(context: StepContext, step: ChainStep): Promise<Answer> {
  const { calls, parameters, state, call } = context;
  const { current } = state;
  const left = current?.step === step.name ? current : undefined;
  const followed = left?.batch ?? left?.run;
  if (followed !== undefined) return follow(context, followed);
  if (left && !calls.isRepeatable(step.operation)) throw leftHalfWay(step);
  const args = resolveReferences(step.arguments ?? {}, parameters, state.steps) as Row;
  // Of this step alone: what an earlier one has changed is done.
  const changes: Change[] = [];
  state.current = { step: step.name };
  await state.save();
  try {
    const answer = await withConsent({ ...context, call: { ...call, changes } }, step, args);
    // A question was asked and nothing sent; the next call begins the step anew.
    if (answer.kind === 'question') await forget(state);
    if (answer.kind === 'run') await note(state, answer.run.uri);
    return answer.kind === 'run' && !isSettled(answer.run) ? follow(context, answer.run.uri) : answer;
  } catch (error) {
    // What surely was not done can be done later, in the same run.
    const change = changes.findLast(isUnsure);
    const mayBeDone = change !== undefined || isFault(error, 'outcome_unknown');
    if (!mayBeDone) await forget(state);
    if (!isFault(error)) throw error;
    const told = error.with({ message: `Step ${step.name} (${step.operation}): ${error.message}` });
    throw change ? inDoubt(told, change) : told;
  }
}

async function withConsent({ calls, state, consent, call }: StepContext, step: ChainStep, args: Row): Promise<Answer> {
  const given = { ...args, ...definedOf(consent) };
  const watched: Call = {
    ...call,
    // What a step has begun is known before it answers, so that it can be gone on with.
    progress(message, done, total) {
      const [uri] = /^batch:\/\/\w+/.exec(message) ?? [];
      if (uri !== undefined && state.current?.batch !== uri) void note(state, uri).catch(() => {});
      call.progress(`${step.name}: ${message}`, done, total);
    },
  };
  const { consent: agree } = calls;
  if (!agree) return calls.answer(step.operation, given, watched);
  // Whoever may agree is asked by us, whatever the step.
  const asked = await calls.answer(step.operation, args, { ...watched, person: { calls: true } });
  if (asked.kind !== 'question') return asked;
  const said = (await agree(step, asked.text)) ? 'accept' : 'decline';
  return calls.answer(step.operation, args, {
    ...watched,
    person: { calls: true, answer: { said, state: asked.token } },
  });
}

const definedOf = (given: object): Row =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));

async function forget(state: ChainState): Promise<void> {
  state.current = undefined;
  await state.save();
}

async function note(state: ChainState, uri: string): Promise<void> {
  if (!state.current) return;
  state.current = { ...state.current, ...(uri.startsWith('batch://') ? { batch: uri } : { run: uri }) };
  await state.save();
}

/** Waits for what a step has started, as long as the call lasts. */
async function follow({ shared, calls, call }: StepContext, uri: string): Promise<Answer> {
  for (;;) {
    const left = (call.deadline - answerMs - shared.clock.now()) / 1000;
    const answer = await calls.answer(
      'wait_for_run',
      { run: uri, wait_seconds: Math.max(0, Math.min(45, left)) },
      call,
    );
    if (answer.kind !== 'run' || isSettled(answer.run) || left <= 0) return answer;
  }
}

function recordOf(answer: Outgoing, now: number): StepRecord {
  const { content, structuredContent } = renderAnswer(answer);
  const [first] = content;
  const text = first?.type === 'text' ? first.text : '';
  const outcome = answer.kind === 'run' ? answer.outcome : answer;
  return {
    data: (structuredContent ?? {}) as Row,
    said: text.length > saidOfStep ? `${text.slice(0, saidOfStep)}…` : text,
    failures: (outcome && 'failures' in outcome && outcome.failures) || 0,
    at: new Date(now).toISOString(),
  };
}

function rowsOf(chain: Chain, state: ChainState): Row[] {
  return chain.steps.map(({ name, operation }) => {
    const done = state.steps.get(name);
    const { uri } = (done?.data['result'] ?? {}) as { uri?: string };
    return {
      step: name,
      operation,
      outcome: done ? 'done' : 'to do',
      ...(uri === undefined ? {} : { result: uri }),
      said: done?.said ?? null,
    };
  });
}

function summary(chain: Chain, state: ChainState, resumed: number): Answer {
  const failures = [...state.steps.values()].reduce((sum, step) => sum + step.failures, 0);
  const before = resumed > 0 ? `; ${resumed} had been done by an earlier run` : '';
  const rows = rowsOf(chain, state);
  return {
    kind: 'rows',
    noun: 'steps',
    lead: `${chain.title} (${chain.name}): ${rows.length} of ${rows.length} steps done${before}.`,
    rows,
    page: { returned: rows.length, total: rows.length, complete: true, next: null },
    continued: false,
    warnings: [],
    ...(failures > 0 ? { failures } : {}),
  };
}

/** The time of the call is over: what there is, and how to go on. */
function unfinished(chain: Chain, state: ChainState, resumed: number): Answer {
  const done = state.steps.size;
  const answer = summary(chain, state, resumed) as Answer & { kind: 'rows' };
  const where = state.current ? `, ${state.current.step} is under way` : '';
  return {
    ...answer,
    lead: `${chain.title} (${chain.name}): ${done} of ${chain.steps.length} steps done${where}. Repeat the call: it goes on from there.`,
    page: { ...answer.page, complete: false },
  };
}

const ended = ({ name, operation }: ChainStep, { run }: RunAnswer) =>
  new Fault({
    code: 'rejected',
    message: `Step ${name} (${operation}): ${run.uri} ended as ${run.status}.`,
    hint: 'The steps after it were not carried out. Look at what it says; again: true begins the chain anew.',
  });

const leftHalfWay = ({ name, operation }: ChainStep) =>
  new Fault({
    code: 'outcome_unknown',
    message: `Step ${name} (${operation}) was sent, and the process ended before its answer came.`,
    hint: 'Look whether it was done. again: true (on the command line --fresh) begins the chain anew.',
  });
