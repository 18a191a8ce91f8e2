import { type Drift, gone, otherwise } from '../../../sandbox/drift.ts';

/** Invented differences of the kinds that servers of other releases have. */
export const drift: Drift = {
  older: [gone(/\/job_token_scope(\?|$)/), otherwise(/\/environments(\?|$)/, 'state', undefined)],
  differing: [
    otherwise(/\/pipelines(\?|$)/, 'status', 'preparing_gpu'),
    otherwise(/\/merge_requests(\?|$)/, 'title', null),
  ],
};
