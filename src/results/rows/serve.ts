import type { DuckDBConnection } from '@duckdb/node-api';
import { LruMap } from '../../base/lru-map.ts';
import { isJson, stored } from '../query/values.ts';
import { quoted, text } from '../query/view.ts';
import { binsOfFigure, rangeOf } from './figures.ts';
import type { ColumnFigures, FigureRequest, KeptRequest, OddReply, RowsReply, RowsRequest } from './job.ts';

/** Selections whose row numbers are kept, for who scrolls through them. */
const mostSelections = 3;
/** Columns of which it is known whether something in them is odd. */
const mostRemembered = 1_000;
/** Up to here the first rows of an order are found without putting all of them in order. */
const firstRows = 2_000;

/** Answers of one engine that is kept: the side of `kept-engine.ts` that has DuckDB. */
export class RowServer {
  readonly #connection: DuckDBConnection;
  /** Names of tables of row numbers, by what they select; the last used last. */
  readonly #selections = new Map<string, { table: string; matched: number; undecided: number }>();
  readonly #odd = new LruMap<boolean>(mostRemembered);
  #made = 0;

  constructor(connection: DuckDBConnection) {
    this.#connection = connection;
  }

  async answer(request: KeptRequest): Promise<RowsReply | ColumnFigures | OddReply> {
    if (request.odd !== undefined && (await this.#hasOdd(request.parquet, request.odd))) return { isOdd: true };
    return 'figure' in request ? this.#figures(request) : this.#rows(request);
  }

  /** Asked once of each columnar form, which is never changed. */
  async #hasOdd(parquet: string, odd: string): Promise<boolean> {
    const key = JSON.stringify([parquet, odd]);
    const known = this.#odd.get(key);
    if (known !== undefined) return known;
    const [[found] = []] = await this.#all(
      `SELECT count(*) FROM (SELECT 1 FROM ${table(parquet)} WHERE ${odd} LIMIT 1)`,
    );
    this.#odd.set(key, found !== 0);
    return found !== 0;
  }

