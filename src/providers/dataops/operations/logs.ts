import * as z from 'zod';
import { Fault } from '../../../base/errors.ts';
import { type OperationContext, operation } from '../../../operations/operation.ts';
import { storedFacts } from '../../../results/stored-facts.ts';
import { id, text } from '../arguments.ts';
import { projectArgument } from './projects.ts';

export const job = id('Job number or URL', 'jobs', 'dataops_list_project_jobs');

const mostCharacters = 10_000;
const longestLine = 400;

/** The lines a person sees: no colours, no section markers, of a progress bar only how it ended. */
export function plainLines(log: string): string[] {
  const lines = log.split('\n').flatMap(raw => {
    const marked = raw.replace(/section_(?:start|end):\d{1,20}:[^\r:]{0,200}\r/g, '');
    const steps = marked
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what has to go
      .replace(/\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?)/g, '')
      .split('\r')
      .filter(Boolean);
    const line = (steps.at(-1) ?? '').trimEnd();
    return line === '' && marked !== raw ? [] : [line];
  });
  while (lines.at(-1) === '') lines.pop();
  return lines;
}

/** The log of a job so far; empty where it has none. */
export async function readLog(args: { project: string; job: string }, context: OperationContext): Promise<string[]> {
  const { body } = await context.request(readJobLog, args, { expect: 'text' });
  // Scripts print what they should not; GitLab's credentials have a form: glpat-, glcbt-, glptt- and so on.
  return plainLines(String(body ?? '').replace(/\bgl[a-z]{2,6}-[\w-]{16,}/g, '[redacted]'));
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
    lines: z.number().int().min(1).max(1000).optional().describe('Default 80').meta({ in: 'local' }),
    search: text('Text to find, case ignored; alternatives with |').meta({ in: 'local' }),
    context: z.number().int().min(0).max(50).optional().describe('Lines around a hit, default 3').meta({ in: 'local' }),
    whole: z.boolean().optional().describe('Store it all').meta({ in: 'local' }),
  }),
  output: z.looseObject({ lines: z.number(), log: z.string().optional(), result: z.looseObject({}).optional() }),
  resource: { uri: 'dataops://projects/{project}/jobs/{job}/log', title: 'Log of a DataOps.live job' },
  example: { arguments: { project: 'meridian/data/drill-assays', job: '20451', search: 'error' } },
  async send({ project, job, lines: wanted = 80, search, context: around = 3, whole }, context) {
    const lines = await readLog({ project, job }, context);
    if (whole) return storeLog({ project, job }, lines, context);
    if (search !== undefined) return { lines: lines.length, ...found(lines, search, { around, wanted }) };
    const tail = tailOf(lines, wanted);
    const from = lines.length - tail.length + 1;
    return { lines: lines.length, ...(tail.length < lines.length && { from }), log: tail.join('\n') };
  },
});

/** Lines that hold one of the texts, numbered, with their neighbours; `…` where lines are left out. */
function found(lines: readonly string[], search: string, { around, wanted }: { around: number; wanted: number }) {
  const texts = search
    .split('|')
    .map(one => one.trim().toLowerCase())
    .filter(Boolean);
  if (texts.length === 0) throw nothingToFind();
  const hits = lines.flatMap((line, at) => (texts.some(one => line.toLowerCase().includes(one)) ? [at] : []));
  const near = new Set<number>();
  for (const hit of hits)
    for (let at = Math.max(0, hit - around); at <= Math.min(lines.length - 1, hit + around); at += 1) near.add(at);
  const shown = [...near].sort((a, b) => a - b).slice(0, wanted);
  const numbered = shown.map((at, index) => {
    const gap = index > 0 && shown[index - 1] !== at - 1 ? '…\n' : '';
    return `${gap}${at + 1}: ${lines[at]?.slice(0, longestLine)}`;
  });
  const fitting: string[] = [];
  let left = mostCharacters;
  for (const line of numbered) {
    left -= line.length;
    if (left >= 0) fitting.push(line);
  }
  return {
    matches: hits.length,
    ...(fitting.length < near.size && { cut: 'More lines than fit: narrow search, or use whole.' }),
    log: fitting.join('\n'),
  };
}

const nothingToFind = () =>
  new Fault({
    code: 'bad_arguments',
    message: 'search holds no text.',
    hint: 'Give a text such as "error", alternatives with |, or leave search out for the end of the log.',
  });

async function storeLog(args: { project: string; job: string }, lines: readonly string[], context: OperationContext) {
  const name = `log of job ${args.job}`;
  const rows = lines.map((line, index) => ({ line: index + 1, text: context.redact(line) }));
  const origin = {
    operation: readJobLog,
    arguments: { ...args, whole: true },
    name,
    mediaType: 'application/x-ndjson',
  };
  const stored = await context.store(origin, { rows });
  const { uri } = stored;
  const next = `read_result {"result":"${uri}","where":[{"column":"text","op":"contains","value":"error"}]}`;
  return { lines: lines.length, result: { ...storedFacts(stored), sample: [] }, next };
}
