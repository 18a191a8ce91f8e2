import type { Row } from '../../base/json-value.ts';
import { valueIn } from '../result.ts';
import { withoutExponent } from './values.ts';

/** A row as a line of the columns' values: null is empty, what has parts is JSON. */
export function csvRow(columns: readonly string[], row: Row): string {
  return csvLine(columns.map(column => cellText(valueIn(row, column))));
}

/** A value as a cell of CSV. Never with an exponent: `1e-7` is a name to those who read digits exactly. */
function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') return withoutExponent(value);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** One record as a line of RFC 4180 CSV. */
export function csvLine(fields: readonly string[]): string {
  // An empty line would be no record at all.
  if (fields.length === 1 && fields[0] === '') return '""\r\n';
  return `${fields.map(csvField).join(',')}\r\n`;
}

// Blanks at the ends would be taken for padding by some readers.
const csvField = (field: string) => (/[",\r\n]|^[ \t]|[ \t]$/.test(field) ? `"${field.replaceAll('"', '""')}"` : field);
