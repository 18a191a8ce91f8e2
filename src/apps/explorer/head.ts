import type { ColumnFigures } from '../../results/rows/job.ts';
import { el, svg } from '../core/dom.ts';
import { count, figure } from '../core/words.ts';
import type { Columns, Rows } from './rows.ts';

export const headHeight = 88;

/** What can be done with a column. */
export interface Head {
  sortBy(column: string): void;
  filterBy(column: string): void;
}

/** The head of a column: its name, which sorts; what its values are like; and a small histogram of them. */
export function headOf(rows: Rows, at: number, { sortBy, filterBy }: Head): HTMLElement {
  const column = rows.columns[at] as Columns[number];
  const { name } = column;
  const key = rows.sort.find(one => one.column === name);
  const order = key && (key.order === 'desc' ? 'descending' : 'ascending');
  const arrow = order === undefined ? '' : order === 'descending' ? ' ▼' : ' ▲';
  const figures = rows.figures.get(name);
  const sort = { type: 'button', class: 'name', title: name, 'data-key': `s${at}`, onclick: () => sortBy(name) };
  const filter = {
    type: 'button',
    class: 'filter',
    'aria-label': `Filter ${name}`,
    'data-key': `f${at}`,
    onclick: () => filterBy(name),
  };
  return el(
    'div',
    { role: 'columnheader', class: 'column', 'aria-colindex': at + 2, 'aria-sort': order ?? 'none' },
    el('div', { class: 'names' }, el('button', sort, name + arrow), el('button', filter, '⚗')),
    el('div', { class: 'type faint' }, column.exceptions ? 'numbers, words' : column.type, missing(column, figures)),
    figures ? picture(figures) : el('div', { class: 'picture' }),
    el('div', { class: 'range faint' }, rangeOf(column, figures)),
  );
}

function missing(column: Columns[number], figures: ColumnFigures | undefined): HTMLElement | null {
  const empty = figures?.empty || column.nulls;
  const others = figures?.exceptions ?? column.exceptions?.others ?? 0;
  if (empty + others === 0) return null;
  const words = [others > 0 ? `${count(others)} no number` : '', empty > 0 ? `${count(empty)} empty` : ''];
  return el('span', { class: 'missing' }, ` ${words.filter(Boolean).join(', ')}`);
}

function rangeOf(column: Columns[number], figures: ColumnFigures | undefined): string {
  const [first] = figures?.commonest ?? [];
  if (first) return `${first.value} × ${count(first.count)}`;
  const least = figures?.least ?? column.min;
  const most = figures?.most ?? column.max;
  return least === undefined || most === undefined ? '' : `${figure(least)} … ${figure(most)}`;
}

const [width, height] = [96, 22];

/** Bars of the histogram, or of the commonest values. */
function picture({ bins, commonest, least, most, mean }: ColumnFigures): Element {
  const counts = bins ?? commonest?.map(one => one.count) ?? [];
  if (counts.length === 0) return el('div', { class: 'picture' });
  const top = counts.reduce((a, b) => Math.max(a, b), 1);
  const step = width / counts.length;
  const bars = counts.map((number, at) => {
    const tall = number === 0 ? 0 : Math.max(1, (number / top) * height);
    return svg('rect', { x: at * step, y: height - tall, width: Math.max(0.5, step - 0.6), height: tall });
  });
  const common = (commonest ?? []).map(one => `${one.value} ${count(one.count)} times`).join(', ');
  const average = mean === undefined ? '' : `, mean ${figure(mean)}`;
  const words = bins ? `From ${figure(least ?? '')} to ${figure(most ?? '')}${average}` : `Commonest: ${common}`;
  const box = { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: 'none' };
  return svg('svg', { class: 'picture', ...box, role: 'img', 'aria-label': words }, svg('title', {}, words), ...bars);
}
