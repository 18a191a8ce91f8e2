import type { ViewedRows } from '../../answers/view.ts';
import { type ChartPlan, type ChartRequest, isDepth, isMeasured, planChart } from '../../results/chart/plan.ts';
import type { ViewRowsInput } from '../../tools/results/view.ts';
import { el, show } from '../core/dom.ts';
import type { Host, ToolResult } from '../core/host.ts';
import { bar, begin, type Page } from '../core/page.ts';
import { fetchData } from './data.ts';
import { showLog } from './log.ts';
import { drawPlot } from './plots.ts';
import { saveButtons } from './save.ts';

/** What `chart_result` was given. */
type Input = Partial<ChartRequest & { result: string }>;

/** Columns beside those of the picture that a log offers. */
const mostTracks = 12;

void begin<Input, never>('chart', (page, host) => {
  let input: Input = {};
  let repaint: ((theme: ChartPlan['theme']) => void) | undefined;
  return {
    input: args => {
      input = args;
    },
    result: result =>
      void open(page, host, input, result).then(made => {
        repaint = made;
      }, page.fail),
    theme: theme => repaint?.(theme),
    cancelled: () => show(page.main, el('p', {}, 'The call was cancelled.')),
  };
});

async function open(page: Page, host: Host, input: Input, { content = [], isError }: ToolResult<never>) {
  const text = content.map(one => one.text ?? '').join('\n');
  if (isError || input.result === undefined || input.type === undefined) return said(page, text);
  if (!host.can.call) return said(page, text, 'This client lets a page ask for no rows: the picture is in the answer.');
  const asked = { result: input.result, limit: 0, about: true } satisfies ViewRowsInput;
  const table = await host.call<ViewedRows>('view_rows', asked);
  const { result, about } = table;
  const request = { ...input, type: input.type, theme: themeOf() };
  const stored = { ...result, kind: 'table' as const, mediaType: '', columns: about?.columns ?? [] };
  const plan = planChart(stored as unknown as Parameters<typeof planChart>[0], request);
  if (plan.type === 'strip_log') {
    const shown = plan.y.map((_, at) => at);
    return showLog(page, host, table, withTracks(plan, stored.columns), shown);
  }
  return showPlot(page, host, table, plan);
}

function said(page: Page, text: string, note?: string): undefined {
  show(page.main, el('pre', { tabindex: 0 }, text), note === undefined ? null : el('p', { class: 'note' }, note));
}

const themeOf = (): ChartPlan['theme'] => (document.documentElement.dataset['theme'] === 'dark' ? 'dark' : 'light');

/** The tracks of the picture, and the others that the table has. */
function withTracks(plan: ChartPlan, columns: ChartPlan['y']): ChartPlan {
  const taken = new Set([...plan.y, ...(plan.depth ?? []), plan.by]);
  const others = columns.filter(
    column =>
      !taken.has(column) &&
      !isDepth(column) &&
      (isMeasured(column) || (column.type === 'text' && (column.distinct ?? 99) <= 12)),
  );
  return { ...plan, y: [...plan.y, ...others].slice(0, mostTracks) };
}

async function showPlot(page: Page, host: Host, table: ViewedRows, plan: ChartPlan) {
  const { name, uri } = table.result;
  const { data, notes } = await fetchData(host, uri, plan);
  const stage = el('div', { class: 'stage', tabindex: 0, role: 'group', 'aria-label': 'Picture' });
  const told = el('div');
  let picture: SVGSVGElement | undefined;
  let width = 0;
  const draw = () => {
    width = Math.max(260, stage.clientWidth - 2);
    const plot = drawPlot(plan, data, width);
    picture = plot.picture;
    show(stage, picture);
    show(told, ...[...notes, ...plot.notes].map(note => el('p', { class: 'faint' }, note)));
  };
  show(page.main, bar(el('h1', { class: 'grow' }, name), ...saveButtons(page, host, name, () => picture)), stage, told);
  draw();
  new ResizeObserver(() => Math.abs(stage.clientWidth - 2 - width) > 2 && draw()).observe(stage);
  return (theme: ChartPlan['theme']) => {
    plan.theme = theme;
    draw();
  };
}
