import type { SeedProject } from './seed/seed.ts';
import { type DatarockState, type ExportJob, expiryOf, type JobHole, type Links } from './state.ts';

const workers = 4;

export interface Order {
  projectUuid: string;
  holes: string[];
  since: number;
  before: number;
}

/** The order in a body, or what is wrong with it. */
export function readOrder(body: unknown): Order | string {
  if (body === null || typeof body !== 'object' || Array.isArray(body)) return 'The body must be a JSON object';
  const fields: Record<string, unknown> = { ...body };
  const { projectUuid, holes, lastUpdatedSince: since = 0, lastUpdatedBefore: before = 1e15 } = fields;
  if (typeof projectUuid !== 'string') return 'projectUuid must be a string';
  if (!Array.isArray(holes) || holes.length === 0) return 'holes must be a list with at least one hole';
  if (!holes.every((id): id is string => typeof id === 'string')) return 'holes must be strings';
  if (!isWhole(since) || !isWhole(before)) return 'lastUpdatedSince and lastUpdatedBefore must be Unix seconds';
  if (since > before) return 'lastUpdatedSince must not be later than lastUpdatedBefore';
  return { projectUuid, holes: [...new Set(holes)], since, before };
}

const isWhole = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value);

/** Plans when each hole is done: a few at a time, in the order given, not all equally fast. */
export function schedule(order: Order, project: SeedProject, state: DatarockState, now: number): JobHole[] {
  const free = Array.from({ length: workers }, () => now);
  return order.holes.flatMap((id, index) => {
    const hole = project.holes.find(one => one.id === id && !state.failedHoles.has(id));
    const runs = [...(hole?.runs ?? []), ...(hole?.isRecent ? [state.recentRun] : [])];
    const runAt = runs.findLast(run => run >= order.since && run <= order.before);
    const source = hole && runAt !== undefined ? { source: { hole, runAt } } : {};
    if (!('source' in source) && state.omitFailed) return [];
    const next = free.indexOf(Math.min(...free));
    const doneAt = (free[next] ?? now) + state.paceMs * workers * (0.75 + ((index * 7) % 11) / 20);
    free[next] = doneAt;
    return [{ id, doneAt, ...source }];
  });
}

/** `failed` is this simulator's word: the vendor's is not public. */
function statusOf(holes: JobHole[], now: number): 'in_progress' | 'completed' | 'failed' {
  if (holes.some(hole => hole.doneAt > now)) return 'in_progress';
  return holes.length > 0 && holes.every(hole => !hole.source) ? 'failed' : 'completed';
}

export function describeExport(job: ExportJob, now: number, state: DatarockState) {
  const { uuid, project, artefact, holes } = job;
  const type = { name: artefact.name, key: artefact.key };
  return { uuid, status: statusOf(holes, now), projectId: project.uuid, type, expiryDate: expiryOf(job, state) };
}

export function describeHole(job: ExportJob, hole: JobHole, now: number, links: Links, { lateHoles }: DatarockState) {
  const { name, key } = job.artefact;
  const status = lateHoles.has(hole.id) ? 'in_progress' : statusOf([hole], now);
  const entry = { holeId: hole.id, status, exportType: { name, key } };
  return status === 'completed' && hole.source
    ? { ...entry, ...links.make(job, hole), runAt: hole.source.runAt }
    : entry;
}
