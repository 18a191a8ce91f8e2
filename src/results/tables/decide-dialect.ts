import { NotATable } from '../not-a-table.ts';
import {
  blank,
  carriageReturn,
  comma,
  type Dialect,
  lineFeed,
  pipe,
  plainDialect,
  point,
  semicolon,
  tab,
} from './dialect.ts';
import { type Fields, fieldText, Scanner } from './scanner.ts';
import { namesThings } from './values.ts';

export interface DecidedDialect {
  dialect: Dialect;
  /** What was decided for the person, in sentences. */
  notes: string[];
}

const separatorNames = new Map([
  [comma, 'commas'],
  [semicolon, 'semicolons'],
  [tab, 'tabs'],
  [pipe, 'vertical bars'],
]);
export const decimalCommaNote = 'Numbers are written with a decimal comma: 0,25 was read as 0.25.';
const looked = 200;

/** How a table is written, by its first bytes. `isWhole`: nothing follows them. */
export function decideDialect(head: Buffer, isWhole: boolean): DecidedDialect {
  const notes: string[] = [];
  const before = preamble(head, notes);
  const body = head.subarray(before.skipBytes);
  const trials = separatorsToTry(before.named).flatMap(separator => {
    return returnsToTry(body).map(crEndsLine => tryOut(body, isWhole, { separator, crEndsLine }));
  });
  const best = trials.reduce((a, b) => (isBetter(b, a) ? b : a));
  const { separator, crEndsLine, records } = best;
  const later = records.reduce((sum, record) => sum + record.length - 1, 0);
  const blankAfterSeparator = separator !== tab && later > 0 && best.spaced === later;
  const decimalMark = decimalMarkOf(records);
  if (separator !== comma)
    notes.push(`Fields are separated by ${separatorNames.get(separator) ?? 'the sign in its first line'}.`);
  if (blankAfterSeparator) notes.push('The blank after each separator is no part of a value.');
  if (decimalMark === comma) notes.push(decimalCommaNote);
  const hasRowNames = areNumbered(best);
  if (hasRowNames)
    notes.push('The header has no name for the first column, which counts the rows: it is called column_1.');
  const { skipBytes, skipLines, hasComments } = before;
  const how = { separator, decimalMark, crEndsLine, blankAfterSeparator };
  return { dialect: { ...how, skipBytes, skipLines, hasComments, hasRowNames }, notes };
}

interface Preamble extends Pick<Dialect, 'skipBytes' | 'skipLines' | 'hasComments'> {
  /** The separator that the file names itself. */
  named?: number;
}

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/** What stands before the header: a byte order mark, `sep=;`, comments, blank lines. */
function preamble(head: Buffer, notes: string[]): Preamble {
  const found: Preamble = { skipBytes: 0, skipLines: 0, hasComments: false };
  if (head.subarray(0, 3).equals(byteOrderMark)) found.skipBytes = 3;
  let comments = 0;
  for (;;) {
    const end = endOfLine(head, found.skipBytes);
    if (end === undefined) break;
    const line = head.toString('latin1', found.skipBytes, end);
    const named = /^"?sep=(.)"?[\r\n]*$/i.exec(line)?.[1];
    if (named !== undefined && found.named === undefined) found.named = named.charCodeAt(0);
    else if (isComment(line.trim(), head, end)) comments++;
    else if (line.trim() !== '') break;
    found.skipBytes = end;
    found.skipLines++;
  }
  if (comments === 0) return found;
  notes.push(`${comments === 1 ? 'A comment' : `${comments} comments`} (#) before the header left out.`);
  return { ...found, hasComments: true };
}

const isComment = (line: string, head: Buffer, end: number) => line.startsWith('#') && !isHashHeader(line, head, end);

