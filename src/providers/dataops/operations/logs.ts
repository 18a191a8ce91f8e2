import type { Readable } from 'node:stream';
import * as z from 'zod';
import { Fault } from '../../../base/errors.ts';
import { type OperationContext, operation } from '../../../operations/operation.ts';
import { storedFacts } from '../../../results/stored-facts.ts';
import { id, text } from '../arguments.ts';
import { logLines } from '../log-lines.ts';
import { projectArgument } from './projects.ts';

export const job = id('Job number or URL', 'jobs', 'dataops_list_project_jobs');

const mostLines = 1_000;
const mostCharacters = 10_000;
const longestLine = 400;

/** The lines of a job's log so far; none where it has none. */
async function* readLog(args: { project: string; job: string }, context: OperationContext): AsyncGenerator<string> {
  const { body } = await context.request(readJobLog, args, { expect: 'stream' });
  yield* logLines(body as Readable);
}

/** The last lines of a log of any size. Default: as many as one answer can ask for. */
export async function readLogEnd(
  args: { project: string; job: string },
  context: OperationContext,
  most = mostLines,
): Promise<{ lines: string[]; total: number }> {
  let lines: string[] = [];
  let total = 0;
  for await (const line of readLog(args, context)) {
    total += 1;
    lines.push(line);
    if (lines.length > 2 * most) lines = lines.slice(-most);
  }
  return { lines: lines.slice(-most), total };
}

/** The end of a log that fits an answer. */
export function tailOf(lines: readonly string[], most: number, characters = mostCharacters): string[] {
  const tail: string[] = [];
  let left = characters;
  for (const line of lines.slice(-most).reverse()) {
    const shown = line.length > longestLine ? `${line.slice(0, longestLine)}…` : line;
    left -= shown.length + 1;
    if (left < 0) break;
    tail.unshift(shown);
  }
  return tail;
}

export const readJobLog = operation({
  name: 'dataops_read_job_log',
  route: 'GET /projects/{project}/jobs/{job}/trace',
  risk: 'reads',
  summary: 'Read the end of a job log, or the lines around a text. whole stores all of it as a table of lines.',
  words: 'output trace console, why did the job fail, error',
  input: z.strictObject({
    project: projectArgument,
    job,
    lines: z.number().int().min(1).max(mostLines).optional().describe('Default 80').meta({ in: 'local' }),
    search: text('Text to find, case ignored; alternatives with |').meta({ in: 'local' }),
    context: z.number().int().min(0).max(50).optional().describe('Lines around a hit, default 3').meta({ in: 'local' }),
    whole: z.boolean().optional().describe('Store it all').meta({ in: 'local' }),
  }),
  output: z.looseObject({ lines: z.number(), log: z.string().optional(), result: z.looseObject({}).optional() }),
  resource: { uri: 'dataops://projects/{project}/jobs/{job}/log', title: 'Log of a DataOps.live job' },
  example: { arguments: { project: 'meridian/data/drill-assays', job: '20451', search: 'error' } },
  async send({ project, job, lines: wanted = 80, search, context: around = 3, whole }, context) {
    if (whole) return storeLog({ project, job }, context);
    if (search !== undefined) return findIn(readLog({ project, job }, context), search, { around, wanted });
    const { lines, total } = await readLogEnd({ project, job }, context);
    const tail = tailOf(lines, wanted);
    return { lines: total, ...(tail.length < total && { from: total - tail.length + 1 }), log: tail.join('\n') };
  },
});

/** Lines that hold one of the texts, numbered, with their neighbours; `…` where lines are left out. */
async function findIn(
  lines: AsyncIterable<string>,
  search: string,
  { around, wanted }: { around: number; wanted: number },
) {
  const texts = search
    .split('|')
    .map(one => one.trim().toLowerCase())
    .filter(Boolean);
  if (texts.length === 0) throw nothingToFind();
  const near: [at: number, line: string][] = [];
  let before: [at: number, line: string][] = [];
  let [total, matches, count, after] = [0, 0, 0, 0];
  const take = (lines_: [at: number, line: string][]) => {
    count += lines_.length;
    near.push(...lines_.slice(0, Math.max(0, wanted - near.length)));
  };
  for await (const line of lines) {
    const here: [number, string] = [total, line.slice(0, longestLine)];
    total += 1;
    const low = line.toLowerCase();
    const isHit = texts.some(one => low.includes(one));
    if (isHit) {
      matches += 1;
      take([...before, here]);
      before = [];
      after = around;
    } else if (after > 0) {
      take([here]);
      after -= 1;
    } else before = [...before, here].slice(around === 0 ? 1 : -around);
  }
  const { log, fits } = numbered(near);
  const isCut = !fits || near.length < count;
  return { lines: total, matches, ...(isCut && { cut: 'More lines than fit: narrow search, or use whole.' }), log };
}

function numbered(near: readonly [at: number, line: string][]): { log: string; fits: boolean } {
  let left = mostCharacters;
  const fitting = near.flatMap(([at, line], index) => {
    const gap = index > 0 && near[index - 1]?.[0] !== at - 1 ? '…\n' : '';
    const text = `${gap}${at + 1}: ${line}`;
    left -= text.length;
    return left >= 0 ? [text] : [];
  });
  return { log: fitting.join('\n'), fits: fitting.length === near.length };
}

const nothingToFind = () =>
  new Fault({
    code: 'bad_arguments',
    message: 'search holds no text.',
    hint: 'Give a text such as "error", alternatives with |, or leave search out for the end of the log.',
  });

async function storeLog(args: { project: string; job: string }, context: OperationContext) {
  const name = `log of job ${args.job}`;
  let total = 0;
  async function* rows() {
    for await (const line of readLog(args, context)) {
      total += 1;
      yield { line: total, text: context.redact(line) };
    }
  }
  const origin = {
    operation: readJobLog,
    arguments: { ...args, whole: true },
    name,
    mediaType: 'application/x-ndjson',
  };
  const stored = await context.store(origin, { rows: rows() });
  const { uri } = stored;
  const next = `read_result {"result":"${uri}","where":[{"column":"text","op":"contains","value":"error"}]}`;
  return { lines: total, result: { ...storedFacts(stored), sample: [] }, next };
}
