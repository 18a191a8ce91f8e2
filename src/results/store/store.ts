import { open, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { addAbortSignal, Readable } from 'node:stream';
import type { Clock } from '../../base/clock.ts';
import { Fault, isFault } from '../../base/errors.ts';
import type { Row } from '../../base/json-value.ts';
import { createFile, diskFault, ifMissing, type Save } from '../disk.ts';
import { usualRecordBytes } from '../not-a-table.ts';
import type { PendingResults } from '../pending.ts';
import { fileWarning, newId, type Provenance, resultId, resultUri, type StoredResult, whyNoRows } from '../result.ts';
import { deriveRows, type ReadForeign } from '../tables/derive.ts';
import type { Filled } from '../tables/filled.ts';
import { type Content, type Intake, recognise } from '../tables/recognise.ts';
import { allRows, type RowPage, type RowQuery, readRows, type TableFile } from '../tables/table.ts';
import { isPlainCsv } from '../tables/text/table.ts';
import { checkFolder, claimFolder } from './claim.ts';
import { packFile } from './pack.ts';
import { createPerKeyQueue } from './per-key-queue.ts';
import {
  fileBytes,
  fileFacts,
  heldBytes,
  makeFolder,
  type ResultRecord,
  readFolder,
  readRecord,
  removeData,
  removeRecord,
  writeRecord,
} from './record-files.ts';
import { openBytes } from './stored-bytes.ts';
import { ownerFolder, ownerFolderName, sweepFolder } from './sweep.ts';
import { openWorkspace, type Workspace } from './workspace.ts';

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
  /** A person opens it as a resource; no model is shown it. */
  isSecret?: true | undefined;
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
  /** The stored bytes, from one on. A result that is gone shows as `not_found` when the stream is read. */
  open(result: StoredResult, start?: number): Promise<Readable>;
  /** Where the rows of a table are, for a process of its own. Throws `bad_arguments` for a file. */
  table(result: StoredResult): Promise<StoredTable>;
  /** The bytes of a file as they came. Those of a table may be compressed: read them with `open`. */
  path(result: StoredResult): Promise<string>;
  /** Where the columnar form of a table can be written; nobody finds it before `keepColumns`. */
  columnsPath(result: StoredResult): Promise<string>;
  /** Makes a columnar form that has been written known. Without effect where the result was replaced meanwhile. */
  keepColumns(table: StoredTable, path: string): Promise<void>;
  /** Compresses the bytes of a large table. They are handed out as they came. */
  pack(result: StoredResult, signal?: AbortSignal): Promise<void>;
  remove(idOrUri: string): Promise<void>;
  /** Keeps a result beyond its time and the quota, or no longer; it then lives as long as one made now. */
  pin(idOrUri: string, pinned: boolean): Promise<StoredResult>;
  usage(): Promise<Usage>;
  sweep(): Promise<void>;
  workspace(key: string): Promise<Workspace>;
}

/** A table on disk, and its columnar form where there is one. */
export interface StoredTable extends TableFile {
  uri: string;
  name: string;
  /** Path of a Parquet file with the columns as they were typed. */
  parquet?: string;
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
  /** The owner's folder by its name, where no more is known of the owner. */
  folder?: string | undefined;
  clock: Clock;
  /** Default 5 GiB, for results and work areas together. */
  quotaBytes?: number | undefined;
  /** Default 7 days. */
  lifetimeMs?: number | undefined;
  /** The most that one record of a table may have; data with a larger one is kept as a file. Default 16 MiB. */
  recordBytes?: number | undefined;
  /** Told of each result that was written. What it starts goes on behind the answer. */
  afterWrite?: ((result: StoredResult, store: ResultStore) => void) | undefined;
  /** Reads files that only a process of its own can read. Absent: they are kept as files. */
  readForeign?: ReadForeign | undefined;
  /** Lists that have a handle and are written when it is first used. */
  pending?: PendingResults | undefined;
  /** How a person or a model makes a result again: the call, in words. */
  callOf?: ((source: Provenance) => string) | undefined;
}

const sweepEveryMs = 60_000;
/** Smaller tables stay as they are: the disk gives out whole pages. */
const leastPacked = 1_048_576;
/** Of one file. */
const mostOthers = 20;
const extensions = { csv: 'csv', ndjson: 'ndjson', bytes: 'bin' };

const idOf = (idOrUri: string) => resultId(idOrUri) ?? idOrUri;

