import { describe, expect, it } from 'vitest';
import { activityFields, likeliestFirst } from '../../src/operations/activity.ts';
import { listingReference, type Operation } from '../../src/operations/operation.ts';
import { providers } from '../../src/providers/index.ts';
import { operationsOf } from '../../src/providers/provider.ts';
import { startWorld } from '../support/harness.ts';

type Row = Record<string, unknown>;

const records = (await Promise.all(providers.map(({ load }) => load()))).flatMap(operationsOf);
const fields = records.flatMap(({ input }) => Object.values(input.shape));
const listings = new Map<string, Operation>(
  fields.flatMap(field => {
    const listing = listingReference(field)?.list();
    return listing ? [[listing.name, listing] as const] : [];
  }),
);

/** What a field is called that tells of an activity; when something is to be is none. */
const tells = /activ|updat|chang|modif|touch|last_|finish|commit|releas|publish/i;
/** Of somebody else's activity, or of a plan. */
const others = new Set([
  'link_updated_at',
  'authored_date',
  'started_at',
  'scheduled_for',
  'completed_at',
  'next_run_at',
  'complete_by',
]);
const isMoment = (value: unknown): boolean => typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value);

describe('what an argument for many stands for', () => {
  it('comes with the likeliest first, whatever listing it is of', async () => {
    const { call } = await startWorld({ platforms: 'all', flags: { toolsets: 'all' } });
    const unknown: string[] = [];
    let dated = 0;
    for (const [name, { example }] of listings) {
      const { data } = await call(name, { ...example.arguments, limit: 20 });
      const rows = (data['items'] ?? []) as Row[];
      for (const row of rows)
        for (const [field, value] of Object.entries(row))
          if (isMoment(value) && tells.test(field) && !activityFields.includes(field) && !others.has(field))
            unknown.push(`${name}.${field}`);
      const known = activityFields.find(field => rows.length > 0 && rows.every(row => isMoment(row[field])));
      if (known === undefined || !rows.every(row => activityFields.find(field => isMoment(row[field])) === known))
        continue;
      dated += 1;
      const moments = likeliestFirst(rows).map(row => String(row[known]));
      expect(moments, name).toEqual(moments.toSorted().toReversed());
    }
    expect([...new Set(unknown)]).toEqual([]);
    expect(dated).toBeGreaterThan(20);
  }, 120_000);

  it('is worked through in that order', async () => {
    const { call, dataops } = await startWorld({ platforms: ['dataops'] });
    const search = 'meridian';
    const { data } = await call('dataops_list_projects', { search, limit: 'all', fields: ['id', 'last_activity_at'] });
    const rows = data['items'] as Row[];
    const before = dataops.requests.length;
    await call('dataops_list_pipelines', { project: { search }, status: 'failed' });
    const asked = dataops.requests
      .slice(before)
      .flatMap(({ target }) => /projects\/(\d+)\/pipelines/.exec(target)?.[1] ?? []);
    const latest = rows.toSorted((a, b) => (String(a['last_activity_at']) < String(b['last_activity_at']) ? 1 : -1));
    expect(asked).toHaveLength(rows.length);
    expect(rows.map(({ id }) => String(id))).not.toEqual(latest.map(({ id }) => String(id)));
    expect(asked).toEqual(latest.map(({ id }) => String(id)));
  });
});
