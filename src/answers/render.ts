import type { CallToolResult } from '@modelcontextprotocol/server';
import { isRow, type Row } from '../base/json-value.ts';
import { oneLine } from '../base/text.ts';
import type { Run } from '../operations/run.ts';
import { tallyWords } from '../operations/tally.ts';
import { ancestry } from '../results/describe.ts';
import type { Handle } from '../results/pending.ts';
import { type StoredResult, valueIn } from '../results/result.ts';
import { glanceAt, storedFacts } from '../results/stored-facts.ts';
import type { Answer, RunAnswer } from './answer.ts';
import { countOf, extentOf } from './extent.ts';
import type { Outgoing } from './outgoing.ts';
import { viewOf } from './view.ts';

type RenderedAnswer = Pick<CallToolResult, 'content' | 'structuredContent' | '_meta'>;

/** Key in `_meta` of a picture: its files, for programs. */
export const pictureKey = 'data-platforms-mcp/picture';

/**
 * Puts an answer into words and structure: one sentence of fact, then a compact table; the same again as data.
 * The two say the same, because some clients show the one to the model and some the other. In the words, each line of
 * ours is one: no value within it can end it and begin another.
 */
export const renderAnswer = (answer: Outgoing): RenderedAnswer => renderByKind(answer);

function renderByKind(answer: Answer): RenderedAnswer {
  switch (answer.kind) {
    case 'rows':
      return shapeRows(answer);
    case 'value':
      return shapeValue(answer.value);
    case 'result':
      return shapeResult(answer);
    case 'picture':
      return shapePicture(answer);
    case 'image':
      return shapeImage(answer);
    case 'description':
      return shapeDescription(answer);
    case 'view':
      return shapeView(answer);
    case 'run':
      return shapeRun(answer);
    case 'question':
      return { content: [{ type: 'text', text: answer.text }] };
  }
}

function shapeRows(answer: Answer & { kind: 'rows' }): RenderedAnswer {
  const { noun, rows, page, result, about, asked } = answer;
  const { lead = extentOf(noun, page, answer.continued, asked) } = answer;
  const warnings = warningsOf(answer);
  const where = result && !answer.isShown ? `Stored as ${result.uri}.` : undefined;
  const handle = result && answer.isShown ? `Handle of these rows: ${result.uri}` : undefined;
  const body =
    answer.as === 'lines' ? rows.map(row => quoteText(`${row['line']}: ${row['text']}`)).join('\n') : table(rows);
  return words([quoteText(lead), where, aboutLine(about), body, ...warnings.map(warning), handle], {
    items: rows,
    page,
    ...(result ? { result: { uri: result.uri, kind: result.kind, rows: result.rows } } : {}),
    ...(about ? { about } : {}),
    ...list('warnings', warnings),
  });
}

function shapeValue(value: unknown): RenderedAnswer {
  const root = isRow(value) ? value : { value: value ?? null };
  return words([JSON.stringify(root)], root);
}

function shapeResult(answer: Answer & { kind: 'result' }): RenderedAnswer {
  const { result, summary, page, about, tally } = answer;
  const warnings = warningsOf(answer);
  return words([quoteText(summary), aboutLine(about), ...storedLines(result), ...warnings.map(warning)], {
    result: storedFacts(result),
    ...(tally ? { tally } : {}),
    ...(page ? { page } : {}),
    ...(about ? { about } : {}),
    ...list('warnings', warnings),
  });
}

/** Of the call, and what was decided when the result was stored; each once. */
const warningsOf = ({ warnings, result }: { warnings: readonly string[]; result?: Handle }) => [
  ...new Set([...warnings, ...(result?.warnings ?? [])]),
];

/**
 * Without structured content: a client that has it shows nothing else, and the picture would be lost. Where its files
 * are is in the text for models, and beside the answer for programs.
 */
function shapePicture({ chart, summary, warnings }: Answer & { kind: 'picture' }): RenderedAnswer {
  const { image, png, svg, width, height } = chart;
  const files = `Stored as ${png.uri} (PNG, ${width} x ${height}) and ${svg.uri} (SVG).`;
  const file = ({ uri, name, kind, bytes }: StoredResult) => ({ uri, name, kind, bytes });
  const { content, structuredContent: about } = words([quoteText(`${summary} ${files}`), ...warnings.map(warning)], {
    png: file(png),
    svg: file(svg),
    ...list('warnings', warnings),
  });
  return {
    content: [...content, { type: 'image', data: image, mimeType: 'image/png' }],
    _meta: { [pictureKey]: about },
  };
}

/** A stored picture: `items` is empty, as its bytes are no rows. */
function shapeImage({ image, result, warnings }: Answer & { kind: 'image' }): RenderedAnswer {
  const { uri, name, mediaType, bytes } = result;
  const page = { returned: 0, total: 0, complete: true, next: null };
  const { content, structuredContent } = words(
    [`${name} (${uri}), ${countOf(bytes, 'bytes')}.`, ...warnings.map(warning)],
    {
      items: [],
      page,
      picture: { uri, name, media_type: mediaType, bytes },
      ...list('warnings', warnings),
    },
  );
  return {
    content: [...content, { type: 'image', data: image.data, mimeType: image.mediaType }],
    ...(structuredContent ? { structuredContent } : {}),
  };
}

