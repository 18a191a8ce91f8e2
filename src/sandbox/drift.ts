import { type FaultSwitch, mapObjects } from './faults.ts';

/** How a platform's server may differ from its documents: one that is older, and one that answers otherwise. */
export type Release = 'older' | 'differing';
export type Drift = Readonly<Record<Release, readonly FaultSwitch[]>>;

/** A reading that this release does not have. */
export const gone = (path: RegExp): FaultSwitch => ({ kind: 'no-route', match: { method: 'GET', path } });

/** A field that this release answers with another value, or leaves out (`undefined`), wherever it stands in the answer. */
export const otherwise = (path: RegExp, field: string, value: unknown): FaultSwitch => ({
  kind: 'changed',
  match: { method: 'GET', path },
  change: json => mapObjects(json, fields => (Object.hasOwn(fields, field) ? replaced(fields, field, value) : fields)),
});

function replaced({ ...fields }: Record<string, unknown>, field: string, value: unknown): Record<string, unknown> {
  if (value === undefined) delete fields[field];
  else fields[field] = value;
  return fields;
}
