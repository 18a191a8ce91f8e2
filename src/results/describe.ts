import type { Row } from '../base/json-value.ts';
import type { Redactor } from '../base/redact.ts';
import { roundFigure } from './figures.ts';
import type { ColumnProfile } from './query/profile.ts';
import { type Column, type Exceptions, type Provenance, type StoredResult, sampleRows } from './result.ts';
import { columnNamed } from './tables/filter.ts';

/** Columns that are looked at when nobody says which; more would not fit. */
const mostColumns = 24;
/** Beside these, the sentence that says what it is. */
const mostTokens = 500;
const shownText = 40;
/** Characters of what made it, and of what made each of the results that it was made of. */
const mostOfCall = { own: 4_000, ancestor: 240 };

/** What there is to know of a stored result, small at any size. */
export interface Description {
  result: StoredResult;
  /** One row for each column that is described. */
  columns: Row[];
  /** Columns that are not, by name, and how many more there are. */
  others: string[];
  sample: Row[];
}

/** Which columns a description is about. @throws Fault `bad_arguments` that names the nearest */
export function describedColumns(result: StoredResult, wanted: readonly string[] | undefined): Column[] {
  return wanted?.map(name => columnNamed(result.columns, name)) ?? result.columns.slice(0, mostColumns);
}

/** Puts figures and first rows together, as many columns and rows as fit. What is cut is made safe before. */
export function describe(
  result: StoredResult,
  columns: readonly Column[],
  profiles: ReadonlyMap<string, ColumnProfile>,
  redactor: Redactor,
): Description {
  const names = result.columns.map(({ name }) => name);
  let left =
    mostTokens - tokens([result.name, ...ancestry(result.source).slice(1), ...fewNames(names.slice(columns.length))]);
  const rows: Row[] = [];
  for (const column of columns) {
    const row = columnRow(redactor.stored(column), redactor.stored(profiles.get(column.name)));
    left -= tokens(row);
    if (left < 0 && rows.length > 0) break;
    rows.push(row);
  }
  const shown = new Set(columns.slice(0, rows.length).map(({ name }) => name));
  const sample: Row[] = [];
  for (const row of result.sample.slice(0, sampleRows)) {
    const safe = redactor.stored(Object.fromEntries(Object.entries(row).filter(([name]) => shown.has(name))));
    const part = Object.fromEntries(Object.entries(safe).map(([name, value]) => [name, clipped(value)]));
    left -= tokens(part);
    if (left < 0) break;
    sample.push(part);
  }
  const others = fewNames(names.filter(name => !shown.has(name)));
  return { result, columns: rows, others, sample };
}

/** Guessed with care: what is not ASCII can take two tokens a character and more. */
function tokens(value: unknown): number {
  const text = JSON.stringify(value);
  const dear = text.replace(/[\0-\x7f]/g, '').length;
  return (text.length - dear) / 3.5 + dear * 2.5;
}

/** Least and most are as they stand in the table; what was calculated is rounded. */
function columnRow(column: Column, profile: ColumnProfile | undefined): Row {
  const { name, type, nulls, distinct, mean, exceptions, isLocal } = column;
  const [q25, median, q75] = (profile?.quartiles ?? []).map(value => roundFigure(value, column));
  // Of numbers the ones that were found in the text of the table, with all their digits.
  const [min, max] = [column.min ?? profile?.min ?? null, column.max ?? profile?.max ?? null];
  return {
    column: name,
    type,
    ...(isLocal ? { zone: 'none' } : {}),
    nulls,
    distinct: profile?.distinct ?? distinct ?? null,
    min: clipped(min),
    ...(q25 === undefined ? {} : { q25, median, q75 }),
    max: clipped(max),
    ...(mean === undefined ? {} : { mean: roundFigure(mean, column) }),
    ...(exceptions ? { numbers: exceptions.numbers, others: othersInWords(exceptions) } : {}),
  };
}

const othersInWords = ({ others, commonest }: Exceptions) =>
  `${others}: ${commonest.map(({ text, count }) => `${clipped(text)} (${count})`).join(', ')}`;

function clipped(value: unknown): unknown {
  const text = typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
  return typeof text === 'string' && text.length > shownText ? `${text.slice(0, shownText)}…` : text;
}

/** What made it, as one would call it again, if not longer: `acme_list_holes {"project":"x"} on acme`. */
function originOf({ operation, arguments: given, connection }: Provenance, most = mostOfCall.ancestor): string {
  const call = `${operation} ${JSON.stringify(given)}`;
  const short = call.length > most ? `${call.slice(0, most)}… (${call.length} characters)` : call;
  return `${short}${connection === undefined ? '' : ` on ${connection}`}`;
}

const mostAncestors = 3;

/** What made it, and the results that it was made of, nearest first, each with what made that. */
export function ancestry(source: Provenance): string[] {
  const out = (one: Provenance): string[] => {
    const from = one.from ?? [];
    return [...from.map(parent => `${parent.uri}, made by ${originOf(parent)}`), ...from.flatMap(out)];
  };
  const all = [...new Set(out(source))];
  const more = all.length > mostAncestors ? [`${all.length - mostAncestors} more`] : [];
  return [originOf(source, mostOfCall.own), ...all.slice(0, mostAncestors), ...more];
}

const namesTokens = 100;

function fewNames(names: readonly string[]): string[] {
  let left = namesTokens;
  const few: string[] = [];
  for (const name of names) {
    left -= tokens(name);
    if (left < 0) break;
    few.push(name);
  }
  const more = names.length - few.length;
  return more > 0 ? [...few, `and ${more} more`] : few;
}
