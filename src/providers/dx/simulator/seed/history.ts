import { chance, choose } from '../chance.ts';
import type { Deployment, Incident, PipelineRun } from '../things/data-cloud.ts';
import type { User } from '../things/people.ts';
import type { Rows } from '../things/studio.ts';
import { iso } from '../world.ts';
import { type SeedService, services } from './catalog.ts';

const day = 86_400_000;
const hour = 3_600_000;
const historyDays = 180;
export const pullRequestCount = 25_000;

export const repositories = services.map(({ identifier }) => `kestrel/${identifier}`);
const hex = (...words: (string | number)[]): string =>
  Math.floor(chance(...words) * 2 ** 32)
    .toString(16)
    .padStart(8, '0');
const shaOf = (...words: (string | number)[]): string => [1, 2, 3, 4, 5].map(part => hex(part, ...words)).join('');

function deploymentsOn(service: SeedService, start: number): Deployment[] {
  const weekday = new Date(start).getUTCDay();
  if (weekday === 0 || weekday === 6) return [];
  const { identifier, perWeek } = service;
  const count = Math.floor(perWeek / 5 + chance('count', identifier, start));
  return Array.from({ length: count }, (_, index) => ({
    reference_id: `${identifier}-${start / day}-${index}`,
    service: { identifier, name: identifier },
    deployed_at: start + 8 * hour + Math.floor(chance('at', identifier, start, index) * 9 * 3600) * 1000,
    repository: `kestrel/${identifier}`,
    commit_sha: shaOf('deploy', identifier, start, index),
    source_name: 'kestrel-ci',
    source_url: `https://ci.kestrel.example/${identifier}/${start / day}${index}`,
    success: chance('success', identifier, start, index) < 0.94,
    environment: 'production',
  }));
}

function incidentAfter({ reference_id, service, deployed_at }: Deployment): Incident {
  const trouble = choose(['error rate', 'latency', 'queue depth', 'failed logins'], reference_id);
  const priority = choose(['P1', 'P2', 'P2', 'P3', 'P3', 'P3'], reference_id);
  return {
    reference_id: `INC-${reference_id}`,
    name: `${service.identifier}: ${trouble} too high`,
    priority,
    started_at: deployed_at + Math.floor(chance('delay', reference_id) * 40) * 60_000,
    resolved_at: deployed_at + hour + Math.floor(chance('repair', reference_id) * 300) * 60_000,
    source_url: `https://alerts.kestrel.example/${reference_id}`,
    services: [service],
    metadata: {},
  };
}

function pipelineRunOf({
  reference_id,
  service,
  deployed_at,
  repository,
  commit_sha,
  success,
}: Deployment): PipelineRun {
  const finished = deployed_at - 60_000;
  return {
    reference_id: `ci-${reference_id}`,
    pipeline_name: `${service.identifier} release`,
    pipeline_source: 'kestrel-ci',
    status: success ? 'success' : 'failure',
    started_at: finished - Math.floor(240 + chance('ci', reference_id) * 900) * 1000,
    finished_at: finished,
    repository,
    commit_sha,
    head_branch: 'main',
  };
}

/** Half a year of deployments up to now, what broke after them, and the pipelines of the last month. */
export function seedHistory(now: number) {
  const today = Math.floor(now / day) * day;
  const deployments = Array.from({ length: historyDays }, (_, index) => today - (historyDays - 1 - index) * day)
    .flatMap(start => services.flatMap(service => deploymentsOn(service, start)))
    .filter(({ deployed_at }) => deployed_at <= now);
  const broken = deployments.filter(one => !one.success || chance('breaks', one.reference_id) < 0.02);
  const incidents = broken.map(incidentAfter).filter(({ started_at }) => started_at <= now);
  for (const incident of incidents) if ((incident.resolved_at ?? 0) > now) incident.resolved_at = null;
  const pipelineRuns = deployments.filter(({ deployed_at }) => deployed_at > now - 30 * day).map(pipelineRunOf);
  const byReference = <Item extends { reference_id: string }>(items: readonly Item[]): Map<string, Item> =>
    new Map(items.map(item => [item.reference_id, item]));
  return {
    deployments: byReference(deployments),
    incidents: byReference(incidents),
    pipelineRuns: byReference(pipelineRuns),
  };
}

/** Every pull request of the last years, newest first. Made when it is first read: there are many. */
export function pullRequests(today: number, users: readonly User[]): () => Rows {
  const columns = [
    ...['id', 'number', 'repository', 'title', 'author', 'state', 'additions', 'deletions'],
    ...['created_at', 'merged_at', 'cycle_time_hours'],
  ];
  const verbs = ['Add', 'Fix', 'Remove', 'Speed up', 'Document', 'Rename'];
  const things = [
    'rate lookup',
    'retry, with jitter',
    'carrier "spot" quotes',
    'ETA cache',
    'consent form',
    'health check',
  ];
  let made: Rows | undefined;
  return () => {
    made ??= {
      columns,
      rows: Array.from({ length: pullRequestCount }, (_, index) => {
        const number = pullRequestCount - index;
        const pick = <Item>(items: readonly Item[], step: number): Item =>
          items[(number * step) % items.length] as Item;
        const created = today - index * 42 * 60_000 - hour;
        const hours = ((number * 37) % 960) / 10;
        const merged = created + hours * hour;
        const state = number % 11 === 0 ? 'closed' : merged > today ? 'open' : 'merged';
        return {
          id: 8_000_000 + number,
          number,
          repository: pick(repositories, 5),
          title: `${pick(verbs, 5)} ${things[Math.floor(number / 6) % things.length]}`,
          author: pick(users, 3).github_username,
          state,
          additions: (number * 13) % 800,
          deletions: (number * 29) % 300,
          created_at: iso(created),
          merged_at: state === 'merged' ? iso(merged) : null,
          cycle_time_hours: state === 'merged' ? hours : null,
        };
      }),
    };
    return made;
  };
}
