import type { Readable } from 'node:stream';
import pMap from 'p-map';
import * as z from 'zod';
import { Fault, type FaultCode, isFault } from '../../../base/errors.ts';
import { type Collected, type OperationContext, operation, type StoreOrigin } from '../../../operations/operation.ts';
import { type Parts, type Tallied, tallyOf } from '../../../operations/tally.ts';
import type { StoredResult } from '../../../results/result.ts';
import type { Workspace } from '../../../results/store/workspace.ts';
import { joinTables, type Part, whyNoTable } from '../../../results/tables/join.ts';
import { Links, type Source } from './links.ts';
import { askedHoles, orderKey } from './order.ts';
import { projectName } from './projects.ts';
import {
  type ExportPage,
  exportIds,
  hasFailed,
  isEmpty,
  isOver,
  isReady,
  joint,
  mostNamed,
  readExport,
} from './status.ts';

/** Files fetched at a time. The storage host has no published limit; this many keep a line busy. */
const atATime = 8;

export const downloadExport = operation({
  name: 'datarock_download_export',
  route: 'GET /export/artefacts/{export}',
  risk: 'reads',
  summary:
    'Fetch the files of a finished export as one stored table of all holes. Call again to go on after an interruption.',
  words: 'get files of an export',
  input: z.strictObject({ export: exportIds }),
  output: z.looseObject({}),
  example: { arguments: { export: 'datarock://exports/3f0c2a5e-7f67-4f0e-9a53-0d0f5f3a9c11' } },
  collects: 'table',
  collect: ({ export: ids }, context) => collectExport(ids, context),
});

/**
 * Fetches every hole's file of finished exports and joins them into one stored table. What has been fetched survives
 * an interruption; a hole that failed is told and costs nobody the rest.
 */
async function collectExport(ids: readonly string[], context: OperationContext): Promise<Collected> {
  const key = orderKey(ids, context);
  const kept = await context.results.findByKey(key);
  if (kept) return fetchedBefore(kept);
  try {
    return await fetchExport(ids, key, context);
  } catch (error) {
    // Somebody else who fetched the same export may have stored it meanwhile, and tidied the parts away.
    const theirs = await context.results.findByKey(key);
    if (!theirs || context.signal.aborted) throw error;
    return fetchedBefore(theirs);
  }
}

const fetchedBefore = (result: StoredResult): Collected => ({
  result,
  summary: `${result.name}: fetched before.`,
  warnings: result.warnings ?? [],
});

async function fetchExport(ids: readonly string[], key: string, context: OperationContext): Promise<Collected> {
  const pages = await Promise.all(ids.map(id => readExport(id, context)));
  const sources = pages.flatMap(({ artefacts }, index) =>
    artefacts.data.map(hole => ({ id: ids[index] as string, hole })),
  );
  refuseUnfinished(ids, pages, sources);
  const workspace = await context.results.workspace(key);
  const asked = await askedHoles(ids, context);
  const fetched = await fetchAll(sources, workspace, context);
  const origin: StoreOrigin = {
    operation: downloadExport,
    arguments: { export: ids },
    name: nameOf(pages, context),
    mediaType: 'text/csv',
    key,
  };
  let found = fetched;
  let stored: Stored;
  try {
    stored = await store(origin, found, asked, context);
  } catch (error) {
    if (!isFault(error, 'bad_upstream_reply')) throw error;
    found = await withoutDamaged(fetched, workspace);
    if (found.files.length === fetched.files.length) throw error;
    stored = await store(origin, found, asked, context);
  }
  const { result, words, tally } = stored;
  if (found.missed.size === 0) await workspace.discard();
  return { result, summary: `${origin.name}: ${words}.`, tally, warnings: result.warnings ?? [] };
}

/** Files by hole, and what to tell of the holes that have none. */
interface Fetched {
  files: (Part & { file: string })[];
  /** Ids of holes the platform itself could not do. */
  failed: string[];
  /** Ids of holes that it calls done, without a file. */
  empty: string[];
  /** What became of holes whose file is not there yet, or could not be fetched or read; another call may succeed. */
  missed: Map<string, string>;
}

interface Stored extends Pick<Tallied, 'tally' | 'words'> {
  result: StoredResult;
}

async function store(
  origin: StoreOrigin,
  { files, failed, empty, missed }: Fetched,
  asked: Parts['asked'],
  context: OperationContext,
): Promise<Stored> {
  const told = missedWarnings(missed);
  const count = (withData: readonly string[], without: readonly string[]) =>
    tallyOf({ nouns: 'holes', asked, withData, failed: [...failed, ...missed.keys()], empty: [...empty, ...without] });
  if (files.length === 0) {
    const { notes } = tallyOf({ nouns: 'holes', asked, withData: [...missed.keys()], failed, empty });
    throw nothingToJoin([...notes, ...told], missed.size > 0);
  }
  if (missed.size > 0) told.push('Call datarock_download_export again to fetch what is missing.');
  context.progress(`joining ${files.length} files`);
  const table = await joinTables(files, { keyColumn: 'hole_id', signal: context.signal });
  // What is not whole is fetched afresh by the next call, so it must not be found under the key.
  const key = missed.size > 0 ? undefined : origin.key;
  const warnings = [...told, ...table.warnings];
  let tallied = count([], []);
  async function* batches() {
    yield* table.batches;
    // Only now it is known which files had rows. The store writes its warnings after the last of them.
    const keys = files.map(file => file.key);
    const has = (hole: string) => (table.partRows.get(hole) ?? 0) > 0;
    tallied = count(
      keys.filter(has),
      keys.filter(hole => !has(hole)),
    );
    warnings.unshift(...tallied.notes);
  }
  const result = await context.store({ ...origin, key, warnings }, { table: { ...table, batches: batches() } });
  return { result, words: tallied.words, tally: tallied.tally };
}