function shapeDescription({ description, warnings }: Answer & { kind: 'description' }): RenderedAnswer {
  const { result, columns, others, sample } = description;
  const { uri, name, kind, rows, bytes, mediaType, source, createdAt, expiresAt, pinned } = result;
  const extent =
    kind === 'table' ? `${countOf(rows, 'rows')}, ${countOf(result.columns.length, 'columns')}` : mediaType;
  const life = pinned ? 'pinned' : `expires ${expiresAt}`;
  const [made = '', ...from] = ancestry(source);
  return words(
    [
      quoteText(`${name} (${uri}): ${extent}, ${countOf(bytes, 'bytes')}.`),
      quoteText(`Made by ${made} at ${createdAt}; ${life}.`),
      ...from.map(one => quoteText(`Out of ${one}.`)),
      table(columns),
      others.length ? quoteText(`Not described: ${others.join(', ')}.`) : undefined,
      sample.length ? `First rows:\n${table(sample)}` : undefined,
      ...warnings.map(warning),
    ],
    {
      result: {
        uri,
        name,
        kind,
        rows,
        bytes,
        media_type: mediaType,
        expires_at: expiresAt,
        ...(pinned ? { pinned } : {}),
      },
      made_by: made,
      made_at: createdAt,
      ...list('made_of', from),
      columns,
      ...list('not_described', others),
      sample,
      ...list('warnings', warnings),
    },
  );
}

function shapeView(answer: Answer & { kind: 'view' }): RenderedAnswer {
  const view = viewOf(answer);
  const lead = `${countOf(view.rows.length, 'rows')} of ${view.result.uri}, for the page that asked.`;
  return words([lead, ...answer.warnings.map(warning)], { ...view });
}

function shapeRun({ run, details, outcome, next, warnings }: RunAnswer): RenderedAnswer {
  // What was fetched says the same, and says it better.
  const isTold = outcome?.kind === 'result' && outcome.tally !== undefined;
  const vendor = run.vendor_status === run.status ? '' : ` (${run.vendor_status})`;
  const state = `Run ${run.uri}: ${run.status}${vendor}${isTold ? '' : progressOf(run)}.`;
  const made = outcome && renderByKind(outcome);
  const [text] = made?.content ?? [];
  const told = outcome && 'warnings' in outcome ? outcome.warnings : [];
  return words(
    [
      quoteText(state),
      ...(run.notes ?? []).map(quoteText),
      aboutLine(details),
      text?.type === 'text' ? text.text : undefined,
      next && oneLine(`Next: ${next}`),
      ...warnings.map(warning),
    ],
    {
      ...(made?.structuredContent as Row | undefined),
      run,
      ...(details ? { details } : {}),
      ...(next ? { next } : {}),
      ...list('warnings', [...warnings, ...told]),
    },
  );
}

/** How far it is; of what is over, what became of its parts. */
function progressOf({ final, progress, tally }: Run): string {
  if (final && tally) return `, ${tallyWords(tally)}`;
  return progress ? `, ${progress.done} of ${progress.total} ${progress.unit}` : '';
}

function storedLines(result: StoredResult): string[] {
  if (result.kind !== 'table')
    return [quoteText(`Stored as ${result.uri}: ${result.name}, ${countOf(result.bytes, 'bytes')}.`)];
  const glance = glanceAt(result);
  const columns = glance.columns.map(({ name, type, nulls, min, max, mean, numbers }) => {
    const range = min == null ? '' : ` ${min}..${max}`;
    const average = mean == null ? '' : ` mean ${mean}`;
    const some = numbers == null ? '' : ` (${numbers} numbers)`;
    return `${name} ${type}${some}${range}${average}${nulls ? ` (${nulls} empty)` : ''}`;
  });
  if (glance.more > 0) columns.push(`${glance.more} more, which describe_result tells`);
  return [
    quoteText(`Stored as ${result.uri}: ${countOf(result.rows, 'rows')}. Columns: ${columns.join('; ')}.`),
    ...(glance.sample.length > 0 ? ['First rows:', table(glance.sample)] : []),
  ];
}

const aboutLine = (about: Row | undefined) =>
  about &&
  quoteText(
    Object.entries(about)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) => `${name}: ${cell(value)}`)
      .join('; '),
  );

const warning = (text: string) => oneLine(`Warning: ${text}`);

/** Words with which a line of ours begins that tells the reader to do something. */
const ours = /^\s{0,9}(?:Next|Warning):/i;

/** A line in which somebody else's words stand: it stays one, and does not begin like one that tells what to do. */
function quoteText(text: string): string {
  const line = oneLine(text);
  return ours.test(line) ? JSON.stringify(line) : line;
}

/** Rows as CSV under a header: the fewest tokens of the forms that models read without mistakes. */
export function table(rows: readonly Row[]): string {
  const columns = [...new Set(rows.flatMap(row => Object.keys(row)))];
  if (columns.length === 0) return '';
  const line = (values: readonly unknown[]) => values.map(value => quote(cell(value))).join(',');
  return [line(columns), ...rows.map(row => line(columns.map(column => valueIn(row, column))))].join('\n');
}

// `[{"version":"v1"},{"version":"v2"}]` under a heading "versions" says no more than "v1; v2".
function cell(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value) && value.every(isPlain)) return value.map(cell).join('; ');
  return isPlain(value) ? cell(Object.values(value)[0]) : JSON.stringify(value);
}

/** A scalar, or an object that is one scalar under a name. */
function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  const [inner, ...more] = Object.values(value);
  return !Array.isArray(value) && more.length === 0 && typeof inner !== 'object';
}

/** A cell with a line end is written as JSON, on one line: in quotes, what follows it would look like a row of ours. */
function quote(text: string): string {
  if (/[\n\r]/.test(text)) return JSON.stringify(text);
  return /[",]/.test(text) || ours.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function words(lines: readonly (string | undefined)[], structuredContent: Row): RenderedAnswer {
  return { content: [{ type: 'text', text: lines.filter(Boolean).join('\n') }], structuredContent };
}

const list = (name: string, values: readonly string[]) => (values.length ? { [name]: values } : {});
