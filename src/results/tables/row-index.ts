/** Where rows begin: `offsets[i]` is the byte of row `i * every`. */
export interface RowIndex {
  every: number;
  offsets: number[];
}

const indexLimit = 1_024;

/** Notes where a row begins. A long table gets a coarser index, not a longer one. */
export function noteRow(index: RowIndex, row: number, start: number): void {
  if (row % index.every !== 0) return;
  index.offsets.push(start);
  if (index.offsets.length <= indexLimit) return;
  index.offsets = index.offsets.filter((_, position) => position % 2 === 0);
  index.every *= 2;
}
