import { nodeCrypto } from '../base/crypto.ts';
export type ColumnType = 'integer' | 'number' | 'boolean' | 'date' | 'datetime' | 'text' | 'json';

/** One column of a stored table, as found while it was written. */
export interface Column {
  name: string;
  type: ColumnType;
  nulls: number;
  /** Numeric columns with at least one value only. A text where a number of this language would lose digits. */
  min?: number | string;
  max?: number | string;
  mean?: number;
  /** How many different values, counted up to 256; absent for numbers and above that. */
  distinct?: number;
  /** Exact numbers: the most digits before and behind the point. Absent where they are doubles. */
  digits?: { whole: number; scale: number };
  /** Words for "no value" that are nulls here, with how often each occurs. */
  nothing?: Readonly<Record<string, number>>;
  /** The column is text, and most of its values are numbers. */
  exceptions?: Exceptions;
  /** Some values have blanks around them, which are no part of them. */
  padded?: true;
  /** The least value, where it looks like a word for "no value", as -999 far from the rest. */
  placeholder?: { value: number; count: number };
  /** Of moments: no value names a zone, and none is made up. The others are in UTC, whatever offset they came with. */
  isLocal?: true;
  /** Of moments: only some values name a zone, or some come with an offset from UTC. */
  zones?: 'some' | 'offsets';
  /** What the column is called where the rows come from, if not so. */
  source?: string;
}

/** What stands among numbers: `<0.01`, `NS`. */
export interface Exceptions {
  numbers: number;
  others: number;
  commonest: readonly { text: string; count: number }[];
}

/** What made a result: enough to make it again. `arguments` are written to disk, so they hold no secret. */
export interface Provenance {
  operation: string;
  arguments: unknown;
  /** Absent where this server made it out of other results. */
  connection?: string;
  /** ISO 8601. */
  at: string;
  /** The results it was made of, and what had made those. They may be gone by now. */
  from?: readonly (Provenance & { uri: string })[];
}

export type Row = Record<string, unknown>;

/** A row's own value: a column may be called like what every object inherits, as "constructor". */
export const valueIn = (row: Row, column: string): unknown => (Object.hasOwn(row, column) ? row[column] : undefined);

export type Format = 'csv' | 'ndjson' | 'bytes';

/** A finished result. `rows`, `columns` and `sample` are 0 and empty for a file. */
export interface StoredResult {
  id: string;
  uri: string;
  kind: 'table' | 'file';
  format: Format;
  mediaType: string;
  name: string;
  rows: number;
  columns: Column[];
  /** The first rows, at most 5, long texts clipped. */
  sample: Row[];
  bytes: number;
  /** ISO 8601. */
  createdAt: string;
  /** ISO 8601. */
  expiresAt: string;
  source: Provenance;
  /** The origin it was stored under; the same key always has the same id. */
  key?: string;
  warnings?: string[];
  /** It came as RFC 4180 in UTF-8 under the names that its columns have: its bytes are what other programs want. */
  isPlainCsv?: true;
  /** A person opens it as a resource; no tool shows it or writes it elsewhere. */
  isSecret?: true;
  /** It does not expire, and no other result pushes it out. */
  pinned?: true;
}

const keptAsFile = 'It is kept as a file, as it is no table. ';

/** The warning of a result that was meant to be a table. */
export const fileWarning = (reason: string): string => keptAsFile + reason;

/** That warning in brackets, for who needs rows; empty for what is meant to be a file. */
export function whyNoRows({ warnings = [] }: Pick<StoredResult, 'warnings'>): string {
  const warning = warnings.find(one => one.startsWith(keptAsFile));
  return warning ? ` ${warning}` : '';
}

/** A result as the origin of another one. */
export const provenance = ({ uri, source }: StoredResult) => ({ uri, ...source });

const scheme = 'result://';
const idPattern = /^[a-z0-9]{12}$/;
const idSpace = 36n ** 12n;

export function resultUri(id: string): string {
  return scheme + id;
}

/** The id in an id or URI; undefined when it cannot be one, which keeps foreign text out of file names. */
export function resultId(idOrUri: string): string | undefined {
  const id = idOrUri.startsWith(scheme) ? idOrUri.slice(scheme.length) : idOrUri;
  return idPattern.test(id) ? id : undefined;
}

export function newId(key?: string): string {
  const bits =
    key === undefined ? nodeCrypto().randomBytes(16) : nodeCrypto().createHash('sha256').update(key).digest();
  return (BigInt(`0x${bits.toString('hex')}`) % idSpace).toString(36).padStart(12, '0');
}

/** Rows of a stored table that an answer shows of it. */
export const sampleRows = 3;
