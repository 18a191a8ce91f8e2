import * as z from 'zod';
import { Fault, isFault } from '../../../base/errors.ts';
import type { Row } from '../../../base/json-value.ts';
import { firstOf } from '../../../base/nearest.ts';
import { parseTime, type TimeUse, time } from '../../../base/time.ts';
import type { RunKind } from '../../../operations/operation.ts';
import { type OperationContext, operation } from '../../../operations/operation.ts';
import { holesMeant, withNearest } from '../hole-names.ts';
import { downloadExport } from './download.ts';
import { askedHoles, keepAsked } from './order.ts';
import { artefact, listArtefacts, listHoles, project } from './projects.ts';
import { type ExportPage, exportTemplate, isOver, joint, mostNamed, partsOf, readExport } from './status.ts';

/**
 * Holes in one request. Datarock names no limit; its status pages hold 500, so that each export is one page.
 * Inferred: change it here.
 */
export const holesPerExport = 500;

/** Exports that one call starts at the most. */
export const mostExports = 20;

export const exportRun: RunKind = {
  noun: 'export',
  uri: exportTemplate.template,
  // `failed` is not public; the platform's pipelines can fail, so some such word must exist.
  words: { in_progress: 'running', completed: 'succeeded', failed: 'failed' },
  pace: { firstMs: 5_000, longestMs: 60_000 },
  async poll({ export: joined = '', asked }, context) {
    const ids = joined.split(joint);
    const pages = await Promise.all(ids.map(id => readExport(id, context)));
    const parts = partsOf(pages, (await askedHoles(ids, context)) ?? (await askedBy(asked, ids, context)));
    const over = pages.every(isOver);
    const { withData, failed = [] } = parts;
    const status = !over ? undefined : withData.length === 0 && failed.length > 0 ? 'failed' : 'succeeded';
    return {
      word: jointWord(pages),
      ...(status ? { status } : {}),
      parts,
      ...(failed.length ? { notes: [whyTheyFail] } : {}),
    };
  },
  result: { operation: () => downloadExport, arguments: ({ export: id = '' }) => ({ export: id.split(joint) }) },
};

/** What the run's URI tells, noted for the download. */
async function askedBy(asked: string | undefined, ids: readonly string[], context: OperationContext) {
  const count = Number(asked);
  if (!(count > 0)) return undefined;
  await keepAsked(ids, count, context);
  return count;
}

// Datarock does not say why; these are the causes that the caller can do something about.
const whyTheyFail =
  'A hole fails that had no pipeline run in the time asked for; without updated_since the newest run of each is exported.';

// Several exports are done when all are; one that failed alone does not spoil the others.
function jointWord(pages: readonly ExportPage[]): string {
  const words = pages.map(({ status }) => status);
  const open = pages.find(page => !isOver(page))?.status;
  return open ?? words.find(word => word === 'completed') ?? words[0] ?? 'in_progress';
}

const moment = (description: string, use?: TimeUse) =>
  time(description, use)
    .optional()
    .meta({
      encode: (value: string | number, now: number, name: string) => Math.floor(parseTime(value, name, now) / 1000),
    });

/** Where to look when nobody knows whether an export was started. */
const inDoubt =
  'It may have been started, which does no harm: datarock_list_exports may show it; otherwise start it again.';

export const createExport = operation({
  name: 'datarock_create_export',
  route: 'POST /export/artefacts/{artefact}/{version}',
  risk: 'starts',
  summary:
    'Export the data of an artefact (RQD, ...) for holes of a project, from the latest pipeline run. ' +
    'Waits, and answers one stored table of all holes with hole_id.',
  words:
    'get download rock quality designation, lithology, rock types, logged intervals, fractures per metre, veins, core photos images, depth registration',
  input: z.strictObject({
    project: project.meta({ wire: 'projectUuid' }),
    artefact,
    version: z.string().optional().describe('Default: the newest'),
    holes: z
      .union([z.literal('all'), z.array(z.string().min(1)).min(1), z.string().min(1)])
      .describe('Hole ids, "DDH00*", "DDH001-DDH010" or "all"')
      .meta({ longest: 65_536 }),
    updated_since: moment('Pipeline run started at or after').meta({ wire: 'lastUpdatedSince' }),
    updated_before: moment('... at or before (unconfirmed in v3)', { edge: 'end' }).meta({
      wire: 'lastUpdatedBefore',
      notBefore: 'updated_since',
    }),
  }),
  output: z.looseObject({
    exports: z.array(z.string()),
    artefact: z.string(),
    version: z.string(),
    holes: z.number(),
    notes: z.array(z.string()).optional(),
  }),
  verifyWith: inDoubt,
  starts: {
    run: exportRun,
    variables: ({ exports, holes }) => ({ export: exports.join(joint), asked: String(holes) }),
  },
  example: { arguments: { project: 'Copperhead North', artefact: 'RQD', holes: 'all' } },
  async send(
    { project: projectUuid, artefact: key, version: wanted, holes: wish, updated_since, updated_before },
    context,
  ) {
    const { version, note } = await chooseVersion(projectUuid, key, wanted, context);
    const bounds = { updated_since, updated_before };
    const { holes, notes: chosen } = await chooseHoles(projectUuid, wish, context);
    const exports: string[] = [];
    let started = 0;
    const notes = [...(note ? [note] : []), ...chosen];
    for (let start = 0; start < holes.length; start += holesPerExport) {
      const batch = holes.slice(start, start + holesPerExport);
      try {
        exports.push(
          await startExport({ project: projectUuid, artefact: key, version, holes: batch, ...bounds }, context),
        );
        started += batch.length;
      } catch (error) {
        if (exports.length === 0 || !isFault(error)) throw error;
        notes.push(
          `Started for the first ${start} of ${holes.length} holes only: ${error.message} Export the rest in another call, from hole ${batch[0]} on.`,
        );
        break;
      }
    }
    await keepAsked(exports, holes.slice(0, started), context);
    return { exports, artefact: key, version, holes: started, ...(notes.length ? { notes } : {}) };
  },
});

