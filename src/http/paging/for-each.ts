import { isRow } from '../../base/json-value.ts';
import { badPosition, type Page, type PageFetch, type Paging, type Position } from './page.ts';

/** One listing after the other, one for each value of a path argument that is an array; see `PageFetch.path`. */
export function forEach(name: string, inner: Paging): Paging {
  return {
    async *pages(fetch, from, wanted) {
      const given = fetch.path?.[name];
      const values = Array.isArray(given) ? given : [given];
      let { index, inner: start } = startOf(from, values.length);
      let left = wanted;
      for (; index < values.length && left > 0; index += 1) {
        for await (const one of inner.pages(forValue(fetch, name, values[index]), start, left)) {
          left -= one.items.length;
          yield placed(one, index, values.length);
        }
        start = undefined;
      }
    },
  };
}

function forValue(fetch: PageFetch, name: string, value: unknown): PageFetch {
  const path = { ...fetch.path, [name]: value };
  const patched: PageFetch = patch => fetch({ ...patch, path: { ...patch.path, [name]: value } });
  return Object.assign(patched, { path });
}

// The total of one listing is not that of them all.
function placed({ next, total, ...rest }: Page, index: number, count: number): Page {
  const ended = next === undefined;
  const after: Position | undefined = !ended
    ? { index, inner: next }
    : index + 1 < count
      ? { index: index + 1 }
      : undefined;
  return {
    ...rest,
    ...(ended && { last: true as const }),
    ...(count === 1 && total !== undefined && { total }),
    ...(after !== undefined && { next: after }),
  };
}

function startOf(from: Position | undefined, count: number): { index: number; inner: Position | undefined } {
  if (from === undefined) return { index: 0, inner: undefined };
  if (!isRow(from)) throw badPosition();
  const { index, inner } = from;
  if (typeof index !== 'number' || !Number.isInteger(index) || index < 0 || index >= count) throw badPosition();
  return { index, inner };
}
