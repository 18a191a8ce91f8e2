import { Readable } from 'node:stream';
import type { SimulatorReply } from '../../../../sandbox/router.ts';
import { type Call, type Caller, demandEdit, done, type Endpoint, ok, pick } from '../call.ts';
import type { Content } from '../content.ts';
import { noSuch, refusal } from '../refusal.ts';
import { type DataConnection, isoTime, type StoredFile, uuidForm, type World } from '../world.ts';

/** What can hold files. */
export const fileSources = [
  'Files',
  'S3',
  'Azure Blob',
  'Dropbox',
  'GitHub',
  'GoogleCloud',
  'Amazon EFS',
  'SharePoint',
  'CoreWeave',
];

export interface Entry {
  /** Below the folder that was asked for. */
  path: string;
  isFile: boolean;
  /** Absent for folders. */
  file?: StoredFile;
}

/** Connectors go by UUID or Grok name, in any letter case. */
export function connector(caller: Caller, name: string): DataConnection {
  const found = pick(caller, 'Connection', caller.world.connections.values(), name, { anyCase: true });
  if (!fileSources.includes(found.dataSource)) throw refusal(400, `${found.friendlyName} holds no files`);
  return found;
}

/** Refuses what would leave the folder, and drops the slash at the start. */
export function filePath(given: string): string {
  const path = given.replace(/^\//, '');
  if (path.split('/').some(step => step === '..' || step === '.' || step === '')) {
    throw refusal(400, `Not a path of a file: ${given}`);
  }
  return path;
}

function folderPath(given: string): string {
  if (given.endsWith('/')) return folderPath(given.slice(0, -1));
  return given === '' ? '' : `${filePath(given)}/`;
}

/** What is in a folder, folders first seen included; undefined where there is no such folder. */
function entriesOf(world: World, holder: string, folder: string, recursive: boolean): Entry[] | undefined {
  const prefix = `${holder}/${folder}`;
  const inside = [...world.files].filter(([key]) => key.startsWith(prefix));
  if (inside.length === 0 && folder !== '') return undefined;
  const found = new Map<string, Entry>();
  for (const [key, file] of inside) {
    const steps = key.slice(prefix.length).split('/');
    for (let depth = 1; depth < steps.length; depth += 1) {
      const path = steps.slice(0, depth).join('/');
      if (recursive || depth === 1) found.set(path, { path, isFile: false });
    }
    const path = steps.join('/');
    if (steps.at(-1) !== '' && (recursive || steps.length === 1)) found.set(path, { path, isFile: true, file });
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

export function readFile(world: World, holder: string, path: string): StoredFile {
  const file = world.files.get(`${holder}/${path}`);
  if (file) return file;
  if (entriesOf(world, holder, `${path}/`, false)) throw refusal(400, `${path} is a folder`);
  throw noSuch('File', path);
}

export function writeFile(world: World, holder: string, path: string, file: StoredFile): void {
  if (world.files.has(`${holder}/${path}`) || !entriesOf(world, holder, `${path}/`, false)) {
    world.files.set(`${holder}/${path}`, file);
  } else throw refusal(400, `${path} is a folder`);
}

export function removeFile(world: World, holder: string, path: string): void {
  readFile(world, holder, path);
  world.files.delete(`${holder}/${path}`);
}

export const bytesReply = ({ size, open }: Content, type: string): SimulatorReply => ({
  status: 200,
  headers: { 'content-type': type, 'content-length': String(size) },
  body: open(),
});

const typeOf = (path: string): string =>
  path.endsWith('.csv') ? 'text/csv; charset=utf-8' : 'application/octet-stream';

/** The body of an upload: raw bytes, however they arrive. */
export const bodyOf = ({ request }: Call): Readable => request.stream ?? Readable.from([request.bytes]);

function download(call: Call): SimulatorReply {
  const path = filePath(call.raw('path'));
  const { content } = readFile(call.world, connector(call, call.identifier('connector')).id, path);
  return bytesReply(content, typeOf(path));
}

async function upload(call: Call): Promise<SimulatorReply> {
  const { world, state, request, now } = call;
  const path = filePath(call.raw('path'));
  const target = connector(call, call.identifier('connector'));
  demandEdit(call, target, `write to ${target.friendlyName}`);
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/octet-stream\b/i.test(type)) throw refusal(415, `A file cannot be sent as ${type || 'nothing'}`);
  const content = await state.spool.keep(bodyOf(call));
  writeFile(world, target.id, path, { content, updatedOn: now });
  return done;
}

function remove(call: Call): SimulatorReply {
  const target = connector(call, call.identifier('connector'));
  demandEdit(call, target, `delete from ${target.friendlyName}`);
  removeFile(call.world, target.id, filePath(call.raw('path')));
  return done;
}

/** Paths in a listing are from the root of what holds the files. */
export function listFolder(world: World, holder: string, given: string, recursive: boolean) {
  const folder = folderPath(given);
  const entries = entriesOf(world, holder, folder, recursive);
  if (!entries) throw noSuch('Folder', given);
  return entries.map(({ path, isFile, file }) => ({
    path: folder + path,
    isFile,
    ...(file && { size: file.content.size, updatedOn: isoTime(file.updatedOn) }),
  }));
}

function list(call: Call): SimulatorReply {
  const id = call.raw('connector');
  if (!uuidForm.test(id)) throw noSuch('Connection', id);
  const path = call.raw('path');
  // Without the slash at the end it is not a listing.
  if (path !== '' && !path.endsWith('/')) throw refusal(400, `${path} is not a folder: its path has to end in a slash`);
  const { world, flag } = call;
  return ok(listFolder(world, connector(call, id).id, path, flag('recursive') ?? false));
}

/** One directory, as far as the caller does not have it already. */
function sync(call: Call): SimulatorReply {
  const { world, flag, query } = call;
  const target = connector(call, call.identifier('connector'));
  const folder = folderPath(call.raw('dir'));
  const held = call.object();
  const extension = query('ext')?.replace(/^\.?/, '.').toLowerCase();
  const entries = entriesOf(world, target.id, folder, flag('recursive') ?? false);
  if (!entries) throw noSuch('Folder', folder);
  const files = entries.filter(({ isFile, path }) => isFile && (!extension || path.toLowerCase().endsWith(extension)));
  if (files.length === 0) return { status: 204 };
  const boundary = `sync-${call.now.toString(36)}-${target.id}`;
  return {
    status: 200,
    headers: { 'content-type': `multipart/mixed; boundary=${boundary}` },
    body: Readable.from(syncParts(boundary, files, held), { objectMode: true, highWaterMark: 1 }),
  };
}

async function* syncParts(boundary: string, files: readonly Entry[], held: Record<string, unknown>) {
  const head = (path: string, status: string, etag: string) =>
    `--${boundary}\r\nContent-Type: application/octet-stream\r\n` +
    `Content-Disposition: attachment; filename="${path.replace(/["\\]/g, '\\$&')}"\r\n` +
    `X-File-Status: ${status}\r\nX-File-E-Tag: ${etag}\r\n\r\n`;
  for (const { path, file } of files) {
    if (!file) continue;
    const { etag, open } = file.content;
    const known = held[path];
    yield head(path, known === etag ? 'not-modified' : known === undefined ? 'new' : 'modified', etag);
    if (known !== etag) yield* open();
    yield '\r\n';
  }
  const there = new Set(files.map(({ path }) => path));
  for (const path of Object.keys(held)) if (!there.has(path)) yield `${head(path, 'deleted', '')}\r\n`;
  yield `--${boundary}--\r\n`;
}

export const fileEndpoints: readonly Endpoint[] = [
  ['B1-root', 'POST /public/v1/files/sync/:connector', sync],
  ['B1-root', 'POST /public/v1/files/sync/:connector/', sync],
  ['B1', 'POST /public/v1/files/sync/:connector/*dir', sync],
  ['A1', 'GET /public/v1/files/:connector/*path', download],
  ['A2', 'POST /public/v1/files/:connector/*path', upload],
  ['B2', 'DELETE /public/v1/files/:connector/*path', remove],
  ['C1-root', 'GET /connectors/connections/:connector/files/', list],
  ['C1', 'GET /connectors/connections/:connector/files/*path', list],
];
