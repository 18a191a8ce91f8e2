import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { addAbortSignal, Readable } from 'node:stream';
import type { Clock } from '../../base/clock.ts';
import { Fault } from '../../base/errors.ts';
import type { Row } from '../../base/json-value.ts';
import { createFile, diskFault, ifMissing } from '../disk.ts';
import { newId, type Provenance, resultId, resultUri, type StoredResult } from '../result.ts';
import { type Content, recognise } from '../tables/recognise.ts';
import { allRows, type RowPage, type RowQuery, readRows, type TableFile } from '../tables/table.ts';
import { createPerKeyQueue } from './per-key-queue.ts';
import {
  fileFacts,
  makeFolder,
  type ResultRecord,
  readFolder,
  readRecord,
  removeRecord,
  writeRecord,
} from './record-files.ts';
import { ownerFolder, sweepFolder } from './sweep.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

export { defaultResultsDirectory } from './record-files.ts';

/** Where something to store comes from. */
export interface Origin {
  name: string;
  /** As the platform declared it; `application/octet-stream` and `text/plain` leave it to the name's ending. */
  mediaType: string;
  source: Provenance;
  /** Names the origin, for example a run URI. A later write under the same key replaces this one. */
  key?: string | undefined;
  /** Read when everything is written, so the source may add to it until then. */
  warnings?: readonly string[] | undefined;
  signal?: AbortSignal | undefined;
}

/** Results on disk. Several processes may share one folder. */
export interface ResultStore {
  /**
   * Stores the content whole or not at all. Throws `bad_upstream_reply` for a damaged table, `too_large` when it
   * does not fit, `not_configured` when the folder cannot be used, the signal's reason when it aborts. A source that
   * is not a stream has to heed the signal itself while it waits.
   */
  write(origin: Origin, content: Content): Promise<StoredResult>;
  /** Throws `not_found`, with a hint how to make it again where that is known. */
  get(idOrUri: string): Promise<StoredResult>;
  findByKey(key: string): Promise<StoredResult | undefined>;
  /** Newest first. */
  list(): Promise<StoredResult[]>;
  rows(result: StoredResult, query?: RowQuery): Promise<RowPage>;
  /** Every row of a table, in its order, as it is read from the disk. */
  read(result: StoredResult, signal?: AbortSignal): Promise<AsyncIterable<Row>>;
  /** The stored bytes. A result that is gone shows as `not_found` when the stream is read. */
  open(result: StoredResult): Promise<Readable>;
  /** Where the rows of a table are, for a process of its own. Throws `bad_arguments` for a file. */
  table(result: StoredResult): Promise<TableFile>;
  /** The data file: CSV, lines of JSON or the bytes as they came. */
  path(result: StoredResult): Promise<string>;
  remove(idOrUri: string): Promise<void>;
  /** Keeps a result beyond its time and the quota, or no longer; it then lives as long as one made now. */
  pin(idOrUri: string, pinned: boolean): Promise<StoredResult>;
  usage(): Promise<Usage>;
  sweep(): Promise<void>;
  workspace(key: string): Promise<Workspace>;
}

/** What the results take, work areas aside. */
export interface Usage {
  bytes: number;
  quotaBytes: number;
}

export interface StoreSettings {
  directory: string;
  /** Whose results these are: one folder for each owner, so that nobody finds another's. Default: the whole process's. */
  owner?: string | undefined;
  clock: Clock;
  /** Default 5 GiB, for results and work areas together. */
  quotaBytes?: number | undefined;
  /** Default 7 days. */
  lifetimeMs?: number | undefined;
  /** How a person or a model makes a result again: the call, in words. */
  callOf?: ((source: Provenance) => string) | undefined;
}

const sweepEveryMs = 60_000;
const extensions = { csv: 'csv', ndjson: 'ndjson', bytes: 'bin' };

const idOf = (idOrUri: string) => resultId(idOrUri) ?? idOrUri;

