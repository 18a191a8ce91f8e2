import type { ViewedRows } from '../../answers/view.ts';
import { button, el, show } from '../core/dom.ts';
import type { Host } from '../core/host.ts';
import { bar, type Page } from '../core/page.ts';
import { bytes, cellText, count, countOf } from '../core/words.ts';
import { askForm, wordsOf } from './ask.ts';
import { chips, filterForm } from './filters.ts';
import { type Cell, Grid, type Selection } from './grid.ts';
import { type Conditions, Rows, type Sort } from './rows.ts';

/** Rows that are copied at once. */
const mostCopied = 1_000;

/** A stored table: its rows, and what can be done with them. */
export function showTable(page: Page, host: Host, table: ViewedRows, first: { where: Conditions; sort: Sort }): void {
  const { result, about } = table;
  const extent = el('p', { class: 'faint' });
  const conditions = bar();
  const whole = el('div', { class: 'whole' });
  const asking = el('div', { class: 'asking' });
  const rows = new Rows(host, table, problem => {
    if (problem !== undefined) page.fail(problem);
    grid.draw();
    tellExtent();
  });
  const form = filterForm(rows.columns, condition => select([...rows.where, condition], rows.sort));
  const grid = new Grid({
    rows,
    sortBy: column => select(rows.where, turned(rows.sort, column)),
    filterBy: column => form.choose(column),
    open: cell => void showCell(cell).catch(page.fail),
    moved: selection => tellSelection(page, selection),
    seen: (from, to) => measure(rows.columns.slice(from, to + 1).map(({ name }) => name)),
  });

  const measure = (names: readonly string[]) => void rows.measure(names).catch(page.fail);

  function select(where: Conditions, sort: Sort): void {
    rows.select(where, sort);
    show(conditions, ...chips(where, left => select(left, rows.sort)), form.element);
    grid.reset();
  }

  function tellExtent(): void {
    const all = countOf(result.rows, 'row');
    const part = rows.where.length > 0 ? `${count(rows.matched)} of ${all}` : all;
    const unsure =
      rows.undecided > 0 ? [`${count(rows.undecided)} more may match: what stands in them is no number`] : [];
    const facts = [part, countOf(rows.columns.length, 'column'), bytes(result.bytes), about?.madeBy ?? '', ...unsure];
    const words = facts.filter(Boolean).join(' · ');
    if (extent.textContent === words) return;
    show(extent, words);
    page.say(part);
  }

  async function showCell({ row, column }: Cell): Promise<void> {
    const name = rows.columns[column]?.name ?? '';
    const [[value] = []] = await rows.read(row, 1, [name], 100_000);
    const text = value === null ? 'empty' : cellText(value);
    const close = button('Close', () => {
      show(whole);
      grid.element.focus();
    });
    const title = `${name}, row ${count(row + 1)}`;
    show(whole, bar(el('h2', { class: 'grow' }, title), close), el('pre', { tabindex: 0, 'aria-label': title }, text));
    close.focus();
  }

  async function copy(): Promise<void> {
    const { top, left, height, width } = boxOf(grid.selection);
    const names = rows.columns.slice(left, left + width).map(({ name }) => name);
    const values = await rows.read(top, Math.min(height, mostCopied), names);
    const lines = values.map(row => row.map(value => cellText(value).replace(/[\t\r\n]+/g, ' ')).join('\t'));
    copyText(height * width === 1 ? (lines[0] ?? '') : [names.join('\t'), ...lines].join('\n'));
    page.say(height > mostCopied ? `The first ${count(mostCopied)} rows copied` : `${countOf(height, 'row')} copied`);
  }

  function ask(): void {
    const { top, height } = boxOf(grid.selection);
    const meant = wordsOf(result, rows, height > 1 ? { offset: top, limit: height } : {});
    const close = () => show(asking);
    const send = async (text: string) => {
      await host.say(text);
      page.say('Asked');
    };
    show(asking, askForm(meant, send, close));
    asking.querySelector('input')?.focus();
  }

  grid.element.addEventListener('keydown', event => {
    if ((event.ctrlKey || event.metaKey) && event.key === 'c') void copy().catch(page.fail);
  });
  show(
    page.main,
    bar(
      el('h1', { class: 'grow' }, result.name),
      button('Ask about these rows', ask, { class: 'main' }),
      button('Copy', () => void copy().catch(page.fail)),
      host.widen && button('Full screen', () => void host.widen?.().catch(page.fail)),
    ),
    extent,
    ...(about?.notes ?? []).map(note => el('p', { class: 'note' }, note)),
    asking,
    conditions,
    grid.element,
    whole,
  );
  select(first.where, first.sort);
  tellExtent();
}

/** A column is sorted up, then down, then not. */
function turned(sort: Sort, column: string): Sort {
  const known = sort.find(key => key.column === column);
  if (!known) return [{ column, order: 'asc' }];
  return known.order === 'desc' ? [] : [{ column, order: 'desc' }];
}

function boxOf({ at, from }: Selection) {
  const [top, left] = [Math.min(at.row, from.row), Math.min(at.column, from.column)];
  return { top, left, height: Math.abs(at.row - from.row) + 1, width: Math.abs(at.column - from.column) + 1 };
}

function tellSelection(page: Page, selection: Selection): void {
  const { height, width } = boxOf(selection);
  if (height * width > 1) page.say(`${countOf(height * width, 'cell')} selected`);
}

/** A page in a frame has no other leave for the clipboard. */
function copyText(text: string): void {
  const put = (event: ClipboardEvent) => {
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
  };
  document.addEventListener('copy', put, { once: true });
  document.execCommand('copy');
  document.removeEventListener('copy', put);
}
