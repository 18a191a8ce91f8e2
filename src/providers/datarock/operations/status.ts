import * as z from 'zod';
import { Fault } from '../../../base/errors.ts';
import { forEach } from '../../../http/paging/for-each.ts';
import { offset } from '../../../http/paging/offset.ts';
import { type OperationContext, operation } from '../../../operations/operation.ts';
import type { Parts } from '../../../operations/tally.ts';
import { uriTemplate } from '../../../operations/uri-template.ts';
import { explainHoles } from './why-failed.ts';

/** Several exports that were one request of the user travel as one run, their ids joined by this. */
export const joint = '~';

/** `asked`: how many holes were asked for, which the platform does not tell of those that it leaves out. */
export const exportTemplate = uriTemplate('datarock://exports/{export}{?asked}');

export const exportIds = z
  .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
  .describe('Export id, or its run URI')
  .meta({
    fromUri: (uri: string) => exportTemplate.match(uri)?.['export'],
    foundIn: { listing: 'datarock_list_exports', key: 'uuid' },
  })
  .transform(value => [value].flat().flatMap(one => (exportTemplate.match(one)?.['export'] ?? one).split(joint)));

const holeStatus = z.looseObject({ holeId: z.string(), status: z.string() });

const exportPage = z.looseObject({
  uuid: z.string(),
  status: z.string(),
  projectId: z.string(),
  type: z.looseObject({ name: z.string(), key: z.string() }).nullish(),
  expiryDate: z.number().nullish(),
  artefacts: z.looseObject({
    data: z.array(holeStatus.extend({ url: z.string().nullish(), linkExpiryTime: z.number().nullish() })),
    total: z.number().nullish(),
  }),
});

export type ExportPage = z.output<typeof exportPage>;

export const getExport = operation({
  name: 'datarock_get_export',
  route: 'GET /export/artefacts/{export}',
  risk: 'reads',
  summary: 'Show how far an export is, hole by hole.',
  words: 'progress of an export',
  input: z.strictObject({ export: exportIds }),
  output: holeStatus.extend({ runAt: z.string().nullish().describe('When the pipeline ran that it is from') }),
  paging: forEach(
    'export',
    offset({
      // A link is a credential of its own; datarock_download_export uses it, nobody has to see it.
      items(body) {
        const { artefacts, type } = body as ExportPage;
        return (artefacts?.data ?? []).map(hole => holeLine(hole, type));
      },
      total: 'artefacts.total',
      about(body) {
        const { artefacts: _, expiryDate, ...about } = body as ExportPage;
        return { ...about, expiryDate: isoTime(expiryDate) };
      },
      pageSize: 500,
      maxPageSize: 500,
      // That this route takes limit and offset is inferred from a sister route: they are sent only where needed.
      bareFirst: true,
    }),
  ),
  async explain(rows, { export: ids }, context) {
    const pages = await Promise.all(ids.map(id => readExport(id, context)));
    const failedOf = ({ projectId, artefacts: { data } }: ExportPage) => ({
      project: projectId,
      failed: data.filter(hasFailed).map(({ holeId }) => holeId),
    });
    return explainHoles(rows, pages.map(failedOf), context);
  },
  resource: { uri: 'datarock://exports/{export}', title: 'A Datarock export, hole by hole' },
  example: { arguments: { export: '3f0c2a5e-7f67-4f0e-9a53-0d0f5f3a9c11' } },
});

type HoleStatus = ExportPage['artefacts']['data'][number];

/** A hole in the list; what each of them is of is said of the export already. */
function holeLine({ url, linkExpiryTime: _, runAt, exportType, ...hole }: HoleStatus, type: ExportPage['type']) {
  const same = JSON.stringify(exportType) === JSON.stringify(type);
  return {
    ...hole,
    ...(runAt === undefined ? {} : { runAt: isoTime(runAt) }),
    ...(same || exportType === undefined ? {} : { exportType }),
    file_ready: Boolean(url),
  };
}

