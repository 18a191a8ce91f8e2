import type { Readable } from 'node:stream';
import type { Clock } from '../../base/clock.ts';
import { Fault } from '../../base/errors.ts';
import type { Redactor } from '../../base/redact.ts';
import { provenance, type StoredResult } from '../result.ts';
import type { ResultStore } from '../store/store.ts';
import { type JobContext, runWorker } from '../worker-pool.ts';
import type { ChartJob, Drawing } from './job.ts';
import { type ChartRequest, planChart } from './plan.ts';

/** A picture of a stored table: the PNG as it is shown, and both forms as stored results. */
export interface Chart extends Pick<Drawing, 'title' | 'notes' | 'width' | 'height'> {
  /** Base64. */
  image: string;
  png: StoredResult;
  svg: StoredResult;
}

export interface ChartContext extends JobContext {
  results: ResultStore;
  clock: Clock;
  redactor: Pick<Redactor, 'text'>;
}

/**
 * Draws a stored table in a process of its own. The same request gives the same handles again.
 * @throws Fault `bad_arguments` for columns that are not there or do not fit, `too_large` for too many rows
 */
export async function drawChart(result: StoredResult, request: ChartRequest, context: ChartContext): Promise<Chart> {
  const { results, clock, signal, redactor } = context;
  const plan = planChart(result, request);
  const job: ChartJob = { table: await results.table(result), plan, subtitle: subtitleOf(result) };
  const text = await runWorker('chart', job, context, readAll);
  const { png: image, svg, title, notes, width, height } = JSON.parse(text) as Drawing;
  if (redactor.text(svg) !== svg) throw showsSecret(result);
  const source = {
    operation: 'chart_result',
    arguments: { result: result.uri, ...request },
    at: new Date(clock.now()).toISOString(),
    from: [provenance(result)],
  };
  const store = (ending: string, mediaType: string, bytes: Buffer) => {
    const key = `chart ${ending} ${JSON.stringify(source.arguments)}`;
    return results.write({ name: `${title}.${ending}`, mediaType, source, key, signal }, { bytes: once(bytes) });
  };
  return {
    title,
    notes,
    width,
    height,
    image,
    png: await store('png', 'image/png', Buffer.from(image, 'base64')),
    svg: await store('svg', 'image/svg+xml', Buffer.from(svg)),
  };
}

// A picture cannot be redacted when it is drawn, and the process that draws it is told no secrets.
const showsSecret = ({ uri }: StoredResult) =>
  new Fault({
    code: 'bad_arguments',
    message: 'A text of the picture would show a secret.',
    hint: `Choose columns without one: read_result of ${uri} shows where it says [redacted].`,
  });

async function readAll(output: Readable, done: Promise<void>): Promise<string> {
  let text = '';
  for await (const piece of output.setEncoding('utf8')) text += piece;
  await done;
  return text;
}

const subtitleOf = ({ name, rows }: StoredResult) => `${name}, ${rows.toLocaleString('en-US')} rows`;

async function* once(bytes: Buffer): AsyncGenerator<Uint8Array> {
  yield bytes;
}
