/** Why a file is no table, in words for whoever has it. */
export class NotATable extends Error {
  /** Nothing is wrong with the file; it is just too much for a table. */
  readonly isTooMuch: boolean;

  constructor(message: string, { isTooMuch = false } = {}) {
    super(message);
    this.isTooMuch = isTooMuch;
  }
}

/** Bytes of one record, unless the operator says otherwise: whoever reads a table has a whole record in memory. */
export const usualRecordBytes = 16_777_216;

export const mostColumns = 2_000;
/** Characters of a column's name. */
const longestName = 1_000;

/** `which`: "Line 3". */
export const recordTooLarge = (which: string, limit: number, besides = '') =>
  new NotATable(`${which} has more than ${size(limit)}, the most for one record (setting record_mib)${besides}.`, {
    isTooMuch: true,
  });

const size = (bytes: number) =>
  bytes >= 1_048_576 ? `${Math.floor(bytes / 104_857.6) / 10} MiB` : `${Math.floor(bytes)} bytes`;

/** @throws NotATable where the names are too many, or one is too long */
export function checkNames(names: readonly { length: number }[]): void {
  if (names.length > mostColumns)
    throw new NotATable(`It has ${names.length} columns; ${mostColumns} can be read.`, { isTooMuch: true });
  const at = names.findIndex(({ length }) => length > longestName);
  if (at >= 0)
    throw new NotATable(
      `The name of column ${at + 1} has ${names[at]?.length} characters; ${longestName} can be read. Perhaps the first line is no header.`,
      { isTooMuch: true },
    );
}
