import { columnNames } from '../tables/column-names.ts';

export type Cell = string | number | boolean | Date | null;

/** A sheet as a table. */
export interface Grid {
  names: string[];
  rows: Cell[][];
  notes: string[];
}

/** The rows that are looked at for the header. */
const looked = 30;

const isFilled = (cell: Cell | undefined) => cell !== null && cell !== undefined && cell !== '';
const filled = (row: readonly Cell[]) => row.filter(isFilled).length;

/**
 * Finds the table in a sheet: its header is the first row that fills at least half as many cells as the fullest of the
 * first rows, so that titles above it are left out. Undefined where a sheet holds no two rows.
 */
export function gridOf(cells: readonly (readonly Cell[])[]): Grid | undefined {
  const widest = Math.max(0, ...cells.slice(0, looked).map(filled));
  const at = cells.findIndex(row => filled(row) > 0 && filled(row) * 2 >= widest);
  const header = cells[at];
  if (header === undefined || at === cells.length - 1) return undefined;
  const body = cells.slice(at + 1);
  const rows = body.filter(row => filled(row) > 0);
  const width = Math.max(header.length, ...rows.slice(0, 10_000).map(row => row.length));
  const places = Array.from({ length: width }, (_, place) => place).filter(
    place => isFilled(header[place]) || rows.some(row => isFilled(row[place])),
  );
  const given = places.map(place => (isFilled(header[place]) ? String(textOf(header[place] as Cell)) : ''));
  const { names, notes } = columnNames(given);
  const above = cells.slice(0, at).filter(row => filled(row) > 0).length;
  const blank = body.length - rows.length;
  return {
    names,
    rows: rows.map(row => places.map(place => row[place] ?? null)),
    notes: [
      ...(above > 0 ? [`${count(above, 'row')} above the header left out.`] : []),
      ...(blank > 0 ? [`The sheet has ${count(blank, 'blank row')}.`] : []),
      ...notes,
    ],
  };
}

/** A cell as JSON has it: a day without a time is a date, and a time of day, which Excel has without a day, is a text. */
export function textOf(cell: Cell): string | number | boolean | null {
  if (!(cell instanceof Date)) return cell === '' ? null : cell;
  if (Number.isNaN(cell.getTime())) return null;
  const [day = '', time = ''] = new Date(Math.round(cell.getTime() / 1_000) * 1_000)
    .toISOString()
    .slice(0, 19)
    .split('T');
  if (cell.getTime() < firstDay) return time;
  return time === '00:00:00' ? day : `${day}T${time}`;
}

/** Excel counts days from here on. */
const firstDay = Date.UTC(1900, 0, 1);

const count = (times: number, noun: string) => `${times} ${noun}${times === 1 ? '' : 's'}`;
