import { el, show } from '../core/dom.ts';
import { cellText, count } from '../core/words.ts';
import { type Head, headHeight, headOf } from './head.ts';
import type { Columns, Rows } from './rows.ts';

const rowHeight = 24;
/** Browsers give no element more than some 17 million pixels: above this, a pixel stands for several rows. */
const mostHeight = 8_000_000;

export interface Cell {
  row: number;
  column: number;
}

/** Where one is, and where the selection began. */
export interface Selection {
  at: Cell;
  from: Cell;
}

interface GridOptions extends Head {
  rows: Rows;
  open(cell: Cell): void;
  moved(selection: Selection): void;
  /** Columns that came into sight. */
  seen(first: number, last: number): void;
}

/** A table of any length and width, of which what is in sight is drawn. */
export class Grid {
  readonly element: HTMLElement;
  selection: Selection = { at: { row: 0, column: 0 }, from: { row: 0, column: 0 } };
  readonly #options: GridOptions;
  readonly #layer = el('div', { class: 'layer' });
  readonly #spacer = el('div', { class: 'spacer' }, this.#layer);
  /** Left edges of the columns, and the right edge of the last. */
  readonly #edges: number[];
  readonly #gutter: number;
  /** The row at the upper edge, with its part above it. */
  #top = 0;
  #ownScroll = -1;
  #isDue = false;

  constructor(options: GridOptions) {
    this.#options = options;
    const { columns, matched } = options.rows;
    this.#gutter = 20 + count(matched).length * 7;
    this.#edges = [this.#gutter];
    for (const column of columns) this.#edges.push((this.#edges.at(-1) ?? 0) + widthOf(column));
    this.element = el(
      'div',
      {
        class: 'grid',
        role: 'grid',
        tabindex: 0,
        'aria-label': 'Rows',
        'aria-colcount': columns.length + 1,
        'aria-multiselectable': 'true',
        onscroll: () => this.#scrolled(),
        onwheel: (event: WheelEvent) => this.#wheel(event),
        onkeydown: (event: KeyboardEvent) => this.#key(event),
        onclick: (event: MouseEvent) => this.#click(event),
        ondblclick: (event: MouseEvent) => cellAt(event) && options.open(this.selection.at),
      },
      this.#spacer,
    );
    new ResizeObserver(() => this.draw()).observe(this.element);
  }

  /** Goes to the beginning, as after a change of filter or order. */
  reset(): void {
    const at = { row: 0, column: this.selection.at.column };
    this.selection = { at, from: at };
    this.#goTo(0);
  }

