import {
  ProtocolError,
  ProtocolErrorCode,
  type ReadResourceResult,
  type Resource,
  type ResourceTemplateType,
} from '@modelcontextprotocol/server';
import { outgoing } from '../answers/outgoing.ts';
import { renderAnswer } from '../answers/render.ts';
import { Fault } from '../base/errors.ts';
import type { Row } from '../base/json-value.ts';
import type { Redactor } from '../base/redact.ts';
import { oneLine } from '../base/text.ts';
import { lookalike } from '../base/unicode/visible.ts';
import { nameBound, refuseOversized } from '../calls/argument-bounds.ts';
import { callOperation } from '../calls/call.ts';
import type { CallOptions } from '../calls/call-scope.ts';
import { operationContext, readRows } from '../calls/execute.ts';
import { matchingRows, ownArguments } from '../calls/names/name-index.ts';
import { asProtocolError } from '../calls/protocol-errors.ts';
import { type CallerServices, isBatchUri } from '../calls/services.ts';
import type { OperationManifest } from '../catalog/manifest.ts';
import { pageOf } from '../catalog/pages.ts';
import type { Chain } from '../operations/chain.ts';
import {
  fieldMeta,
  fieldOf,
  type OperationContext,
  type Reference,
  type ResourceSpec,
} from '../operations/operation.ts';
import { uriTemplate } from '../operations/uri-template.ts';
import type { StoredResult } from '../results/result.ts';
import type { ResultStore } from '../results/store/store.ts';
import type { ToolSet } from '../tools/registry.ts';
import { readPage } from './page.ts';

type Shown = OperationManifest & { resource: ResourceSpec };

const mimeType = 'application/json';
/** A stored result up to this many bytes is shown whole; a larger one is described. */
const wholeUpTo = 256 * 1024;
const pageSize = 100;

/** What a resource holds, and for how long it will: 0 for everything that a platform may change at any time. */
export interface ResourceContents {
  contents: ReadResourceResult['contents'];
  ttlMs: number;
}

/** Resources of this process: listings and things of the platforms, and stored results. */
export interface ResourceSet {
  templates: readonly ResourceTemplateType[];
  list(cursor?: string): Promise<{ resources: Resource[]; nextCursor?: string }>;
  read(uri: string, options?: CallOptions): Promise<ResourceContents>;
  /** What the variable of a template can be that begins like `value`. `given`: variables that were chosen before. */
  complete(
    template: string,
    variable: string,
    value: string,
    given: Record<string, string>,
    options?: CallOptions,
  ): Promise<string[]>;
}

export function createResources(shared: CallerServices, tools: ToolSet): ResourceSet {
  const shown = shared.catalog.operations.filter((operation): operation is Shown => operation.resource !== undefined);
  const isFixed = ({ resource }: Shown) => !resource.uri.includes('{');
  const fixed = shown.filter(isFixed).map(
    (operation): Resource => ({
      uri: operation.resource.uri,
      name: operation.resource.title,
      description: operation.summary,
      mimeType,
    }),
  );
  const templates = shown
    .filter(operation => !isFixed(operation))
    .map(
      (operation): ResourceTemplateType => ({
        uriTemplate: operation.resource.uri,
        name: operation.resource.title,
        description: operation.summary,
        mimeType,
      }),
    );

  return {
    templates: [
      ...templates,
      {
        uriTemplate: 'chain://{name}',
        name: 'Chain',
        description: 'Calls that were saved to be run again.',
        mimeType,
      },
      {
        uriTemplate: 'result://{id}',
        name: 'Stored result',
        description: 'A table or file that an earlier call stored.',
      },
    ],

    async list(cursor) {
      const stored = (await shared.results.list()).map(result => shared.redactor.value(resultResource(result)));
      const chains = (await shared.chains.list()).map(chain => shared.redactor.value(chainResource(chain)));
      const all = [...fixed, ...chains, ...stored];
      const start = cursor === undefined ? 0 : all.findIndex(({ uri }) => uri === cursor) + 1;
      if (start === 0 && cursor !== undefined)
        throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Unknown cursor');
      const resources = all.slice(start, start + pageSize);
      const last = resources.at(-1);
      return { resources, ...(last && start + pageSize < all.length ? { nextCursor: last.uri } : {}) };
    },

    async read(uri, options = {}) {
      return asProtocolError(shared, uri, async () => {
        refuseOversized(uri, nameBound, 'The URI');
        const page = pageOf(uri);
        if (page) return readPage(page, uri);
        return tools.runAsCall(`read ${uri.split('://', 1)[0]}`, options, async call => {
          if (uri.startsWith('result://')) return readStored(shared, uri);
          if (uri.startsWith('chain://')) return readChain(shared, uri);
          if (isBatchUri(uri)) return readBatch(shared, uri);
          const found = find(shown, uri);
          if (!found) throw nothingThere(uri);
          const args = { ...found.variables, ...(found.operation.lists ? { limit: 'all' } : {}) };
          const answer = await callOperation(shared, await shared.catalog.load(found.operation), args, call);
          const text = JSON.stringify(renderAnswer(await outgoing(answer, shared.redactor)).structuredContent);
          return { contents: [{ uri, mimeType, text }], ttlMs: 0 };
        });
      });
    },

    async complete(template, variable, value, given, options = {}) {
      return asProtocolError(shared, template, async () => {
        refuseOversized([template, variable, value, given], nameBound, 'What is to be completed');
        if (template === 'chain://{name}')
          return matching(
            value,
            (await shared.chains.list()).map(({ chain }) => chain.name),
          );
        if (template === 'result://{id}') return matching(value, idsOf(await shared.results.list()));
        const facts = shown.find(({ resource }) => resource.uri === template);
        const operation = facts && (await shared.catalog.load(facts));
        const reference = operation && fieldMeta(fieldOf(operation.input, variable)).reference;
        if (!facts || !reference) return [];
        return tools.runAsCall(`complete ${facts.name}`, options, async call => {
          const connection = await shared.connections.choose(facts.platform, given['connection'], facts.api);
          const rows = matchingRows(
            reference,
            await candidates(reference, value, given, operationContext(shared, connection, call)),
          );
          const labels = matching(value, wordsIn(rows, reference.label));
          const keys = value ? matching(value, wordsIn(rows, reference.key)) : [];
          return [...new Set([...labels, ...keys].map(shared.redactor.line))];
        });
      });
    },
  };
}

