import { type Outgoing, outgoing } from '../../answers/outgoing.ts';
import { pictureKey, renderAnswer } from '../../answers/render.ts';
import type { Clock } from '../../base/clock.ts';
import { Fault, isFault } from '../../base/errors.ts';
import { asFault, callOperation } from '../../calls/call.ts';
import { newMeter } from '../../calls/call-scope.ts';
import type { Call } from '../../http/call.ts';
import { isSettled, type Run } from '../../operations/run.ts';
import type { DataPlatformsServer } from '../../server/create.ts';
import { agrees, canAsk, unasked } from '../agreement.ts';
import { readFlags, readJson } from '../call-arguments.ts';
import type { ExitCode } from '../exit-codes.ts';
import { createProgress } from '../progress.ts';
import { type Flags, withSession } from '../session.ts';
import { shellCall, shellWord } from '../shell.ts';
import { print, type Terminal } from '../terminal.ts';

export interface CallLine {
  tool?: string | undefined;
  /** The words after the tool that are no flags of the command itself. */
  rest: readonly string[];
  /** True: print JSON. A text: that, and the arguments. */
  json?: true | string | undefined;
  /** False: a run is not waited for. */
  wait: boolean;
}

/** A shell has no client that gives up: a call may take as long as it takes, in ms. */
const patience = 24 * 3_600_000;

/** Runs one operation and prints what it came to; as JSON also that it failed. */
export async function call(line: CallLine, flags: Flags, terminal: Terminal): Promise<ExitCode> {
  const started: Started = {};
  try {
    return await carryOut(line, flags, terminal, started);
  } catch (error) {
    if (line.json && line.tool !== undefined && isFault(error)) {
      const { code, message, hint, status, retryAfter: retry_after_s, requestId: request_id } = error;
      const told = { error: { code, message, hint, status, retry_after_s, request_id }, ...started };
      print(terminal.stdout, JSON.stringify(told, null, 2));
    }
    throw error;
  }
}

/** Filled with the run that was started, once there is one. */
interface Started {
  run?: Run;
}

async function carryOut(line: CallLine, flags: Flags, terminal: Terminal, started: Started): Promise<ExitCode> {
  const { tool, json } = line;
  if (tool === undefined) throw noTool(json);
  const given = { ...(typeof json === 'string' ? readJson(json) : {}), ...(await checkedFlags(line.rest, tool)) };
  const progress = await createProgress(terminal.stderr, terminal.env);
  const { signal, stdout, stderr } = terminal;
  return withSession(flags, terminal.env, async ({ server, config }) => {
    const caller = callerOf(server.shared.clock, signal, (message, done, total) =>
      progress.tell(server.shared.redactor.line(message), done, total),
    );
    const tellResume = () => {
      // The sandbox ends with this process, and its runs with it.
      if (started.run && !config.sandbox) print(stderr, `Resume with: ${resumeLine(started.run, flags)}`);
    };
    try {
      const args = unhurried(given, line, server);
      let answer = await callAsTool(
        server,
        tool,
        args,
        canAsk(terminal) ? { ...caller, person: { calls: true } } : caller,
      );
      if (answer.kind === 'question') {
        progress.pause();
        const { text, token } = answer;
        const said = (await agrees(text, terminal)) ? 'accept' : 'decline';
        answer = await callAsTool(server, tool, args, {
          ...caller,
          person: { calls: true, answer: { said, state: token } },
        });
      }
      if (answer.kind === 'run') started.run = answer.run;
      while (answer.kind === 'run' && !isSettled(answer.run) && line.wait) {
        answer = withDetails(
          answer,
          await callAsTool(server, 'wait_for_run', { run: answer.run.uri, wait_seconds: 45 }, caller),
        );
      }
      // Interrupted while its result was fetched, a run still answers, with what is known of it.
      signal.throwIfAborted();
      progress.pause();
      const { content, _meta, structuredContent = _meta?.[pictureKey] } = renderAnswer(answer);
      const [text] = content;
      print(stdout, json || text?.type !== 'text' ? JSON.stringify(structuredContent, null, 2) : text.text);
      if (answer.kind === 'run' && !isSettled(answer.run)) tellResume();
      return exitOf(answer);
    } catch (error) {
      progress.pause();
      tellResume();
      throw isFault(error) ? unasked(asFault(error, server.shared)) : error;
    }
  });
}

const resumeLine = ({ uri }: Run, { config }: Flags) =>
  shellCall('wait_for_run', { run: uri }, ...(config === undefined ? [] : ['--config', shellWord(config)]));

function callerOf(clock: Clock, signal: AbortSignal, progress: Call['progress']): Call {
  return { signal, progress, meter: newMeter(), changes: [], deadline: clock.now() + patience };
}

/** @throws Fault `bad_arguments` for a flag without its value */
async function checkedFlags(words: readonly string[], tool: string): Promise<Record<string, unknown>> {
  const given = readFlags(words);
  const alone = Object.keys(given).filter(name => given[name] === true);
  const [name] = alone.length ? await (await import('../tool-help.ts')).needValues(tool, alone) : [];
  if (name === undefined) return given;
  throw new Fault({
    code: 'bad_arguments',
    message: `--${name.replaceAll('_', '-')} needs a value.`,
    hint: `See data-platforms-mcp call ${tool} --help.`,
  });
}

/** Tools as a client calls them, and operations that are not listed as tools. */
async function callAsTool(
  { tools, shared }: DataPlatformsServer,
  name: string,
  args: unknown,
  caller: Call,
): Promise<Outgoing> {
  const unlisted = shared.catalog.unlisted.find(operation => operation.name === name);
  if (!unlisted) return tools.answer(name, args, caller);
  return await outgoing(
    await callOperation(shared, await shared.catalog.load(unlisted), args, caller),
    shared.redactor,
  );
}

/** A run is only started by the first call, so that its URI is known from then on; waiting for it follows. */
function unhurried(given: Record<string, unknown>, { tool, wait }: CallLine, { shared }: DataPlatformsServer) {
  const starts = shared.catalog.operations.some(operation => operation.name === tool && operation.starts);
  if (!starts) return given;
  return wait ? { ...given, wait_seconds: 0 } : { wait_seconds: 0, ...given };
}

/** Waiting tells nothing of how the run was started; who started it wants to see both. */
function withDetails(before: Outgoing & { kind: 'run' }, after: Outgoing): Outgoing {
  if (after.kind !== 'run') return after;
  return { ...(before.details ? { details: before.details } : {}), ...after };
}

function exitOf(answer: Outgoing): ExitCode {
  if (failuresOf(answer) > 0) return 6;
  if (answer.kind !== 'run' || !answer.run.final) return 0;
  if (answer.run.status !== 'succeeded') return 6;
  // The run is done and names what fetches its result: fetching it has failed, as the answer says.
  return answer.next && !answer.outcome ? 5 : 0;
}

/** Of many things, those for which nothing came. */
function failuresOf(answer: Outgoing): number {
  const outcome = answer.kind === 'run' ? answer.outcome : answer;
  return outcome && 'failures' in outcome ? (outcome.failures ?? 0) : 0;
}

const noTool = (json: true | string | undefined) =>
  new Fault({
    code: 'bad_arguments',
    message: 'No tool was named.',
    hint:
      typeof json === 'string'
        ? `"${json}" was taken for the value of --json; put the tool first.`
        : 'Give its name, like data-platforms-mcp call check_connections; data-platforms-mcp tools lists them.',
  });
