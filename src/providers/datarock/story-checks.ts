import { expect } from '../story.ts';

/** Of the project that the story is about. */
export const holes = 40;

export interface Table {
  uri: string;
  rows: number;
  columns: { name: string; mean?: number; nulls?: number }[];
}

/** The stored table of an export of all holes. */
export function finishedTable(answer: Record<string, unknown>): Table {
  const run = answer['run'] as { status: string; progress?: { done: number; total: number } };
  const { done, total } = run.progress ?? {};
  expect(run.status === 'succeeded', `the export is ${run.status}`);
  expect(done === holes && total === holes, `the export has ${done} of ${total} holes`);
  expect(answer['result'] !== undefined, 'the export brought no table');
  return answer['result'] as Table;
}
