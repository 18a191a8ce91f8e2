/** How a table of text is written. Decided once, from the beginning of the file, by `decideDialect`. */
export interface Dialect {
  /** The byte between two fields. */
  separator: number;
  /** The byte before the decimals of a number: a point, or a comma. */
  decimalMark: number;
  /** A carriage return alone ends a line. Where lines end in line feeds it is part of a value. */
  crEndsLine: boolean;
  /** Every separator is followed by a blank, which belongs to no value. */
  blankAfterSeparator: boolean;
  /** Lines before the header that are no part of the table: a byte order mark, `sep=;`, comments. In bytes. */
  skipBytes: number;
  /** How many lines those are. */
  skipLines: number;
  /** The header lacks a name for the first column, which counts the rows. */
  hasRowNames: boolean;
  /** Whether lines that begin with `#` are comments further down as well. */
  hasComments: boolean;
}

export const [lineFeed, carriageReturn, quoteMark, blank, hash] = [10, 13, 34, 32, 35];
export const [comma, semicolon, tab, pipe, point] = [44, 59, 9, 124, 46];

/** RFC 4180, in which everything is written that this program writes itself. */
export const plainDialect: Dialect = {
  separator: comma,
  decimalMark: point,
  crEndsLine: false,
  blankAfterSeparator: false,
  skipBytes: 0,
  skipLines: 0,
  hasRowNames: false,
  hasComments: false,
};
