import { isRow, type Row } from '../base/json-value.ts';
import type { Run } from '../operations/run.ts';
import type { Tally } from '../operations/tally.ts';
import type { Chart } from '../results/chart/chart.ts';
import type { Description } from '../results/describe.ts';
import type { Handle } from '../results/pending.ts';
import type { StoredResult } from '../results/result.ts';
import type { ColumnFigures } from '../results/rows/job.ts';

/** What an operation came to that starts nothing, before it is put into words. */
export type Outcome =
  | {
      kind: 'rows';
      /** Lines of a text, under `line` and `text`. */
      as?: 'lines';
      noun: string;
      /** In place of the sentence that follows from the page. */
      lead?: string;
      rows: Row[];
      page: PageFacts;
      /** The page begins somewhere after the first row. */
      continued: boolean;
      /** What the listing was narrowed by. */
      asked?: Row;
      /** Where the same rows are stored, or will be when the handle is first used. */
      result?: Handle;
      /** Nothing else of the result matters: the rows stand here. */
      isShown?: true;
      /** They were read out of the store. */
      isStored?: true;
      about?: Record<string, unknown>;
      /** Of many things, those for which nothing came. */
      failures?: number;
      warnings: string[];
    }
  | { kind: 'value'; value: unknown }
  | { kind: 'picture'; chart: Chart; summary: string; warnings: string[] }
  | { kind: 'image'; image: { data: string; mediaType: string }; result: StoredResult; warnings: string[] }
  | { kind: 'description'; description: Description; warnings: string[] }
  | View
  | {
      kind: 'result';
      result: StoredResult;
      summary: string;
      tally?: Tally;
      page?: PageFacts;
      about?: Record<string, unknown>;
      failures?: number;
      warnings: string[];
    };

/** What a page shows of a stored table. No model reads it, so that no budget of tokens holds. */
export interface View {
  kind: 'view';
  result: StoredResult;
  /** Names of the columns of the rows, in their order. */
  names: readonly string[];
  rows: Row[];
  offset: number;
  /** How many rows match in all. */
  matched: number | null;
  undecided?: number;
  figures: ColumnFigures[];
  /** All columns are told, and what made the table. */
  isIntroduced: boolean;
  /** Characters of a cell that are shown. */
  cellCharacters: number;
  warnings: string[];
}

/** A run, as far as it is, and what it made. */
export interface RunAnswer {
  kind: 'run';
  run: Run;
  /** What starting it answered. */
  details?: Row;
  outcome?: Outcome;
  next?: string;
  warnings: string[];
  /** Just started, for a client that follows it by itself. */
  handedOver?: true;
}

export type Answer = Outcome | RunAnswer | Question;

export interface PageFacts {
  returned: number;
  /** Null where the platform does not say. */
  total: number | null;
  /** Nothing follows. */
  complete: boolean;
  /** Cursor of what follows. */
  next: string | null;
  /** What to skip for what follows, where rows are counted and not remembered. */
  next_offset?: number;
  /** The line that follows, of a text. */
  next_line?: number;
}

/** What a person has to agree to, and the token that stands for the agreement. */
export interface Question {
  kind: 'question';
  text: string;
  token: string;
}

/** The same, with what there is to say about how the call was taken. */
export function withNotes(answer: Answer, notes: readonly string[]): Answer {
  if (notes.length === 0 || answer.kind === 'question') return answer;
  if (answer.kind !== 'value') return { ...answer, warnings: [...notes, ...answer.warnings] };
  const value = isRow(answer.value) ? answer.value : { value: answer.value };
  return { kind: 'value', value: { ...value, warnings: [...notes, ...[value['warnings'] ?? []].flat()] } };
}

/** The same, with what the times of the call became. */
export function withTimes(answer: Answer, became: Row): Answer {
  if (Object.keys(became).length === 0) return answer;
  switch (answer.kind) {
    case 'rows':
    case 'result':
      return { ...answer, about: { ...answer.about, ...became } };
    case 'run':
      return { ...answer, details: { ...answer.details, ...became } };
    case 'value':
      return isRow(answer.value) ? { kind: 'value', value: { ...answer.value, asked: became } } : answer;
    default:
      return answer;
  }
}
