import type { BackgroundWork } from '../../base/background-work.ts';
import { findDuckdb } from '../../base/duckdb.ts';
import type { StoredResult } from '../result.ts';
import type { ResultStore } from '../store/store.ts';
import { type QueryContext, writeColumnarForm } from './query.ts';

/** From so many bytes on, the first question should not have to wait for the columnar form. */
const leastBytes = 4_194_304;

/**
 * What is done for a large table behind the answer that stored it: its columnar form, where there is an engine, and
 * then its own bytes in less room. What fails here is done when it is first needed.
 */
export function prepareLarge(
  context: Omit<QueryContext, 'results' | 'signal'>,
  background: BackgroundWork,
): (result: StoredResult, results: ResultStore) => void {
  const { signal } = background;
  return (result, results) => {
    if (result.kind !== 'table' || result.bytes < leastBytes) return;
    const columns = async () => {
      if (await findDuckdb()) await writeColumnarForm(result, { ...context, results, signal });
    };
    background.add(columns().then(() => results.pack(result, signal)));
  };
}
