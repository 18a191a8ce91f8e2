import { chance, choose } from '../chance.ts';
import type { Deployment, Incident, PipelineRun } from '../things/data-cloud.ts';
import type { User } from '../things/people.ts';
import { iso, isoOrNull, type World } from '../world.ts';
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

const verbs = ['Add', 'Fix', 'Remove', 'Speed up', 'Document', 'Rename'];
const subjects = [
  'rate lookup',
  'retry, with jitter',
  'carrier "spot" quotes',
  'ETA cache',
  'consent form',
  'health check',
];

/** One pull request; `number` counts up to the newest, which was opened an hour before `today`. */
function pullRequest(number: number, today: number, users: readonly User[]) {
  const pick = <Item>(items: readonly Item[], step: number): Item => items[(number * step) % items.length] as Item;
  const created = today - (pullRequestCount - number) * 42 * 60_000 - hour;
  const openMs = ((number * 37) % 960) * 6 * 60_000;
  const isClosed = number % 11 === 0;
  const ended = created + openMs > today ? undefined : created + openMs;
  return {
    number,
    repository: pick(repositories, 5),
    author: pick(users, 3),
    title: `${pick(verbs, 5)} ${subjects[Math.floor(number / 6) % subjects.length]}`,
    created,
    merged: isClosed ? undefined : ended,
    closed: isClosed ? (ended ?? created) : ended,
    sha: hex('merge', number).repeat(5),
    additions: (number * 13) % 800,
    deletions: (number * 29) % 300,
  };
}

/** Every pull request of the last years, newest first, in the two tables that show them. */
export function pullRequests(today: number, users: readonly User[]): World['pullRequests'] {
  const all = once(() =>
    Array.from({ length: pullRequestCount }, (_, index) => pullRequest(pullRequestCount - index, today, users)),
  );
  const branches = (number: number) => ({ base_ref: 'main', head_ref: `change-${number}` });
  return {
    atGithub: once(() =>
      all().map(({ number, repository, author, title, created, merged, closed, sha }) => ({
        id: 8_000_000 + number,
        source_id: String(1_400_000_000 + number),
        repository_id: repositories.indexOf(repository) + 1,
        user_id: users.indexOf(author) + 1,
        number,
        title,
        ...branches(number),
        created: iso(created),
        updated: iso(closed ?? created),
        closed: isoOrNull(closed),
        merged: isoOrNull(merged),
        ready_for_review: iso(created),
        draft: false,
        merge_commit_sha: merged === undefined ? null : sha,
        open_to_merge: merged === undefined ? null : (merged - created) / 1000,
      })),
    ),
    unified: once(() =>
      all().map(({ number, repository, author, created, merged, closed, sha, additions, deletions }) => ({
        id: number,
        additions,
        deletions,
        bot_authored: false,
        ...branches(number),
        created: iso(created),
        closed: isoOrNull(closed),
        merged: isoOrNull(merged),
        dx_user_id: users.indexOf(author) + 1,
        external_url: `https://github.com/${repository}/pull/${number}`,
        external_id: String(1_400_000_000 + number),
        merge_commit_sha: merged === undefined ? null : sha,
      })),
    ),
  };
}

function once<Value>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