/** `#hole,from,to` over rows of as many fields is a header. */
function isHashHeader(line: string, head: Buffer, end: number): boolean {
  const next = head.toString('latin1', end, endOfLine(head, end) ?? head.length).trim();
  const count = (text: string, separator: string) => text.split(separator).length;
  if (next.startsWith('#') || /^#\s/.test(line)) return false;
  return [',', ';', '\t', '|'].some(sign => count(line, sign) > 1 && count(line, sign) === count(next, sign));
}

/** Where the next line begins; undefined where the line has no end. */
function endOfLine(head: Buffer, from: number): number | undefined {
  for (let at = from; at < head.length; at++) {
    if (head[at] === lineFeed) return at + 1;
    if (head[at] !== carriageReturn) continue;
    let next = at + 1;
    while (head[next] === carriageReturn) next++;
    return head[next] === lineFeed ? next + 1 : at + 1;
  }
  return undefined;
}

const separatorsToTry = (named: number | undefined) => (named === undefined ? [comma, semicolon, tab, pipe] : [named]);

/** Whether a carriage return alone may end a line; first what is likelier. */
function returnsToTry(body: Buffer): boolean[] {
  let hasLoneReturn = false;
  for (let at = body.indexOf(carriageReturn); at >= 0; at = body.indexOf(carriageReturn, at)) {
    let next = at + 1;
    while (body[next] === carriageReturn) next++;
    if (body[next] !== lineFeed && next < body.length) hasLoneReturn = true;
    at = next;
  }
  if (!hasLoneReturn) return [!body.includes(lineFeed)];
  return body.includes(lineFeed) ? [false, true] : [true];
}

interface Trial {
  separator: number;
  crEndsLine: boolean;
  records: string[][];
  /** Fields behind a separator and a blank. */
  spaced: number;
  /** Records whose first field has quotes. */
  quoted: number;
  /** Fields of the header, and the part of the other records that have as many. */
  width: number;
  alike: number;
}

function tryOut(body: Buffer, isWhole: boolean, how: { separator: number; crEndsLine: boolean }): Trial {
  const records: string[][] = [];
  let spaced = 0;
  let quoted = 0;
  const take = (fields: Fields) => {
    const record = Array.from({ length: fields.count }, (_, at) => fieldText(fields, at, 'latin1'));
    for (let at = 1; at < fields.count; at++) if (isSpaced(fields, at)) spaced++;
    if (fields.quotes[0] !== 0) quoted++;
    if (record.length > 1 || record[0]?.trim()) records.push(record);
    return records.length < looked;
  };
  const scanner = new Scanner({ ...plainDialect, ...how }, take);
  try {
    scanner.push(body);
    if (isWhole) scanner.end();
  } catch (error) {
    // The reader of the whole file says so, with the place.
    if (!(error instanceof NotATable)) throw error;
  }
  const [header, ...rows] = records;
  const width = header?.length ?? 0;
  const isLonger = rows.every(row => row.length === width + 1);
  const fits = rows.filter(row => row.length === width || isLonger).length;
  return { ...how, records, spaced, quoted, width, alike: rows.length === 0 ? 1 : fits / rows.length };
}

/** Every row has one field more than the header, and the first counts them in quotes, as R does: "1", "2", "3". */
function areNumbered({ records: [, ...rows], quoted, width }: Trial): boolean {
  return (
    rows.length > 0 &&
    quoted >= rows.length &&
    rows.every((row, at) => row.length === width + 1 && Number(row[0]) === at + 1)
  );
}

/** A separator that the header lacks is none; of others, the one that makes more records alike, then more fields. */
function isBetter(one: Trial, best: Trial): boolean {
  if (one.width < 2 || (one.alike < 0.5 && one.separator !== best.separator)) return false;
  if (best.width < 2) return true;
  if (Math.abs(one.alike - best.alike) > 0.1) return one.alike > best.alike;
  return one.separator !== best.separator && one.width > best.width && one.alike >= best.alike;
}

function isSpaced({ bytes, starts, quotes }: Fields, at: number): boolean {
  const start = starts[at] as number;
  return bytes[quotes[at] === 0 ? start : start - 2] === blank;
}

/**
 * A comma where more columns of measurements can only be read with a decimal comma than with a point. What names
 * things says nothing: 1.10 may be a sample.
 */
function decimalMarkOf([header = [], ...rows]: readonly (readonly string[])[]): number {
  let [commas, points] = [0, 0];
  for (const [at, name] of header.entries()) {
    if (namesThings(name)) continue;
    const values = rows.map(row => row[at]?.trim() ?? '');
    const hasPoint = values.some(value => /^-?\d*\.\d+$/.test(value));
    if (hasPoint) points++;
    else if (values.some(isDecimalComma)) commas++;
  }
  return commas > points ? comma : point;
}

/** "1,234" alone may be a thousand; "0,234" and "1,2345" may not. */
const isDecimalComma = (value: string) => /^-?(?:0,\d+|\d+,(?:\d{1,2}|\d{4,}))$/.test(value);
