import { type Drift, gone, otherwise } from '../../../sandbox/drift.ts';

/** Invented differences of the kinds that servers of other releases have. */
export const drift: Drift = {
  older: [gone(/\/spaces(\?|$)/)],
  differing: [otherwise(/\/public\/v1\/users(\?|$)/, 'login', null)],
};