/** The vendor's times are taken for Unix seconds, going by the digits of its examples. */
function isoTime(seconds: unknown): unknown {
  const moment = new Date(typeof seconds === 'number' ? seconds * 1000 : Number.NaN);
  return Number.isNaN(moment.getTime()) ? seconds : moment.toISOString();
}

// What a call has seen finished it need not ask for again: the download that follows the last poll uses its links.
const finished = new WeakMap<OperationContext, Map<string, ExportPage>>();

/** Every page of one export, links included: for polling and downloading. `fresh`: with new links. */
export async function readExport(id: string, context: OperationContext, { fresh = false } = {}): Promise<ExportPage> {
  const seen = finished.get(context) ?? new Map<string, ExportPage>();
  const known = seen.get(id);
  if (known && !fresh) return known;
  const page = await readPages(id, context);
  if (page.status === 'completed') finished.set(context, seen.set(id, page));
  return page;
}

async function readPages(id: string, context: OperationContext): Promise<ExportPage> {
  const first = await readPage(id, context);
  // By hole: a server that answers its first page again and again counts nobody twice.
  const holes = new Map(first.artefacts.data.map(hole => [hole.holeId, hole]));
  let read = first.artefacts.data.length;
  // However many it puts on a page: until as many as it says have come, or nothing more comes.
  while (read > 0 && holes.size < (first.artefacts.total ?? 0)) {
    const { data } = (await readPage(id, context, { limit: 500, offset: read })).artefacts;
    const fresh = data.filter(({ holeId }) => !holes.has(holeId));
    if (fresh.length === 0) break;
    for (const hole of fresh) holes.set(hole.holeId, hole);
    read += data.length;
  }
  return { ...first, artefacts: { ...first.artefacts, data: [...holes.values()] } };
}

async function readPage(
  id: string,
  context: OperationContext,
  query: Record<string, number> = {},
): Promise<ExportPage> {
  const { body } = await context.request(getExport, { export: id }, { query });
  const parsed = exportPage.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new Fault({
    code: 'bad_upstream_reply',
    message: `Datarock answered the status of export ${id} in a form it does not document: ${parsed.error.issues[0]?.path.join('.')} ${parsed.error.issues[0]?.message}.`,
    hint: 'Repeat the call once; if it stays, the API has changed and this server needs an update.',
  });
}

/** Holes that one sentence names. */
export const mostNamed = 10;

export const isReady = (hole: HoleStatus) => Boolean(hole.url);
export const hasFailed = (hole: HoleStatus) => !hole.url && /fail|error|cancel/i.test(hole.status);
/** It is said to be done, and there is no file. */
export const isEmpty = (hole: HoleStatus) => !hole.url && hole.status === 'completed';
const isDone = (hole: HoleStatus) => isReady(hole) || hasFailed(hole) || isEmpty(hole);

const endings = /^completed$|fail|error|cancel|expire/i;

/** Nothing more will come of it. Of a status word that nobody knows, the holes tell. */
export function isOver({ status, artefacts: { data, total } }: ExportPage): boolean {
  if (endings.test(status)) return true;
  return status !== 'in_progress' && data.length > 0 && data.length >= (total ?? 0) && data.every(isDone);
}

/** What became of the holes of exports that were one request; `asked`: those of the request, as far as known. */
export function partsOf(pages: readonly ExportPage[], asked: Parts['asked']): Parts {
  const holes = pages.flatMap(({ artefacts }) => artefacts.data);
  const said = pages.reduce((sum, { artefacts: { total, data } }) => sum + Math.max(total ?? 0, data.length), 0);
  const those = (which: (hole: HoleStatus) => boolean) => holes.filter(which).map(({ holeId }) => holeId);
  return {
    nouns: 'holes',
    good: 'have a file',
    asked: asked ?? said,
    withData: those(isReady),
    failed: those(hasFailed),
    empty: those(isEmpty),
    open: those(hole => !isDone(hole)),
  };
}
