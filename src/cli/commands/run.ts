import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { outgoing } from '../../answers/outgoing.ts';
import { renderAnswer } from '../../answers/render.ts';
import { Fault, isFault } from '../../base/errors.ts';
import type { Row } from '../../base/json-value.ts';
import { asFault } from '../../calls/call.ts';
import { newMeter } from '../../calls/call-scope.ts';
import { approvalPath, approvals, approve } from '../../chains/approvals.ts';
import type { ChainStep } from '../../operations/chain.ts';
import { ifMissing } from '../../results/disk.ts';
import { chainsFolder } from '../../server/open-chains.ts';
import { agrees, canAsk } from '../agreement.ts';
import { readFlags } from '../call-arguments.ts';
import type { ExitCode } from '../exit-codes.ts';
import { createProgress } from '../progress.ts';
import { type Flags, type Session, withSession } from '../session.ts';
import { print, type Terminal } from '../terminal.ts';

export interface RunLine {
  /** A file, or the name of a chain. */
  chain: string;
  /** The parameters as words. */
  rest: readonly string[];
  json?: true | undefined;
  dryRun?: boolean | undefined;
  fresh?: boolean | undefined;
}

/** A shell has no client that gives up, in ms. */
const patience = 24 * 3_600_000;

/** Runs a chain, and goes on where an earlier run with the same parameters was stopped. */
export async function runChainFile(line: RunLine, flags: Flags, terminal: Terminal): Promise<ExitCode> {
  const progress = await createProgress(terminal.stderr, terminal.env);
  return withSession(flags, terminal.env, async session => {
    const { shared } = session.server;
    const { clock, chains } = shared;
    const { text, path } = await textOf(line.chain, session);
    const isApproved = await approvals(approvalPath(path), shared.startKeys);
    const call = {
      signal: terminal.signal,
      progress: progress.tell,
      meter: newMeter(),
      changes: [],
      deadline: clock.now() + patience,
    };
    async function consent(step: ChainStep, question: string): Promise<boolean> {
      if (isApproved(step)) return true;
      if (!canAsk(terminal)) throw notApproved(step, question, line.chain);
      progress.pause();
      return agrees(question, terminal);
    }
    try {
      const parameters = readFlags(line.rest) as Row;
      const { dryRun = false, fresh: again } = line;
      const answer = await chains.run({ chain: text, parameters, dryRun, again, consent }, call);
      progress.pause();
      const { content, structuredContent } = renderAnswer(await outgoing(answer, shared.redactor));
      const [first] = content;
      print(
        terminal.stdout,
        line.json || first?.type !== 'text' ? JSON.stringify(structuredContent, null, 2) : first.text,
      );
      return 'failures' in answer && answer.failures ? 6 : 0;
    } catch (error) {
      progress.pause();
      throw isFault(error) ? asFault(error, shared) : error;
    }
  });
}

/** Writes down that an operator agrees to every step of a chain, as it is now. */
export async function approveChain(given: string, flags: Flags, terminal: Terminal): Promise<ExitCode> {
  return withSession<ExitCode>(flags, terminal.env, async session => {
    const { shared } = session.server;
    const { text, path } = await textOf(given, session);
    const { chain } = await shared.chains.get(text);
    const file = approvalPath(path);
    await approve(chain, file, shared.startKeys);
    for (const { name, operation, arguments: args = {} } of chain.steps)
      print(terminal.stdout, `${name}: ${operation} ${JSON.stringify(args)}`);
    print(terminal.stdout, `Agreed to these ${chain.steps.length} steps, as they are, in ${file}.`);
    return 0;
  });
}

/** The text of a chain, and where it is or would be. */
async function textOf(given: string, { server, config }: Session): Promise<{ text: string; path: string }> {
  const text = await readFile(given, 'utf8').catch(ifMissing(undefined));
  if (text !== undefined) return { text, path: given };
  if (given.endsWith('.json'))
    throw new Fault({
      code: 'not_found',
      message: `There is no file ${given}.`,
      hint: 'Give the path of a chain, or the name of one that is saved or came with the program.',
    });
  const found = await server.shared.chains.get(given);
  const folder = await chainsFolder(config, server.shared.caller);
  return { text: found.text, path: found.path ?? join(folder, `${found.chain.name}.json`) };
}

const notApproved = ({ name }: ChainStep, question: string, chain: string) =>
  new Fault({
    code: 'needs_confirmation',
    message: `Step ${name} asks: ${question}`,
    hint: `If that may be done unattended, agree to the steps as they are: data-platforms-mcp chain approve ${chain}.`,
  });
