import type { Row } from '../base/json-value.ts';

export interface NamedKey {
  /** As the argument is sent. */
  key: string;
  /** As people call it. */
  name: string;
}

/** One of the things that a batch is for. No two have the same key. */
export interface Thing extends NamedKey {
  /** What it is of each argument that stands for many, where that is not the key alone. */
  parts?: readonly NamedKey[];
  /** Other arguments that are its own. */
  args?: Row;
}

/** What a row says of the thing that it belongs to. */
export interface ThingColumn {
  noun: string;
  /** The column with the key; empty where that is the name. */
  keyColumn: string;
}

/** What a batch does. Written once, before the first request for a thing. */
export interface Plan {
  uri: string;
  operation: string;
  /** Name of the connection. */
  connection: string;
  /** The arguments that stand for one thing after the other; none where things bring theirs along. */
  arguments: readonly string[];
  /** The others, times as moments. */
  rest: Row;
  /** What stood for the things, as it was given: for what says how a result came about. */
  given: Row;
  /** What one thing is called, and the columns of the result that say which it is. */
  noun: string;
  columns: readonly ThingColumn[];
  things: readonly Thing[];
  /** It changes something: what came of each thing is a row of the table. */
  changes?: true;
  /** Clock time, ms. */
  createdAt: number;
}

/** What came of one thing, as a line of the journal. */
export type Outcome =
  | {
      key: string;
      state: 'done';
      rows: Row[] /** There are more rows than were asked for. */;
      more?: true;
      warnings?: string[];
    }
  /** `rows`: what is known of it, such as the run that failed. */
  | { key: string; state: 'failed'; code: string; message: string; rows?: Row[] }
  /** It was sent, and nobody knows what came of it: it is not sent again. */
  | { key: string; state: 'unknown'; code: string; message: string };

/** A line of the journal: what came of a thing, that a change for it is about to leave, or what it has started. */
export type Entry =
  | Outcome
  | { key: string; state: 'sent' | 'unsent' }
  | { key: string; state: 'started'; run: string };

/** The arguments that stand for many, for one of the things. */
export const namesOf = ({ arguments: names }: Pick<Plan, 'arguments'>, thing: Thing): Row =>
  Object.fromEntries(names.map((name, index) => [name, partsOf(thing)[index]?.key]));

/** What a thing is of each argument. */
export const partsOf = ({ parts, key, name }: Thing): readonly NamedKey[] => parts ?? [{ key, name }];

/** How far a batch is. */
export interface Tally {
  done: number;
  failed: readonly FailedThing[];
  /** What may have been done for them, or not. */
  unknown: readonly FailedThing[];
  total: number;
  isCancelled: boolean;
}

export interface FailedThing extends NamedKey {
  code: string;
  message: string;
}

/** "212 projects", "1 project". */
export const countOf = (count: number, noun: string): string => {
  const words = noun.replaceAll('_', ' ');
  return `${count.toLocaleString('en-US')} ${count === 1 ? words : pluralOf(words)}`;
};

export const pluralOf = (words: string): string => {
  if (/[^aeiou]y$/.test(words)) return `${words.slice(0, -1)}ies`;
  return /(?:ch|sh|ss|x)$/.test(words) ? `${words}es` : `${words}s`;
};
