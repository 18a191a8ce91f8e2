import type { Row } from '../base/json-value.ts';

/** One of the things that a batch is for. */
export interface Thing {
  /** As the argument is sent. */
  key: string;
  /** As people call it. */
  name: string;
  /** Arguments that are its own. */
  args?: Row;
}

/** What a batch does. Written once, before the first request for a thing. */
export interface Plan {
  uri: string;
  operation: string;
  /** Name of the connection. */
  connection: string;
  /** The argument that stands for one thing after the other; empty where things bring their arguments along. */
  argument: string;
  /** The others, times as moments. */
  rest: Row;
  /** The argument as it was given, for what says how a result came about. */
  given: unknown;
  /** What one thing is called, and the column of the result with its key. */
  noun: string;
  keyColumn: string;
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
  | { key: string; state: 'failed'; code: string; message: string }
  /** It was sent, and nobody knows what came of it: it is not sent again. */
  | { key: string; state: 'unknown'; code: string; message: string };

/** A line of the journal: what came of a thing, or that a change for it is about to leave. */
export type Entry = Outcome | { key: string; state: 'sent' | 'unsent' };

/** How far a batch is. */
export interface Tally {
  done: number;
  failed: readonly FailedThing[];
  /** What may have been done for them, or not. */
  unknown: readonly FailedThing[];
  total: number;
  isCancelled: boolean;
}

export interface FailedThing extends Thing {
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
