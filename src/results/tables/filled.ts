import { jsonStart } from '../../base/bounded/json-start.ts';
import type { Row } from '../../base/json-value.ts';
import type { TableFacts } from './text/table.ts';

/** What came of reading something: a table, or why it is none, where that was expected. */
export interface Filled {
  facts?: TableFacts;
  reason?: string;
  /** Further tables in the same file, by name. */
  others?: readonly string[];
}

const sampleText = 500;

/** The sample is kept with the metadata and shown to people: long values are clipped. */
export function withShortSample(facts: TableFacts): TableFacts {
  return { ...facts, sample: facts.sample.map(shortRow) };
}

const shortRow = (row: Row): Row =>
  Object.fromEntries(Object.entries(row).map(([name, value]) => [name, short(value)]));

function short(value: unknown): unknown {
  const text = typeof value === 'object' ? jsonStart(value, sampleText) : value;
  return typeof text === 'string' && text.length > sampleText ? `${text.slice(0, sampleText)}…` : value;
}
