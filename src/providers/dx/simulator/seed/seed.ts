import { chance } from '../chance.ts';
import { encodeId } from '../paging.ts';
import type { AiToolMetric, CustomData, CustomMetric, RepoGroup } from '../things/data-cloud.ts';
import type { Report } from '../things/studio.ts';
import { iso, type World } from '../world.ts';
import { seedCatalog } from './catalog.ts';
import { pullRequests, repositories, seedHistory } from './history.ts';
import { type People, seedPeople } from './people.ts';
import { seedSurveys } from './surveys.ts';

const day = 86_400_000;
const dateOf = (ms: number): string => iso(ms).slice(0, 10);

export const feedToken = 'feed-deployments-per-service';

/**
 * The engineering of Kestrel Freight, an invented forwarder, as it stands at a moment. Everything follows from names
 * and that moment's day, so every run sees the same numbers.
 */
export function seedWorld(now: number): World {
  const today = Math.floor(now / day) * day;
  const people = seedPeople(today);
  const { users } = people;
  let serial = 50_000;
  return {
    accountName: 'Kestrel Freight',
    nextId() {
      serial += 1;
      return serial;
    },
    repositories: new Set(repositories),
    ...seedHistory(now),
    pullServices: new Map(),
    customData: customData(today),
    customMetrics: customMetrics(today),
    aiToolMetrics: aiToolMetrics(people, today),
    repoGroups: repoGroups(today),
    syncedServices: new Map(),
    ...people,
    uploads: [],
    ...seedSurveys(people, today),
    ...seedCatalog(people, today),
    pullRequests: pullRequests(today, users),
    queryRuns: new Map(),
    reports: reports(people, today),
    feeds: new Map([
      [
        feedToken,
        `SELECT service, count(*) AS deployments, max(deployed_at) AS latest FROM deployments
         WHERE service LIKE coalesce($service, '%') GROUP BY service ORDER BY service`,
      ],
    ]),
    workflowRuns: new Map(),
    projects: [
      {
        id: encodeId(3100),
        name: 'Developer portal usage',
        hidden: false,
        webhook_destination_url: null,
        creator_id: users[0]?.id ?? '',
        created_at: iso(today - 200 * day),
      },
    ],
    events: [],
  };
}

function customData(today: number): CustomData[] {
  return repositories.flatMap((reference, index) =>
    (['coverage', 'ownership'] as const).map((key, place) => ({
      id: encodeId(7000 + index * 2 + place),
      reference,
      key,
      value: key === 'coverage' ? { percent: 50 + ((index * 17) % 45) } : { reviewed: index % 3 === 0 },
      timestamp: iso(today - index * day),
    })),
  );
}

function customMetrics(today: number): CustomMetric[] {
  return Array.from({ length: 250 }, (_, index) => ({
    id: 20_000 + index,
    reference: 'kestrel/booking-api',
    key: 'build_minutes',
    value: Number((6 + chance('build', index) * 5).toFixed(2)),
    metadata: {},
    timestamp: iso(today - (250 - index) * (day / 2)),
  }));
}

function aiToolMetrics({ users }: People, today: number): Map<string, AiToolMetric> {
  const rows = users.flatMap((user, index) =>
    [1, 2, 3, 4, 5, 6, 7].map((ago): AiToolMetric => {
      const active = user.ai_heavy_adoption_date !== null || chance('active', user.id, ago) < 0.4;
      const tokens = active ? Math.floor(chance('tokens', user.id, ago) * 400_000) : 0;
      return {
        id: 30_000 + index * 7 + ago,
        email: user.email,
        date: dateOf(today - ago * day),
        is_active: active,
        tool: 'pair-coder',
        input_tokens: tokens,
        output_tokens: Math.floor(tokens / 9),
        spend_cents: Math.floor(tokens / 3000),
      };
    }),
  );
  return new Map(rows.map(row => [[row.email, row.date, row.tool].join('\n'), row]));
}

function repoGroups(today: number): RepoGroup[] {
  const made = iso(today - 90 * day);
  const group = (id: number, name: string, repos: readonly string[]): RepoGroup => ({
    id,
    reference_id: `rg-${name.toLowerCase()}`,
    name,
    parent_id: null,
    row_created_at: made,
    row_updated_at: made,
    repos: repos.map(external_id => ({ source: 'github', external_id })),
  });
  return [group(410, 'Booking', repositories.slice(0, 4)), group(411, 'Tracking', repositories.slice(4, 8))];
}

function reports({ users }: People, today: number): Report[] {
  const report = (index: number, name: string, sql: string): Report => ({
    id: encodeId(5200 + index),
    name,
    description: null,
    markdown_notes: null,
    owner_email: users[index]?.email ?? '',
    view_access_type: 'everyone',
    edit_access_type: 'read_only',
    viewer_emails: [],
    editor_emails: [],
    tiles: [{ id: encodeId(5300 + index), title: name, sql, chart_type: 'table', chart_config: {} }],
    created_at: iso(today - 60 * day),
    updated_at: iso(today - (20 - index) * day),
  });
  return [
    report(0, 'Deployment frequency', 'SELECT service, count(*) FROM deployments GROUP BY service'),
    report(1, 'Incidents by priority', 'SELECT priority, count(*) FROM incidents GROUP BY priority'),
    report(2, 'Cycle time', 'SELECT repository_id, avg(open_to_merge) / 3600 FROM github_pulls GROUP BY repository_id'),
  ];
}
