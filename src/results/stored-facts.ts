import type { Row } from '../base/json-value.ts';
import { roundFigure } from '../base/text.ts';
import type { StoredResult } from './result.ts';

/** A stored result as the model needs it: enough to decide what to ask of it, never the rows themselves. */
export function storedFacts(result: StoredResult): Row {
  const { uri, kind, mediaType, name, bytes, expiresAt } = result;
  const head = { uri, kind, name, media_type: mediaType, bytes, expires_at: expiresAt };
  if (result.kind !== 'table') return head;
  return { ...head, rows: result.rows, columns: result.columns.map(columnFacts), sample: result.sample.slice(0, 3) };
}

const columnFacts = ({ name, type, nulls, min, max, mean }: StoredResult['columns'][number]) => ({
  name,
  type,
  ...(nulls ? { nulls } : {}),
  ...(min == null ? {} : { min, max }),
  ...(mean == null ? {} : { mean: roundFigure(mean) }),
});