  async #rows(request: RowsRequest): Promise<RowsReply> {
    const { predicate, order, offset, limit, rows } = request;
    if (predicate === undefined && order === undefined) {
      const values = await this.#fetch(request, `file_row_number >= ${offset} AND file_row_number < ${offset + limit}`);
      return { values: values.map(([, ...row]) => row), matched: rows, undecided: 0 };
    }
    if (predicate === undefined && offset + limit <= firstRows) {
      const from = `${source(request)} ORDER BY ${order} LIMIT ${limit} OFFSET ${offset}`;
      return this.#numbered(request, `SELECT file_row_number ${from}`, { matched: rows, undecided: 0 });
    }
    const { table, ...counts } = await this.#selection(request);
    const range = `rowid >= ${offset} AND rowid < ${offset + limit}`;
    return this.#numbered(request, `SELECT n FROM ${table} WHERE ${range} ORDER BY rowid`, counts);
  }

  /** The rows of the numbers that a statement gives, in their order. */
  async #numbered(request: RowsRequest, sql: string, counts: Omit<RowsReply, 'values'>): Promise<RowsReply> {
    const numbers = (await this.#all(sql)).map(([number]) => Number(number));
    if (numbers.length === 0) return { values: [], ...counts };
    const found = await this.#fetch(request, `file_row_number IN (${numbers.join(', ')})`);
    const byNumber = new Map(found.map(([number, ...row]) => [Number(number), row]));
    return { values: numbers.map(number => byNumber.get(number) ?? []), ...counts };
  }

  /** With the number of each row in front; in no order but for a range. */
  async #fetch({ columns, parquet }: RowsRequest, which: string): Promise<unknown[][]> {
    const names = columns.map(({ name }) => quoted(name)).join(', ');
    return this.#all(
      `SELECT file_row_number${names && `, ${names}`} FROM ${table(parquet)} WHERE ${which} ORDER BY file_row_number`,
    );
  }

  async #selection(request: RowsRequest) {
    const { parquet, predicate, order } = request;
    const key = JSON.stringify([parquet, predicate, order]);
    const known = this.#selections.get(key);
    this.#selections.delete(key);
    const selection = known ?? (await this.#select(request));
    this.#selections.set(key, selection);
    for (const [old, { table: name }] of this.#selections) {
      if (this.#selections.size <= mostSelections) break;
      this.#selections.delete(old);
      await this.#connection.run(`DROP TABLE ${name}`);
    }
    return selection;
  }

  async #select(request: RowsRequest) {
    const { predicate, order, rows } = request;
    const name = `selection_${++this.#made}`;
    const sorted = order === undefined ? '' : ` ORDER BY ${order}`;
    await this.#connection.run(`CREATE TEMP TABLE ${name} AS SELECT file_row_number AS n ${source(request)}${sorted}`);
    const [[matched] = [rows]] = await this.#all(`SELECT count(*) FROM ${name}`);
    const isUnsure = predicate?.includes('among(');
    const [[undecided] = [0]] = isUnsure
      ? await this.#all(`SELECT count(*) FROM ${table(request.parquet)} WHERE (${predicate}) IS NULL`)
      : [[0]];
    return { table: name, matched: Number(matched), undecided: Number(undecided) };
  }

  async #figures({ parquet, figure, predicate, values }: FigureRequest): Promise<ColumnFigures> {
    const name = quoted(figure.name);
    const from = `FROM ${table(parquet)}${predicate === undefined ? '' : ` WHERE ${predicate}`}`;
    const number = numberOf(figure);
    const asked = number ?? name;
    const measured = number === undefined ? '' : `, min(${number}), max(${number}), avg(${number})`;
    const [[all, filled, counted, least, most, mean] = []] = await this.#all(
      `SELECT count(*), count(${name}), count(${asked})${measured} ${from}`,
    );
    const told: ColumnFigures = {
      column: figure.name,
      filled: Number(filled),
      empty: Number(all) - Number(filled),
      ...(figure.exceptions ? { exceptions: Number(filled) - Number(counted) } : {}),
    };
    if (number === undefined) {
      if (figure.type === 'json') return told;
      const value = `CAST(${name} AS VARCHAR)`;
      const rows = await this.#all(
        `SELECT left(${value}, 80), count(*) ${from}${predicate === undefined ? ' WHERE' : ' AND'} ${name} IS NOT NULL
         GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT ${values}`,
      );
      return { ...told, commonest: rows.map(([value, count]) => ({ value: String(value), count: Number(count) })) };
    }
    if (least === null || least === undefined) return told;
    return {
      ...told,
      ...rangeOf(figure, Number(least), Number(most), Number(mean)),
      bins: await this.#bins(number, from, [least, most]),
    };
  }

  async #bins(number: string, from: string, [least, most]: unknown[]): Promise<number[]> {
    const width = (Number(most) - Number(least)) / binsOfFigure;
    const bin =
      width > 0 ? `least(${binsOfFigure - 1}, floor((${number} - ${Number(least)}) / ${width}))::INTEGER` : '0';
    const counts = await this.#all(
      `SELECT bin, count(*) FROM (SELECT ${bin} AS bin, ${number} AS v ${from}) WHERE v IS NOT NULL GROUP BY 1`,
    );
    const bins = Array.from({ length: binsOfFigure }, () => 0);
    for (const [at, count] of counts) bins[Number(at)] = Number(count);
    return bins;
  }

  /** Values as they are stored; JSON as what it says. */
  async #all(sql: string): Promise<unknown[][]> {
    const result = await this.#connection.runAndReadAll(sql);
    const json = result.columnTypes().map(isJson);
    const rows = result.convertRows(stored) as unknown[][];
    if (!json.includes(true)) return rows;
    return rows.map(row => row.map((value, at) => (json[at] && value !== null ? JSON.parse(String(value)) : value)));
  }
}

/** A column as numbers: of times their milliseconds; undefined where it has none. */
function numberOf({ name, type, exceptions }: FigureRequest['figure']): string | undefined {
  if (exceptions) return `figure(${quoted(name)})`;
  if (type === 'integer' || type === 'number') return `CAST(${quoted(name)} AS DOUBLE)`;
  return type === 'date' || type === 'datetime' ? `epoch_ms(CAST(${quoted(name)} AS TIMESTAMP))::DOUBLE` : undefined;
}

const table = (parquet: string) => `read_parquet(${text(parquet)}, file_row_number = true)`;
const source = ({ parquet, predicate }: RowsRequest) =>
  `FROM ${table(parquet)}${predicate === undefined ? '' : ` WHERE ${predicate}`}`;