/** Touches no file before its first use. */
export function openResultStore(settings: StoreSettings): ResultStore {
  const {
    directory: root,
    owner,
    folder = owner === undefined ? undefined : ownerFolderName(owner),
    clock,
    quotaBytes = 5 * 1_073_741_824,
    lifetimeMs = 7 * 86_400_000,
    recordBytes = usualRecordBytes,
    callOf = plainCall,
    afterWrite = () => {},
    readForeign,
    pending,
  } = settings;

  const directory = folder === undefined ? root : ownerFolder(root, folder);
  const inTurn = createPerKeyQueue();
  let sweptAt = -Infinity;
  let bytesSince = 0;

  let isChecked = false;
  let isClaimed = false;

  /** Before anything is read or removed. @throws Fault `not_configured` for a folder with other things in it */
  function check(): void {
    if (isChecked) return;
    failing(() => checkFolder(root));
    isChecked = true;
  }

  async function claim(): Promise<void> {
    if (!isClaimed) failing(() => claimFolder(root));
    isClaimed = true;
    isChecked = true;
    await makeFolder(directory);
  }

  function failing(act: () => void): void {
    try {
      act();
    } catch (error) {
      throw diskFault(error, root);
    }
  }

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
  const isWhole = async ({ file, bytes }: { file: string; bytes: number }) =>
    (await fileFacts(join(directory, file)))?.bytes === bytes;
  const alive = async (record: ResultRecord) =>
    !expired(record.result) &&
    (await isWhole({ file: record.file, bytes: fileBytes(record) })) &&
    (record.rows === undefined || (await isWhole(record.rows)));

  interface Found {
    /** Absent where nothing ever had the id, as far as is known. */
    last?: ResultRecord | undefined;
    isThere: boolean;
  }

  /** What had this id last. Whoever writes it anew removes the data that was known before, so it is looked at again. */
  async function find(id: string): Promise<Found> {
    check();
    for (let before: ResultRecord | undefined; ; ) {
      const last = await readRecord(directory, id);
      const isThere = last !== undefined && (await alive(last));
      if (isThere || last?.file === before?.file) return { last, isThere };
      before = last;
    }
  }

  async function record(idOrUri: string): Promise<ResultRecord> {
    const id = resultId(idOrUri);
    if (id !== undefined && pending?.get(id)) await writePending(id, pending);
    const { last, isThere }: Found = id === undefined ? { isThere: false } : await find(id);
    if (last && isThere) return last.version === 1 ? readAgain(last) : last;
    const source = last?.result.source ?? (id === undefined ? undefined : pending?.sourceOf(id));
    throw missing(idOrUri, source && callOf(source));
  }

  /** Writes a list that was only shown so far. */
  function writePending(id: string, lists: PendingResults): Promise<void> {
    return inTurn(`pending ${id}`, async () => {
      const list = lists.get(id);
      if (!list) return;
      try {
        await sweepWhenDue(await store(list.origin, { rows: list.rows }, id));
      } catch (error) {
        throw diskFault(error, directory);
      }
      lists.delete(id);
    });
  }

  /** What the version before stored: read as it would be now, so that there is one reading of it. */
  function readAgain({ result: { id } }: ResultRecord): Promise<ResultRecord> {
    return inTurn(id, async () => {
      const known = await readRecord(directory, id);
      if (!known) throw missing(resultUri(id), undefined);
      if (known.version !== 1) return known;
      const read = await rereadRecord(known, join(directory, known.file), recordBytes);
      await writeRecord(directory, read);
      return read;
    });
  }

  async function table(uri: string): Promise<StoredTable> {
    const { file, rows: derived, index, result, reading, packed, parquet } = await record(uri);
    if (result.kind === 'file') throw noTable(result);
    const { format, rows, columns, name } = result;
    return {
      uri: result.uri,
      name,
      path: join(directory, derived?.file ?? file),
      index,
      format,
      rows,
      columns,
      ...(reading ? { reading } : {}),
      ...(packed && !derived ? { blocks: packed.blocks } : {}),
      ...(parquet && (await isWhole(parquet)) ? { parquet: join(directory, parquet.file) } : {}),
    };
  }

  /** Changes what is known of a result, unless its data is other data by now. */
  async function amend(id: string, file: string, change: (record: ResultRecord) => ResultRecord): Promise<boolean> {
    return inTurn(id, async () => {
      const known = await readRecord(directory, id);
      if (known?.file !== file && known?.rows?.file !== file) return false;
      await writeRecord(directory, change(known));
      return true;
    });
  }

  async function keepColumns(table: StoredTable, path: string): Promise<void> {
    const facts = await fileFacts(path);
    const parquet = { file: basename(path), bytes: facts?.bytes ?? 0 };
    const isKept = facts && (await amend(idOf(table.uri), basename(table.path), known => ({ ...known, parquet })));
    if (!isKept) await rm(path, { force: true });
  }

  async function pack(uri: string, signal?: AbortSignal): Promise<void> {
    const known = await record(uri);
    const { id, bytes, kind } = known.result;
    if (known.packed || kind !== 'table' || bytes < leastPacked) return;
    const file = `${id}-${newId()}.br`;
    const packed = await packFile(join(directory, known.file), join(directory, file), signal);
    const isKept = await amend(id, known.file, before => ({ ...before, file, packed }));
    // Whoever is reading it has it open; whoever is about to looks again.
    await rm(join(directory, isKept ? known.file : file), { force: true });
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

  async function* bytesOf(uri: string, start: number): AsyncGenerator<Uint8Array> {
    const { path, blocks, data } = await whileThere(uri, async () => {
      const { file, packed } = await record(uri);
      const path = join(directory, file);
      return { path, blocks: packed?.blocks, data: await open(path) };
    });
    if (!blocks) yield* data.createReadStream({ start });
    else yield* openBytes({ path, blocks }, start, data);
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

  async function store(origin: Origin, content: Content, id = newId(origin.key)): Promise<StoredResult> {
    await claim();
    const intake = await recognise(content, origin, recordBytes);
    const file = `${id}-${newId()}.${extensions[intake.format]}`;
    const limits = { bytes: quotaBytes, signal: origin.signal };
    const path = join(directory, file);
    const { bytes, outcome: first } = await createFile(path, limits, intake.fill);
    const filled = (await intake.review?.(first, () => openBytes({ path }))) ?? first;
    const { rows, outcome } = await rowsBeside({ id, path, bytes }, intake, origin, filled);
    const { facts } = outcome;
    const now = clock.now();
    const result: StoredResult = {
      id,
      uri: resultUri(id),
      ...readFacts(outcome, intake),
      mediaType: intake.mediaType,
      name: origin.name,
      bytes,
      createdAt: new Date(now).toISOString(),
      expiresAt: new Date(now + lifetimeMs).toISOString(),
      source: origin.source,
      ...(origin.key === undefined ? {} : { key: origin.key }),
      ...(origin.isSecret ? { isSecret: true as const } : {}),
      ...warningsOf([...(origin.warnings ?? []), ...(await storeOthers(origin, path, outcome))], outcome),
    };
    const index = facts?.index ?? { every: 1, offsets: [] };
    const reading = facts?.reading ? { reading: facts.reading } : {};
    await inTurn(id, () => replace({ version: 2, file, index, result, ...reading, ...(rows ? { rows } : {}) }));
    return result;
  }

  /** Gets the rows out of a file that is no lines itself. */
  async function rowsBeside(
    { id, path, bytes }: { id: string; path: string; bytes: number },
    { form, asIs }: Intake,
    { signal }: Origin,
    filled: Filled,
  ): Promise<{ rows?: { file: string; bytes: number }; outcome: Filled }> {
    if (!form) return { outcome: filled };
    const file = `${id}-${newId()}.ndjson`;
    const given = { path, bytes, recordBytes, signal };
    const fill = (save: Save) => deriveRows(form, given, save, readForeign);
    try {
      const { bytes: written, outcome } = await createFile(join(directory, file), { bytes: quotaBytes, signal }, fill);
      if (outcome.facts) return { rows: { file, bytes: written }, outcome };
      await rm(join(directory, file), { force: true });
      return { outcome };
    } catch (error) {
      if (asIs && isFault(error, 'bad_upstream_reply')) return { outcome: { reason: error.message } };
      await rm(path, { force: true });
      throw error;
    }
  }

  /** Further tables of a file become results of their own. What is said of them, in sentences. */
  async function storeOthers(origin: Origin, path: string, { others = [] }: Filled): Promise<string[]> {
    const sentences: string[] = [];
    for (const part of others.slice(0, mostOthers)) {
      const made = await readForeign?.(
        { form: 'excel', path, part },
        async ({ lines, notes }) => {
          const key = origin.key === undefined ? {} : { key: `${origin.key} ${part}` };
          const partOrigin = {
            ...origin,
            ...key,
            name: `${origin.name}: ${part}`,
            mediaType: 'application/x-ndjson',
            warnings: notes,
          };
          const { uri } = await results.write(partOrigin, { bytes: lines });
          sentences.push(`Sheet "${part}" is stored as ${uri}.`);
          return {};
        },
        origin.signal,
      );
      if (made?.reason) sentences.push(`Sheet "${part}": ${made.reason}`);
    }
    if (others.length > mostOthers) sentences.push(`${others.length - mostOthers} more sheets are not stored.`);
    return sentences;
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
    if (before) await removeData(directory, before);
  }

  const results: ResultStore = {
    async write(origin, content) {
      const stream = 'bytes' in content && content.bytes instanceof Readable ? content.bytes : undefined;
      if (stream && origin.signal) addAbortSignal(origin.signal, stream);
      try {
        const result = await store(origin, content);
        await sweepWhenDue(result);
        afterWrite(result, results);
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
      check();
      const { records, names } = await readFolder(directory);
      return records
        .filter(({ file, result }) => names.has(file) && !expired(result))
        .map(({ result }) => result)
        .toSorted((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt));
    },
    rows: ({ uri }, query = {}) => whileThere(uri, async () => readRows(await table(uri), query)),
    table: ({ uri }) => table(uri),
    columnsPath: async ({ id }) => join(directory, `${id}-${newId()}.parquet`),
    keepColumns,
    pack: ({ uri }, signal) => whileThere(uri, () => pack(uri, signal)),
    read: async ({ uri }, signal) => rowsOf(allRows(await table(uri), signal), uri),
    open: async ({ uri }, start = 0) => Readable.from(bytesOf(uri, start), { objectMode: false }),
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
      check();
      const { records, names } = await readFolder(directory);
      const held = records.filter(({ file, result }) => names.has(file) && !expired(result));
      return { bytes: held.reduce((sum, record) => sum + heldBytes(record), 0), quotaBytes };
    },
    async sweep() {
      check();
      await sweep();
    },
    async workspace(key) {
      await claim();
      return openWorkspace(directory, key, { part: quotaBytes, record: recordBytes });
    },
  };
  return results;
}

/** What was learnt of the content while it was written. */
function readFacts(
  { facts }: Filled,
  { format }: Pick<Intake, 'format'>,
): Pick<StoredResult, 'kind' | 'format' | 'rows' | 'columns' | 'sample' | 'isPlainCsv'> {
  if (!facts) return { kind: 'file', format: 'bytes', rows: 0, columns: [], sample: [] };
  const { rows, columns, sample } = facts;
  return {
    kind: 'table',
    format: format === 'bytes' ? 'ndjson' : format,
    rows,
    columns,
    sample,
    ...(isPlainCsv(facts) ? { isPlainCsv: true } : {}),
  };
}

function warningsOf(given: readonly string[] = [], { facts, reason }: Filled): Pick<StoredResult, 'warnings'> {
  const why = reason === undefined ? [] : [fileWarning(reason)];
  const warnings = [...given, ...(facts?.notes ?? []), ...why];
  return warnings.length > 0 ? { warnings } : {};
}

/** Reads the data of a result of the version before. */
async function rereadRecord(known: ResultRecord, path: string, recordBytes: number): Promise<ResultRecord> {
  const { result } = known;
  if (result.kind === 'file') return { ...known, version: 2 };
  const mediaType = result.format === 'csv' ? 'text/csv' : 'application/x-ndjson';
  const columns = result.format === 'csv' ? {} : { columns: result.columns };
  const content: Content = {
    bytes: openBytes({ path }),
    ...columns,
    ...(result.format === 'csv' ? { asIs: true } : {}),
  };
  const intake = await recognise(content, { mediaType, name: result.name }, recordBytes);
  const first = await intake.fill(async () => {});
  const outcome = (await intake.review?.(first, () => openBytes({ path }))) ?? first;
  const { facts } = outcome;
  const read = { ...result, ...readFacts(outcome, intake), ...warningsOf(result.warnings, outcome) };
  if (!facts) return { ...known, version: 2, result: read };
  return {
    ...known,
    version: 2,
    index: facts.index,
    result: read,
    ...(facts.reading ? { reading: facts.reading } : {}),
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

function noTable(result: StoredResult): Fault {
  const { name, uri, mediaType } = result;
  return new Fault({
    code: 'bad_arguments',
    message: `${name} (${mediaType}) is stored as a file and has no rows.${whyNoRows(result)}`,
    hint: `Read its bytes as the resource ${uri}.`,
  });
}