async function startExport(args: Record<string, unknown>, context: OperationContext): Promise<string> {
  const { body } = await context.request(createExport, args);
  const parsed = z.looseObject({ exportId: z.string().min(1) }).safeParse(body);
  if (parsed.success) return parsed.data.exportId;
  throw new Fault({
    code: 'bad_upstream_reply',
    message: 'Datarock answered with success, but does not name the export.',
    hint: inDoubt,
  });
}

/** The newest version unless one is wanted; `note` says what was chosen where there was a choice. */
async function chooseVersion(
  projectUuid: string,
  key: string,
  wanted: string | undefined,
  context: OperationContext,
): Promise<{ version: string; note?: string }> {
  const rows = await context.rememberedRows(listArtefacts, { project: projectUuid });
  const row = rows.find(one => one['key'] === key);
  const versions = ((row?.['versions'] ?? []) as { version: string }[])
    .map(({ version }) => version)
    .toSorted((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  const [newest] = versions;
  if (wanted !== undefined && !versions.includes(wanted))
    throw new Fault({
      code: 'not_found',
      message: `Artefact ${key} has no version "${wanted}".`,
      hint: versions.length ? `It has: ${versions.join(', ')}.` : 'Datarock lists no version of it.',
    });
  if (newest === undefined)
    throw new Fault({
      code: 'not_found',
      message: `Datarock lists no version of artefact ${key}.`,
      hint: 'Give version if you know one, or choose another artefact with datarock_list_artefacts.',
    });
  if (wanted !== undefined) return { version: wanted };
  return versions.length > 1
    ? { version: newest, note: `Version ${newest}, the newest of ${versions.toReversed().join(', ')}.` }
    : { version: newest };
}

interface Chosen {
  holes: string[];
  notes: string[];
}

/** Holes by what they are called, checked before anything is started: an export fails hole by hole, much later. */
async function chooseHoles(
  projectUuid: string,
  wish: 'all' | string | string[],
  context: OperationContext,
): Promise<Chosen> {
  const args = { project: projectUuid };
  const read = (rows: readonly Row[]) => rows.map(({ id }) => String(id));
  // Datarock's own pages disagree on whether the list may be left out, so it is always sent.
  if (wish === 'all') return bounded({ holes: read(await context.rows(listHoles, args)), notes: [] });
  const given = [wish].flat();
  const remembered = read(await context.rememberedRows(listHoles, args));
  const first = holesMeant(given, remembered);
  if (first.unknown.length === 0) return bounded(first);
  const known = read(await context.rows(listHoles, args));
  const { holes, notes, unknown } = holesMeant(given, known);
  if (unknown.length > 0) throw strangers(unknown, known);
  return bounded({ holes, notes });
}

function bounded(chosen: Chosen): Chosen {
  const { holes } = chosen;
  if (holes.length === 0)
    throw new Fault({
      code: 'bad_arguments',
      message: 'The project has no holes.',
      hint: 'Choose another project with datarock_list_projects.',
    });
  if (holes.length > mostExports * holesPerExport) throw tooMany(holes);
  return chosen;
}

function strangers(unknown: readonly string[], known: readonly string[]): Fault {
  const [only] = unknown;
  const names = unknown.length === 1 && only !== undefined ? ` ${withNearest(only, known)}` : 's ';
  const several =
    unknown.length === 1
      ? ''
      : `${firstOf(
          unknown.map(name => withNearest(name, known)),
          mostNamed,
        )}.`;
  return new Fault({
    code: 'bad_arguments',
    message: `The project has no hole${names}${several}${names.endsWith('?') || several ? '' : '.'} Nothing was started.`,
    hint: 'datarock_list_holes shows its holes; "all" exports them all, "DDH00*" and "DDH001-DDH010" several.',
  });
}

function tooMany(holes: readonly string[]): Fault {
  const most = mostExports * holesPerExport;
  return new Fault({
    code: 'too_large',
    message: `These are ${holes.length} holes, and one call exports ${most} at the most. Nothing was started.`,
    hint: `Name at most ${most} of them in holes, and the others in further calls; hole ${holes[most]} is the first that does not fit.`,
  });
}