const chainResource = ({ chain: { name, title, description } }: { chain: Chain }): Resource => ({
  uri: `chain://${name}`,
  name: title,
  ...(description === undefined ? {} : { description }),
  mimeType,
});

async function readChain({ chains }: CallerServices, uri: string): Promise<ResourceContents> {
  const { text } = await chains.get(uri);
  return { contents: [{ uri, mimeType, text }], ttlMs: 0 };
}

/** A batch as it is; reading it does nothing for it. */
async function readBatch({ batches, redactor }: CallerServices, uri: string): Promise<ResourceContents> {
  const text = JSON.stringify(renderAnswer(await outgoing(await batches.look(uri), redactor)).structuredContent);
  return { contents: [{ uri, mimeType, text }], ttlMs: 0 };
}

const nothingThere = (uri: string) =>
  new Fault({
    code: 'not_found',
    message: `Resource not found: ${uri}.`,
    hint: 'resources/list and resources/templates/list say what there is.',
  });

/** Things that a reference can mean: like the text where the platform can search, otherwise all there are. */
async function candidates(
  { list, search }: Reference,
  value: string,
  given: Record<string, string>,
  context: OperationContext,
): Promise<Row[]> {
  if (search === undefined) return context.rememberedRows(list(), given);
  const listing = list();
  const args = { ...ownArguments(listing, given), ...(value ? { [search]: value } : {}) };
  const parsed = listing.input.safeParse(args);
  return (await readRows(listing, parsed.data ?? args, context, { limit: 100 })).items;
}

const idsOf = (results: readonly StoredResult[]) => results.map(({ id }) => id);

/** A field of every row that has it. */
const wordsIn = (rows: readonly Row[], field: string) =>
  rows.flatMap(row => (row[field] == null ? [] : String(row[field])));

// What people type is the beginning of a word, not always of the first.
function matching(value: string, candidates: readonly string[]): string[] {
  const wanted = lookalike(value).toLowerCase();
  const [starts, holds]: [string[], string[]] = [[], []];
  for (const candidate of candidates) {
    const at = lookalike(candidate).toLowerCase().indexOf(wanted);
    if (at >= 0) (at === 0 ? starts : holds).push(candidate);
  }
  return [...starts, ...holds];
}

function find(shown: readonly Shown[], uri: string) {
  const [bare = uri, query = ''] = uri.split('?', 2);
  const connection = new URLSearchParams(query).get('connection');
  for (const operation of shown) {
    const variables = uriTemplate(operation.resource.uri).match(query ? uri : bare);
    if (variables) return { operation, variables: { ...variables, ...(connection ? { connection } : {}) } };
  }
  return undefined;
}

function resultResource({ uri, name, mediaType, bytes, rows, kind, source, createdAt }: StoredResult): Resource {
  const extent = kind === 'table' ? `${rows} rows` : `${bytes} bytes`;
  return {
    uri,
    name: oneLine(name),
    mimeType: mediaType,
    size: bytes,
    description: `${extent}, from ${source.operation}, ${createdAt}`,
  };
}

async function readStored({ results, clock, redactor }: CallerServices, uri: string): Promise<ResourceContents> {
  const result = await results.get(uri);
  // What is stored stays as it is, until it is removed.
  const ttlMs = Math.max(0, Date.parse(result.expiresAt) - clock.now());
  if (result.bytes > wholeUpTo) {
    const { key: _, ...facts } = result;
    const text = JSON.stringify({
      ...redactor.stored(facts),
      note: 'Too large to show whole: use read_result with offset, columns or where.',
    });
    return { contents: [{ uri, mimeType, text }], ttlMs };
  }
  const chunks: Buffer[] = [];
  for await (const chunk of await results.open(result)) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  if (result.kind === 'file')
    return { contents: [{ uri, mimeType: result.mediaType, blob: bytes.toString('base64') }], ttlMs };
  const text = await tableText(result, bytes.toString('utf8'), results, redactor);
  return { contents: [{ uri, mimeType: result.mediaType, text }], ttlMs };
}

/** A table as it came, unless one of its values may not be shown so: then written anew. */
async function tableText(
  result: StoredResult,
  text: string,
  results: ResultStore,
  { stored }: Redactor,
): Promise<string> {
  const rows: Row[] = [];
  for await (const row of await results.read(result)) rows.push(row);
  const safe = stored(rows);
  if (safe === rows) return stored(text);
  if (result.format !== 'csv') return safe.map(row => `${JSON.stringify(row)}\n`).join('');
  const { csvLine, csvRow } = await import('../results/tables/csv.ts');
  const columns = result.columns.map(({ name }) => stored(name));
  return csvLine(columns) + safe.map(row => csvRow(columns, row)).join('');
}