/** Touches no file before its first use. */
export function openResultStore(settings: StoreSettings): ResultStore {
  const {
    directory: root,
    owner,
    clock,
    quotaBytes = 5 * 1_073_741_824,
    lifetimeMs = 7 * 86_400_000,
    callOf = plainCall,
  } = settings;

  const directory = owner === undefined ? root : ownerFolder(root, owner);
  const inTurn = createPerKeyQueue();
  let sweptAt = -Infinity;
  let bytesSince = 0;

  const sweep = (keep?: string) => sweepFolder(root, { now: clock.now(), quotaBytes, lifetimeMs, keep });

  /** A sweep reads every result's metadata, which a burst of small results need not pay for each time. */
  async function sweepWhenDue({ id, bytes }: StoredResult): Promise<void> {
    bytesSince += bytes;
    if (clock.now() - sweptAt < sweepEveryMs && bytesSince < quotaBytes / 20) return;
    sweptAt = clock.now();
    bytesSince = 0;
    await sweep(id);
  }

  const expired = ({ pinned, expiresAt }: StoredResult) => !pinned && Date.parse(expiresAt) <= clock.now();

  /** Metadata and data are there and whole, and have not expired. */
  const alive = async ({ result, file }: ResultRecord) =>
    !expired(result) && (await fileFacts(join(directory, file)))?.bytes === result.bytes;

  interface Found {
    /** Absent where nothing ever had the id, as far as is known. */
    last?: ResultRecord | undefined;
    isThere: boolean;
  }

  /** What had this id last. Whoever writes it anew removes the data that was known before, so it is looked at again. */
  async function find(id: string): Promise<Found> {
    for (let before: ResultRecord | undefined; ; ) {
      const last = await readRecord(directory, id);
      const isThere = last !== undefined && (await alive(last));
      if (isThere || last?.file === before?.file) return { last, isThere };
      before = last;
    }
  }

  async function record(idOrUri: string): Promise<ResultRecord> {
    const id = resultId(idOrUri);
    const { last, isThere }: Found = id === undefined ? { isThere: false } : await find(id);
    if (last && isThere) return last;
    throw missing(idOrUri, last && callOf(last.result.source));
  }

  async function table(uri: string): Promise<TableFile> {
    const { file, index, result } = await record(uri);
    if (result.kind === 'file') throw noTable(result);
    return { path: join(directory, file), index, ...result };
  }

  /** Another process may reap or replace a result between the look at its metadata and the opening of its data. */
  async function whileThere<Outcome>(uri: string, read: () => Promise<Outcome>): Promise<Outcome> {
    for (;;) {
      try {
        return await read();
      } catch (error) {
        ifMissing(undefined)(error);
        // Throws where it has gone; otherwise there is other data now.
        await record(uri);
      }
    }
  }

  async function* bytesOf(uri: string): AsyncGenerator<Uint8Array> {
    const data = await whileThere(uri, async () => open(join(directory, (await record(uri)).file)));
    yield* data.createReadStream();
  }

  async function* rowsOf(rows: AsyncIterable<Row>, uri: string): AsyncGenerator<Row> {
    try {
      yield* rows;
    } catch (error) {
      ifMissing(undefined)(error);
      await record(uri);
      throw replaced(uri);
    }
  }

  async function store(origin: Origin, content: Content): Promise<StoredResult> {
    await makeFolder(directory);
    const intake = await recognise(content, origin);
    const id = newId(origin.key);
    const file = `${id}-${newId()}.${extensions[intake.format]}`;
    const limits = { bytes: quotaBytes, signal: origin.signal };
    const { bytes, outcome: facts } = await createFile(join(directory, file), limits, intake.fill);
    const now = clock.now();
    const result: StoredResult = {
      id,
      uri: resultUri(id),
      kind: facts ? 'table' : 'file',
      format: facts ? intake.format : 'bytes',
      mediaType: intake.mediaType,
      name: origin.name,
      rows: facts?.rows ?? 0,
      columns: facts?.columns ?? [],
      sample: facts?.sample ?? [],
      bytes,
      createdAt: new Date(now).toISOString(),
      expiresAt: new Date(now + lifetimeMs).toISOString(),
      source: origin.source,
      ...(origin.key === undefined ? {} : { key: origin.key }),
      ...(origin.warnings?.length ? { warnings: [...origin.warnings] } : {}),
    };
    const index = facts?.index ?? { every: 1, offsets: [] };
    await inTurn(id, () => replace({ version: 1, file, index, result }));
    return result;
  }

  /** Makes it known, in the place of what had its id before. */
  async function replace(record: ResultRecord): Promise<void> {
    const { result, file } = record;
    const before = await readRecord(directory, result.id);
    if (before?.result.pinned) result.pinned = true;
    try {
      await writeRecord(directory, record);
    } catch (error) {
      // Without its metadata nobody finds it, and on a full disk it would be in the way.
      await rm(join(directory, file), { force: true });
      throw error;
    }
    if (before) await rm(join(directory, before.file), { force: true });
  }

  return {
    async write(origin, content) {
      const stream = 'bytes' in content && content.bytes instanceof Readable ? content.bytes : undefined;
      if (stream && origin.signal) addAbortSignal(origin.signal, stream);
      try {
        const result = await store(origin, content);
        await sweepWhenDue(result);
        return result;
      } catch (error) {
        throw origin.signal?.aborted ? origin.signal.reason : diskFault(error, directory);
      } finally {
        stream?.destroy();
      }
    },
    get: async idOrUri => (await record(idOrUri)).result,
    async findByKey(key) {
      const { last, isThere } = await find(newId(key));
      return isThere && last?.result.key === key ? last.result : undefined;
    },
    async list() {
      const { records, names } = await readFolder(directory);
      return records
        .filter(({ file, result }) => names.has(file) && !expired(result))
        .map(({ result }) => result)
        .toSorted((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
    },
    rows: ({ uri }, query = {}) => whileThere(uri, async () => readRows(await table(uri), query)),
    table: async ({ uri }) => table(uri),
    read: async ({ uri }, signal) => rowsOf(allRows(await table(uri), signal), uri),
    open: async ({ uri }) => Readable.from(bytesOf(uri), { objectMode: false }),
    path: async ({ uri }) => join(directory, (await record(uri)).file),
    remove: uri => inTurn(idOf(uri), async () => removeRecord(directory, await record(uri))),
    pin: (uri, pinned) =>
      inTurn(idOf(uri), async () => {
        const found = await record(uri);
        const { pinned: _, ...result } = found.result;
        const expiresAt = new Date(clock.now() + lifetimeMs).toISOString();
        const changed = { ...result, expiresAt, ...(pinned ? { pinned: true as const } : {}) };
        await writeRecord(directory, { ...found, result: changed });
        return changed;
      }),
    async usage() {
      const { records, names } = await readFolder(directory);
      const held = records.filter(({ file, result }) => names.has(file) && !expired(result));
      return { bytes: held.reduce((sum, { result }) => sum + result.bytes, 0), quotaBytes };
    },
    sweep: () => sweep(),
    workspace: async key => openWorkspace(directory, key, quotaBytes),
  };
}

/** The call that made a result, as it was. */
function plainCall({ operation, connection, arguments: given }: Provenance): string {
  return `${operation}${connection === undefined ? '' : ` on ${connection}`} with ${JSON.stringify(given)}`;
}

function missing(idOrUri: string, again: string | undefined): Fault {
  return new Fault({
    code: 'not_found',
    message: again ? `The result ${idOrUri} is no longer stored.` : `There is no stored result ${idOrUri}.`,
    hint: again ? `Make it again: call ${again}.` : whereToLook(idOrUri),
  });
}

const whereToLook = (idOrUri: string) =>
  /^(?!result:)[a-z]+:\/\//.test(idOrUri)
    ? 'Handles of results begin with result://. What a run made is in the answer of wait_for_run.'
    : 'Results are kept for 7 days. Look at list_results, or repeat the call that made it.';

function replaced(uri: string): Fault {
  return new Fault({
    code: 'not_found',
    message: `The result ${uri} was replaced before it could be read.`,
    hint: 'Repeat the call; it then reads what is there now.',
  });
}

function noTable({ name, uri, mediaType }: StoredResult): Fault {
  return new Fault({
    code: 'bad_arguments',
    message: `${name} (${mediaType}) is stored as a file and has no rows.`,
    hint: `Read its bytes as the resource ${uri}.`,
  });
}
