import type { Readable } from 'node:stream';
import * as z from 'zod';
import type { Row } from '../../../base/json-value.ts';
import { type BodyPart, bodyParts } from '../../../http/multipart/parts.ts';
import { type Collected, type Operation, type OperationContext, operation } from '../../../operations/operation.ts';
import type { StoredResult } from '../../../results/result.ts';
import { flag, folder, text } from '../arguments.ts';
import { fileName, keep } from '../stored-files.ts';
import { connector } from './connections.ts';

const input = z.strictObject({
  connector,
  dir: folder,
  recursive: flag('Folders inside too').meta({ in: 'query' }),
  ext: text('Only files that end so').meta({ in: 'query' }),
});

export const syncFolder: Operation = operation({
  name: 'datagrok_sync_folder',
  route: 'POST /public/v1/files/sync/{connector}/{dir*}',
  // Nothing changes upstream: what comes is what is not here yet.
  risk: 'reads',
  summary: 'Store the files of a folder, only those that changed since the last time. Undocumented.',
  words: 'mirror copy keep up to date',
  input,
  output: z.looseObject({}),
  example: { arguments: { connector: 'System:DemoFiles', dir: 'geology' } },
  collect: (args, context) => sync(args, context),
});

type Arguments = z.output<typeof input>;

/** Files of earlier times, by their path in the folder. */
type Held = Map<string, { result: StoredResult; etag: string }>;

async function sync(args: Arguments, context: OperationContext): Promise<Collected> {
  const prefix = `${context.connection.name} datagrok sync ${args.connector}/${args.dir ? `${args.dir}/` : ''}`;
  const held = await heldFiles(prefix, args, context);
  const etags = Object.fromEntries([...held].map(([path, { etag }]) => [path, etag]));
  const { status, headers, body } = await context.request(syncFolder, args, { json: etags, expect: 'stream' });
  const files: Row[] = [];
  if (status === 204) {
    (body as Readable).destroy();
    for (const [path, { result }] of held) files.push(await forget(path, result, context));
  } else
    for await (const part of bodyParts(body as Readable, headers['content-type'] ?? '')) {
      files.push(await take(part, { args, prefix, held }, context));
      context.progress(`${files.length} files`);
    }
  const name = `files of ${args.connector}/${args.dir}`;
  const origin = { operation: syncFolder, arguments: args, name, mediaType: 'application/x-ndjson' };
  const result = await context.store(origin, { rows: files });
  return { result, summary: summaryOf(files), warnings: [] };
}

async function heldFiles(prefix: string, { recursive, ext }: Arguments, { results }: OperationContext): Promise<Held> {
  const ending = ext === undefined ? '' : ext.replace(/^\.?/, '.').toLowerCase();
  const held: Held = new Map();
  for (const result of await results.list()) {
    const path = result.key?.startsWith(prefix) ? result.key.slice(prefix.length) : undefined;
    const { e_tag: etag } = result.source.arguments as { e_tag?: string };
    if (path === undefined || etag === undefined || (!recursive && path.includes('/'))) continue;
    if (path.toLowerCase().endsWith(ending)) held.set(path, { result, etag });
  }
  return held;
}

interface Folder {
  args: Arguments;
  prefix: string;
  held: Held;
}

async function take(
  { headers, bytes }: BodyPart,
  { args, prefix, held }: Folder,
  context: OperationContext,
): Promise<Row> {
  const path = fileNameIn(headers['content-disposition'] ?? '');
  const status = headers['x-file-status']?.toLowerCase();
  const before = held.get(path);
  if (status === 'deleted' || status === 'not-modified') bytes.resume();
  if (status === 'deleted') return forget(path, before?.result, context);
  if (status === 'not-modified')
    return { path, status, bytes: before?.result.bytes ?? null, result: before?.result.uri ?? null };
  const { result } = await keep(
    {
      operation: syncFolder,
      args: { ...args, path, e_tag: headers['x-file-e-tag'] },
      name: fileName(path),
      bytes,
      asIs: true,
      key: prefix + path,
    },
    context,
  );
  return { path, status: before ? 'modified' : 'new', bytes: result.bytes, result: result.uri };
}

/** What is gone there goes here, too, unless somebody has pinned it: this is a reading. */
async function forget(path: string, before: StoredResult | undefined, { results }: OperationContext): Promise<Row> {
  if (before?.pinned) return { path, status: 'deleted', bytes: before.bytes, result: before.uri };
  if (before) await results.remove(before.uri);
  return { path, status: 'deleted', bytes: null, result: null };
}

/** The last parameter: a path that may hold anything. */
function fileNameIn(disposition: string): string {
  const [, quoted] = /filename="((?:[^"\\]|\\.)*)"\s*$/.exec(disposition) ?? [];
  if (quoted !== undefined) return quoted.replace(/\\(.)/g, '$1');
  const [, bare = ''] = disposition.split('filename=').slice(-2);
  return bare.includes(';') ? '' : bare.trim();
}

function summaryOf(files: readonly Row[]): string {
  const count = (status: string) => files.filter(file => file['status'] === status).length;
  const parts = ['new', 'modified', 'not-modified', 'deleted'].flatMap(status => {
    const found = count(status);
    return found ? [`${found} ${status}`] : [];
  });
  return files.length ? `${files.length} files: ${parts.join(', ')}.` : 'The folder is empty.';
}
