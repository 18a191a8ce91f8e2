import type { Column } from '../../result.ts';
import { asUtf8, decode } from '../encoding.ts';
import type { RowIndex } from '../row-index.ts';
import type { Fields } from '../scanner.ts';
import { TextReader } from './reader.ts';
import type { Reading } from './table.ts';
import { valueOfText } from './values.ts';

/** Some rows, and the byte of the source behind the last of them. */
export interface Batch {
  rows: unknown[][];
  end: number;
}

/** Which rows of a table are wanted, and of them which values. */
export interface Wanted {
  /** Places of columns. */
  positions: readonly number[];
  /** Rows to leave out at the beginning, without a look at their values. */
  skip: number;
  take: number;
}

interface TextFile {
  reading: Reading;
  columns: readonly Column[];
  index: RowIndex;
  /** The bytes of the file, from one on. */
  open(start: number): AsyncIterable<Uint8Array>;
}

/** What stands in a field, as a value. */
type ReadField<Value> = (fields: Fields, at: number) => Value;

/** Rows of a text file, typed by their columns. */
export async function* textRows(file: TextFile, wanted: Wanted): AsyncGenerator<Batch> {
  const { reading, columns } = file;
  const readers = wanted.positions.map(at => {
    const column = columns[at] as Column;
    return (text: string) => valueOfText(text, column, reading.dialect);
  });
  const read = ({ text }: FieldText, fields: Fields) =>
    wanted.positions.map((at, place) => (at < fields.count ? readers[place]?.(text(fields, at)) : null));
  yield* fieldRows(file, wanted, read);
}

/** How the text of a field is read. */
export interface FieldText {
  text: ReadField<string>;
}

/** Rows of a text file, whatever `read` makes of each. */
export async function* fieldRows<Value>(
  { reading, columns, index, open }: TextFile,
  { skip, take }: Pick<Wanted, 'skip' | 'take'>,
  read: (how: FieldText, fields: Fields) => Value,
): AsyncGenerator<{ rows: Value[]; end: number }> {
  const isWide = reading.encoding === 'utf-16le' || reading.encoding === 'utf-16be';
  // Places in a file of two-byte characters are not those of its text: it is read from the beginning.
  const entry = isWide ? 0 : Math.min(Math.floor(skip / index.every), Math.max(0, index.offsets.length - 1));
  const position = isWide ? undefined : index.offsets[entry];
  let left = skip - entry * index.every;
  let rows: Value[] = [];
  let taken = 0;
  const how: FieldText = { text: textReader(reading) };
  const row = (fields: Fields) => {
    if (left > 0) left--;
    else {
      rows.push(read(how, fields));
      taken++;
    }
    return taken < take;
  };
  const from = position === undefined ? undefined : { columns: columns.length, position };
  const reader = new TextReader(reading.dialect, { header: () => {}, row }, { from });
  const bytes = isWide ? asUtf8(open(0), reading.encoding as 'utf-16le') : open(position ?? 0);
  for await (const piece of bytes) {
    reader.push(piece);
    yield { rows, end: reader.scanner.recordEnd };
    if (reader.scanner.isStopped) return;
    rows = [];
  }
  reader.end();
  yield { rows, end: reader.scanner.recordEnd };
}

function textReader({ encoding }: Reading): ReadField<string> {
  return ({ bytes, starts, ends, quotes }, at) => {
    const [from, to] = [starts[at] as number, ends[at] as number];
    const text =
      encoding === 'windows-1252' ? decode(bytes.subarray(from, to), encoding) : bytes.toString('utf8', from, to);
    return quotes[at] === 2 ? text.replaceAll('""', '"') : text;
  };
}
