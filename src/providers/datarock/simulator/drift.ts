import { type Drift, gone, otherwise } from '../../../sandbox/drift.ts';

/** Invented differences of the kinds that servers of other releases have. */
export const drift: Drift = {
  older: [gone(/\/export\/artefacts(\?|$)/)],
  differing: [otherwise(/\/artefacts$/, 'versions', 'v3')],
};