  draw(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      this.#draw();
    });
  }

  get #rowsInSight(): number {
    return Math.max(1, (this.element.clientHeight - headHeight) / rowHeight);
  }

  get #length(): number {
    return this.#options.rows.matched;
  }

  get #isScaled(): boolean {
    return this.#length * rowHeight > mostHeight;
  }

  get #lastTop(): number {
    return Math.max(0, this.#length - this.#rowsInSight);
  }

  #draw(): void {
    const { rows, seen } = this.#options;
    const { clientHeight, clientWidth, scrollLeft } = this.element;
    this.#spacer.style.height = `${Math.min(mostHeight, this.#length * rowHeight) + headHeight}px`;
    this.#spacer.style.width = this.#layer.style.width = `${this.#edges.at(-1)}px`;
    this.#layer.style.height = `${clientHeight}px`;
    this.element.setAttribute('aria-rowcount', String(this.#length + 1));
    const first = Math.floor(this.#top);
    const last = Math.min(this.#length - 1, Math.ceil(this.#top + this.#rowsInSight));
    const columns = this.#columnsIn(scrollLeft, scrollLeft + clientWidth);
    const lines = [this.#header(columns)];
    for (let row = first; row <= last; row++) lines.push(this.#row(row, columns));
    this.#replace(lines);
    this.#nameActive();
    if (last >= first) rows.see([first, last], columns);
    seen(...columns);
  }

  /** What had the focus keeps it, though it is another element now. */
  #replace(lines: HTMLElement[]): void {
    const { activeElement } = document;
    const key = this.#layer.contains(activeElement) ? activeElement?.getAttribute('data-key') : undefined;
    show(this.#layer, ...lines);
    if (key != null) this.#layer.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)?.focus();
  }

  #columnsIn(left: number, right: number): [number, number] {
    const last = this.#edges.length - 2;
    let first = 0;
    while (first < last && (this.#edges[first + 1] ?? 0) <= left + this.#gutter) first++;
    let end = first;
    while (end < last && (this.#edges[end + 1] ?? 0) < right) end++;
    return [first, end];
  }

  #box(column: number): string {
    const left = this.#edges[column] ?? 0;
    return `left:${left}px;width:${(this.#edges[column + 1] ?? left) - left}px`;
  }

  #header([first, last]: [number, number]): HTMLElement {
    const cells: HTMLElement[] = [
      el('div', { role: 'columnheader', class: 'gutter', 'aria-colindex': 1, style: this.#side() }, '#'),
    ];
    for (let column = first; column <= last; column++) {
      const made = headOf(this.#options.rows, column, this.#options);
      made.setAttribute('style', this.#box(column));
      cells.push(made);
    }
    return el('div', { role: 'row', class: 'head', 'aria-rowindex': 1, style: `height:${headHeight}px` }, ...cells);
  }

  readonly #side = () => `width:${this.#gutter}px`;

  #row(row: number, [first, last]: [number, number]): HTMLElement {
    const top = headHeight + (row - this.#top) * rowHeight;
    const number = { role: 'rowheader', class: 'gutter', 'aria-colindex': 1, style: this.#side() };
    const cells: HTMLElement[] = [el('div', number, count(row + 1))];
    for (let column = first; column <= last; column++) cells.push(this.#cell(row, column));
    return el('div', { role: 'row', class: 'row', 'aria-rowindex': row + 2, style: `top:${top}px` }, ...cells);
  }

  #cell(row: number, column: number): HTMLElement {
    const { rows } = this.#options;
    const found = rows.cell(row, column);
    const kind = found ? kindOf(found.value, rows.columns[column] as Columns[number]) : 'coming';
    const words = kind === 'coming' ? '…' : kind === 'null' ? 'empty' : cellText(found?.value).slice(0, 200);
    const attributes = {
      role: 'gridcell',
      class: `cell ${kind}${found?.isCut ? ' cut' : ''}`,
      id: `cell-${row}-${column}`,
      style: this.#box(column),
      'aria-colindex': column + 2,
      'aria-selected': this.#isSelected(row, column) ? 'true' : undefined,
      'data-row': row,
      'data-column': column,
      title: kind === 'exception' ? 'Not a number' : undefined,
    };
    return el('div', attributes, words);
  }

  #isSelected(row: number, column: number): boolean {
    const { at, from } = this.selection;
    const within = (place: number, a: number, b: number) => place >= Math.min(a, b) && place <= Math.max(a, b);
    return within(row, at.row, from.row) && within(column, at.column, from.column);
  }

  #scrolled(): void {
    const { scrollTop, scrollHeight, clientHeight } = this.element;
    // What was set here says nothing new.
    if (Math.abs(scrollTop - this.#ownScroll) > 1) {
      const way = Math.max(1, scrollHeight - clientHeight);
      this.#top = this.#isScaled ? (scrollTop / way) * this.#lastTop : scrollTop / rowHeight;
    }
    this.#ownScroll = -1;
    this.draw();
  }

  /** A turn of the wheel moves by the same few rows, however long the table. */
  #wheel(event: WheelEvent): void {
    if (!this.#isScaled || event.ctrlKey || event.deltaY === 0) return;
    event.preventDefault();
    this.#goTo(this.#top + event.deltaY / rowHeight);
    this.element.scrollLeft += event.deltaX;
  }

  #goTo(top: number): void {
    this.#top = Math.min(this.#lastTop, Math.max(0, top));
    const { scrollHeight, clientHeight } = this.element;
    const scale = this.#isScaled ? (scrollHeight - clientHeight) / Math.max(1, this.#lastTop) : rowHeight;
    this.#ownScroll = Math.round(this.#top * scale);
    this.element.scrollTop = this.#ownScroll;
    this.draw();
  }

  #click(event: MouseEvent): void {
    const cell = cellAt(event);
    if (cell) this.#select(cell, event.shiftKey);
  }

  #key(event: KeyboardEvent): void {
    if (event.target !== this.element) return;
    const { at } = this.selection;
    if (event.key === 'Enter') this.#options.open(at);
    const [rows, columns] = [this.#length - 1, this.#edges.length - 2];
    const page = Math.max(1, Math.floor(this.#rowsInSight) - 1);
    const far = event.ctrlKey || event.metaKey;
    const steps: Record<string, Cell> = {
      ArrowDown: { row: far ? rows : at.row + 1, column: at.column },
      ArrowUp: { row: far ? 0 : at.row - 1, column: at.column },
      ArrowRight: { row: at.row, column: far ? columns : at.column + 1 },
      ArrowLeft: { row: at.row, column: far ? 0 : at.column - 1 },
      PageDown: { row: at.row + page, column: at.column },
      PageUp: { row: at.row - page, column: at.column },
      Home: { row: far ? 0 : at.row, column: 0 },
      End: { row: far ? rows : at.row, column: columns },
    };
    const step = steps[event.key];
    if (!step) return;
    event.preventDefault();
    const clamp = (place: number, most: number) => Math.max(0, Math.min(most, place));
    this.#select({ row: clamp(step.row, rows), column: clamp(step.column, columns) }, event.shiftKey);
  }

  #select(at: Cell, isExtended: boolean): void {
    this.selection = { at, from: isExtended ? this.selection.from : at };
    this.#bringIntoSight(at);
    this.#options.moved(this.selection);
    this.draw();
  }

  #bringIntoSight({ row, column }: Cell): void {
    const inSight = Math.floor(this.#rowsInSight);
    if (row < this.#top) this.#goTo(row);
    else if (row >= this.#top + inSight) this.#goTo(row - inSight + 1);
    const [left = 0, right = 0] = [this.#edges[column], this.#edges[column + 1]];
    const { scrollLeft, clientWidth } = this.element;
    if (left - this.#gutter < scrollLeft) this.element.scrollLeft = left - this.#gutter;
    else if (right > scrollLeft + clientWidth) this.element.scrollLeft = right - clientWidth;
  }

  #nameActive(): void {
    const { row, column } = this.selection.at;
    const id = `cell-${row}-${column}`;
    if (document.getElementById(id)) this.element.setAttribute('aria-activedescendant', id);
    else this.element.removeAttribute('aria-activedescendant');
  }
}

function cellAt({ target }: Event): Cell | undefined {
  const { row, column } = (target as HTMLElement).closest<HTMLElement>('[data-row]')?.dataset ?? {};
  return row === undefined ? undefined : { row: Number(row), column: Number(column) };
}

const widths: Record<string, number> = {
  integer: 92,
  number: 96,
  boolean: 76,
  date: 104,
  datetime: 172,
  json: 200,
  text: 132,
};

const widthOf = ({ name, type }: Columns[number]): number =>
  Math.min(240, Math.max(widths[type] ?? 120, name.length * 7.6 + 48));

const numberWords = /^-?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

/** How a value looks: numbers to the right; what is missing, and what is no number among numbers, so that it is seen. */
function kindOf(value: unknown, { type, exceptions }: Columns[number]): string {
  if (value === null || value === undefined) return 'null';
  if (exceptions) return numberWords.test(String(value).trim()) ? 'number' : 'exception';
  return type === 'integer' || type === 'number' ? 'number' : 'plain';
}
