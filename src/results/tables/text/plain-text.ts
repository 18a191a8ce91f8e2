import { formatJson } from '../../../base/json.ts';
import type { Column } from '../../result.ts';
import { openBytes } from '../../store/stored-bytes.ts';
import { comma } from '../dialect.ts';
import { type TableFile, valuesOf } from '../table.ts';
import { fieldRows } from './rows.ts';
import { textOfValue } from './values.ts';

/** What was found while the lines were made. */
export interface PlainText {
  /** Bytes of the longest line. */
  longest: number;
  /** Some value has a line break. */
  hasLineBreaks: boolean;
}

/** Any engine takes lines of so many bytes. */
export const longestLine = 1_000_000;

/**
 * A table as lines that can be read in one way only: every value in quotes, nulls without, a last field that is never
 * empty, numbers with a point.
 */
export async function* plainLines(table: TableFile, found: PlainText): AsyncGenerator<string> {
  for await (const lines of linesOf(table)) {
    let text = '';
    for (const line of lines) {
      if (line.length * 3 > found.longest) found.longest = Math.max(found.longest, Buffer.byteLength(line));
      if (!found.hasLineBreaks && /[\r\n]/.test(line)) found.hasLineBreaks = true;
      text += `${line},1\n`;
    }
    if (text !== '') yield text;
  }
}

async function* linesOf(table: TableFile): AsyncGenerator<string[]> {
  const all = { skip: 0, take: Number.POSITIVE_INFINITY };
  const { reading, columns } = table;
  if (reading) {
    const hasComma = reading.dialect.decimalMark === comma;
    const open = (start: number) => openBytes(table, start);
    const batches = fieldRows({ ...table, reading, open }, all, ({ text }, fields) =>
      columns
        .map((column, at) => quotedText(at < fields.count ? textOfValue(text(fields, at), column, hasComma) : null))
        .join(','),
    );
    for await (const { rows } of batches) yield rows;
  } else {
    for await (const { rows } of valuesOf(table, { ...all, positions: columns.map((_, at) => at) })) {
      yield rows.map(values => columns.map((column, at) => quotedText(jsonText(values[at], column))).join(','));
    }
  }
}

const quotedText = (text: string | null) => (text === null ? '' : `"${text.replaceAll('"', '""')}"`);

function jsonText(value: unknown, { type }: Column): string | null {
  if (value === null || value === undefined) return null;
  return type === 'json' || typeof value === 'object' ? formatJson(value) : String(value);
}