function missedWarnings(missed: ReadonlyMap<string, string>): string[] {
  const more = missed.size - mostNamed;
  return [...[...missed.values()].slice(0, mostNamed), ...(more > 0 ? [`${more} more holes have no file, too.`] : [])];
}

async function fetchAll(sources: readonly Source[], workspace: Workspace, context: OperationContext): Promise<Fetched> {
  const links = new Links(context);
  const ready = sources.filter(({ hole }) => isReady(hole));
  let done = 0;
  const outcomes = await pMap(
    ready,
    async source => {
      const outcome = await fetchHole(source, workspace, links, context);
      done += 1;
      context.progress(`${done} of ${ready.length} files`, done, ready.length);
      return outcome;
    },
    { concurrency: atATime, signal: context.signal },
  );
  return {
    files: outcomes.flatMap(outcome => outcome.part ?? []),
    failed: sources.flatMap(({ hole }) => (hasFailed(hole) ? hole.holeId : [])),
    empty: sources.flatMap(({ hole }) => (isEmpty(hole) ? hole.holeId : [])),
    missed: new Map([
      ...outcomes.flatMap(({ missed }) => (missed ? [missed] : [])),
      ...sources.flatMap(({ hole }): [string, string][] =>
        isReady(hole) || hasFailed(hole) || isEmpty(hole)
          ? []
          : [[hole.holeId, `Hole ${hole.holeId}: ${hole.status}, no file yet.`]],
      ),
    ]),
  };
}

type Outcome =
  | { part: Fetched['files'][number]; missed?: never }
  | { missed: [hole: string, why: string]; part?: never };

async function fetchHole(
  source: Source,
  workspace: Workspace,
  links: Links,
  context: OperationContext,
): Promise<Outcome> {
  const { holeId } = source.hole;
  const file = fileOf(source);
  const part = { key: holeId, path: workspace.path(file), recordBytes: workspace.recordBytes, file };
  if (await workspace.has(file)) return { part };
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { body, headers } = await context.download(await links.of(source));
      await workspace.write(file, csvOnly(body as Readable, headers), context.signal);
      return { part };
    } catch (error) {
      if (!isFault(error) || ours.has(error.code) || context.signal.aborted) throw error;
      if (attempt > 2) return { missed: [holeId, `Hole ${holeId}: ${error.message}`] };
      // Links last an hour; asking for the status again gives fresh ones.
      if (error.status !== undefined && error.status < 500) links.renew(source);
    }
  }
}

/** Faults of the results folder: no other file would fare better. */
const ours: ReadonlySet<FaultCode> = new Set(['too_large', 'not_configured']);

/** A proxy's page, or a storage's error under status 200, would pass for a table of one column. */
async function* csvOnly(body: Readable, { 'content-type': type = '' }: Record<string, string>) {
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    const what = bytes === 0 ? otherThanCsv(chunk, type) : undefined;
    if (what) throw noFile(what);
    bytes += chunk.length;
    yield chunk;
  }
  if (bytes === 0) throw noFile('nothing');
}

function otherThanCsv(beginning: Buffer, type: string): string | undefined {
  const text = beginning.subarray(0, 256).toString().trimStart();
  if (/^text\/html\b/i.test(type) || /^<(!doctype|html)/i.test(text)) return 'a web page';
  if (text.startsWith('<')) return 'XML';
  return text.startsWith('{') || /\bjson\b/i.test(type) ? 'JSON' : undefined;
}

const noFile = (what: string) =>
  new Fault({
    code: 'bad_upstream_reply',
    message: `the storage answered with ${what} instead of the file.`,
    hint: 'Look for a proxy between this machine and the storage of Datarock.',
  });

const fileOf = ({ id, hole }: Source) => `${id} ${hole.holeId}`;

// A file can be cut off and yet arrive whole by HTTP. It is left out, told, and fetched afresh by the next call.
async function withoutDamaged({ files, ...fetched }: Fetched, workspace: Workspace): Promise<Fetched> {
  const whole: Fetched = { ...fetched, files: [], missed: new Map(fetched.missed) };
  for (const part of files) {
    const reason = await whyNoTable(part);
    if (reason === undefined) {
      whole.files.push(part);
      continue;
    }
    whole.missed.set(part.key, `Hole ${part.key}: its file was left out. ${reason}`);
    await workspace.remove(part.file);
  }
  return whole;
}

function refuseUnfinished(ids: readonly string[], pages: readonly ExportPage[], sources: readonly Source[]): void {
  const open = pages.filter(page => !isOver(page));
  if (open.length === 0) return;
  const done = sources.filter(({ hole }) => isReady(hole) || hasFailed(hole)).length;
  throw new Fault({
    code: 'conflict',
    message: `The export is still ${open[0]?.status}: ${done} of ${sources.length} holes are done.`,
    hint: `Call wait_for_run {"run": "datarock://exports/${ids.join(joint)}"}.`,
  });
}

function nothingToJoin(reasons: readonly string[], again: boolean): Fault {
  return new Fault({
    code: again ? 'bad_upstream_reply' : 'not_found',
    message: ['The export has no file that can be read.', ...reasons].join(' '),
    hint: again
      ? 'Call datarock_download_export again; if it stays so, start the export again.'
      : 'Export without updated_since: the newest run of each hole is taken.',
  });
}

function nameOf(pages: readonly ExportPage[], context: OperationContext): string {
  const names = pages.map(
    ({ type, projectId }) => `${type?.name ?? 'Export'} of ${context.labelOf(projectName, projectId, {})}`,
  );
  return [...new Set(names)].join(', ');
}
