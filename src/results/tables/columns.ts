import { parseJson } from '../../base/json.ts';
import type { Column, ColumnType } from '../result.ts';

const distinctLimit = 256;
const distinctLength = 200;

/** What is known of a column so far. */
export interface ColumnTally {
  name: string;
  type: ColumnType | undefined;
  filled: number;
  sum: number;
  min: number;
  max: number;
  /** Undefined once there were too many, or too long ones. */
  values: Set<string> | undefined;
  /** Some value is a text other than an integer with all its digits. */
  worded: boolean;
}

export function columnTally(name: string): ColumnTally {
  return { name, type: undefined, filled: 0, sum: 0, min: Infinity, max: -Infinity, values: new Set(), worded: false };
}

const numberPattern = /^-?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
// Of more digits than a number holds; such come as texts.
const longPattern = /^-?[1-9]\d{15,}$/;
const integerPattern = /^-?(?:0|[1-9]\d{0,15})$/;
const booleanPattern = /^(?:true|false)$/i;
const day = String.raw`(?!0000)\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])`;
const time = String.raw`(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d+)?)?(?:Z|[+-](?:0\d|1[0-5]):?[0-5]\d)?`;
const datePattern = new RegExp(`^${day}$`);
const datetimePattern = new RegExp(`^${day}(?:[T ]${time})?$`);

/** Whether a text can stand in a column of the type. Codes like 007 and ids of 17 digits and more are no numbers. */
const fits: Record<ColumnType, (text: string) => boolean> = {
  integer: text => integerPattern.test(text) && Number.isSafeInteger(Number(text)),
  number: text => numberPattern.test(text) && Number.isFinite(Number(text)),
  boolean: text => booleanPattern.test(text),
  date: text => datePattern.test(text) && isReal(text),
  datetime: text => datetimePattern.test(text) && isReal(text),
  json: isJson,
  text: () => true,
};

/** Whether the month has that day. */
function isReal(text: string): boolean {
  const date = text.slice(0, 10);
  return date.slice(8) < '29' || new Date(`${date}T00:00Z`).toISOString().startsWith(date);
}

function isJson(text: string): boolean {
  if (!/^[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function typeOfText(text: string): ColumnType {
  if (fits.integer(text)) return 'integer';
  if (fits.number(text)) return longPattern.test(text) ? 'text' : 'number';
  if (fits.boolean(text)) return 'boolean';
  return typeOfString(text) === 'text' && fits.json(text) ? 'json' : typeOfString(text);
}

function typeOfString(text: string): ColumnType {
  if (fits.date(text)) return 'date';
  return fits.datetime(text) ? 'datetime' : 'text';
}

function typeOfValue(value: unknown): ColumnType {
  if (typeof value === 'string') return typeOfString(value);
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'integer' : 'number';
  return typeof value === 'boolean' ? 'boolean' : 'json';
}

/** The narrowest type that holds both. `other` is what holds anything: text in CSV, json in JSON. */
function widen(known: ColumnType | undefined, found: ColumnType, other: 'text' | 'json'): ColumnType {
  if (known === undefined || known === found) return found;
  const both = (types: readonly ColumnType[]) => types.includes(known) && types.includes(found);
  if (both(['integer', 'number'])) return 'number';
  if (both(['date', 'datetime'])) return 'datetime';
  return both(['date', 'datetime', 'text']) ? 'text' : other;
}

/** Counts a CSV value; an empty one is null. */
export function addText(tally: ColumnTally, text: string): void {
  if (text === '') return;
  tally.filled++;
  // A column that has settled to text stays text, which spares the tests on its cells.
  if (tally.type === undefined || !fits[tally.type](text)) tally.type = widen(tally.type, typeOfText(text), 'text');
  if (tally.type === 'integer' || tally.type === 'number') addNumber(tally, Number(text));
  addDistinct(tally, text);
}

/** Counts a JSON value. */
export function addValue(tally: ColumnTally, value: unknown): void {
  if (value === null || value === undefined) return;
  tally.filled++;
  const found = typeOfValue(value);
  const long = typeof value === 'string' && longPattern.test(value);
  if (typeof value === 'string' && !long) tally.worded = true;
  if (found !== tally.type) tally.type = figures(tally, found) ?? widen(tally.type, found, 'json');
  if (typeof value === 'number' || long) addNumber(tally, Number(value));
  if (typeof value === 'object') tally.values = undefined;
  else addDistinct(tally, String(value));
}

/** What holds long integers, which are texts, and other numbers: ids stay ids, and what is measured stays a number. */
function figures({ type, worded }: ColumnTally, found: ColumnType): ColumnType | undefined {
  const types = [type, found];
  if (worded || !types.includes('text')) return undefined;
  if (types.includes('number')) return 'number';
  return types.includes('integer') ? 'text' : undefined;
}

function addNumber(tally: ColumnTally, value: number): void {
  tally.sum += value;
  if (value < tally.min) tally.min = value;
  if (value > tally.max) tally.max = value;
}

function addDistinct(tally: ColumnTally, text: string): void {
  if (tally.values === undefined) return;
  if (text.length > distinctLength) tally.values = undefined;
  else if (tally.values.add(text).size > distinctLimit) tally.values = undefined;
}

/** The finished column; one without any value is text. */
export function columnOf(tally: ColumnTally, rows: number): Column {
  const { name, type = 'text', filled, sum, min, max, values } = tally;
  const column: Column = { name, type, nulls: rows - filled };
  if (filled > 0 && (type === 'integer' || type === 'number')) return { ...column, min, max, mean: sum / filled };
  return values === undefined ? column : { ...column, distinct: values.size };
}

/** The value that a CSV text stands for in a column of the type. */
export function valueOfText(text: string, type: ColumnType): unknown {
  if (text === '') return null;
  if (type === 'integer' || type === 'number') return Number(text);
  if (type === 'boolean') return text.toLowerCase() === 'true';
  return type === 'json' ? parseJson(text) : text;
}
