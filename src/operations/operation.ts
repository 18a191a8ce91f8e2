import type * as z from 'zod';
import type { Clock } from '../base/clock.ts';
import type { Fault } from '../base/errors.ts';
import type { Row } from '../base/json-value.ts';
import type { TimeUse } from '../base/time.ts';
import type { Call } from '../http/call.ts';
import type { Connection } from '../http/connection.ts';
import type { Paging } from '../http/paging/page.ts';
import type { PathParameters } from '../http/path.ts';
import type { HttpReply, HttpRequest } from '../http/request.ts';
import type { StoredResult } from '../results/result.ts';
import type { Origin, ResultStore } from '../results/store/store.ts';
import type { Content } from '../results/tables/recognise.ts';
import type { Source, SourceForm } from '../results/transfer/source.ts';
import type { Parts, Tally } from './tally.ts';

/**
 * The worst that a call may do upstream. Hints, read-only mode, repeats and asking follow from it, so a record without
 * it does not compile.
 *
 * | risk         | it may                                                                        | a person is asked     |
 * | ------------ | ----------------------------------------------------------------------------- | --------------------- |
 * | `reads`      | change nothing                                                                | no                    |
 * | `adds`       | make something new; what was there stays                                      | no                    |
 * | `edits`      | change what a thing says of itself, so that the same operation changes it back | no                    |
 * | `starts`     | set work going                                                                | no                    |
 * | `replaces`   | put something in the place of what was there                                  | as `describeLoss` says |
 * | `deletes`    | take something away                                                           | always                |
 * | `exposes`    | give access, show a secret, or let through what was held back                 | always                |
 * | `interrupts` | stop what runs or works                                                       | always                |
 */
export type Risk = HarmlessRisk | 'replaces' | 'deletes' | 'exposes' | 'interrupts';

type HarmlessRisk = 'reads' | 'adds' | 'edits' | 'starts';
const harmless: readonly Risk[] = ['reads', 'adds', 'edits', 'starts'] satisfies HarmlessRisk[];

/** It can cost somebody something, so that a person has to agree. */
export const isDestructive = ({ risk }: Pick<Operation, 'risk'>): boolean => !harmless.includes(risk);

/** It asks only where something would be lost, which `describeLoss` finds out. */
export const asksIfLost = ({ risk, describeLoss }: Operation): boolean =>
  risk === 'replaces' && describeLoss !== undefined;

export const isReading = ({ risk }: Pick<Operation, 'risk'>): boolean => risk === 'reads';

/** An argument names a thing of a listing: callers may give its label where that is unique; its key is sent. */
export interface Reference {
  list: () => Operation;
  /** Property of the listing's rows that is sent. */
  key: string;
  /** Property that people know the thing by. */
  label: string;
  /** Further properties that people know it by: a title, an address. The last part of a path is one anyway. */
  also?: readonly string[];
  /** The platform takes the label in the place of the key, so that one that is there needs no other. */
  takesLabel?: true;
  /**
   * What a text means that names nothing in the listing: the key, and what it is called. A reading takes it, a change
   * says it.
   */
  otherwise?: (value: string, args: Row, context: OperationContext) => Promise<{ key: string; is: string } | undefined>;
  /** The key that the platform has for it by now, where an older one is good for reading alone. */
  current?: (key: string, context: OperationContext) => Promise<string | undefined>;
  /** Which rows of the listing are such things, where it holds others as well. */
  only?: (row: Row) => boolean;
  /** The listing's argument that narrows it to what is like a text. Absent: completion reads the whole listing. */
  search?: string;
  /** The listing's arguments that leave what is the caller's own: what was probably meant is sought there first. */
  own?: Row;
  /**
   * A value of this form is likely a key, so no listing is read for it; only when the platform knows nothing of that
   * key, the listing is asked for what is called so.
   */
  keyForm?: RegExp;
}

/** Marks on an argument, for what neither route nor schema can say. Set with `.meta({ ... })` on the field. */
export interface FieldMeta {
  /**
   * Where it travels. Default: path when the route names it, query on GET and DELETE, otherwise body. `payload`: it is
   * the whole body. `local`: not sent.
   */
  in?: 'query' | 'body' | 'payload' | 'local';
  /** The vendor's name of the field where ours is clearer. Lists and maps of the same name are sent as one. */
  wire?: string;
  reference?: Reference;
  /**
   * It is a `sourceArgument`, and what it names is sent in this form: as the whole body where it is the payload,
   * otherwise as a file of a form (multipart). A `local` one is read by the operation's own code.
   */
  source?: SourceForm;
  /** The value as it goes on the wire, where that is not how people write it. `name` is the argument's. */
  encode?: (value: never, now: number, name: string) => unknown;
  /** It is a moment, or a day, and this is what for. Set by `time` and `dayAhead`. */
  time?: TimeUse;
  /** The argument with the moment that this one must not come before: the start of a window. */
  notBefore?: string;
  /**
   * Where a value that exists is found: a listing by its name, and the property of its rows. For what has no
   * `reference`, because nobody calls such a thing by name.
   */
  foundIn?: { listing: string; key: string; only?: Row };
  /** Reads an id out of a pasted web address or URI; undefined when it is not one. */
  fromUri?: (uri: string) => string | undefined;
  /** Another spelling of it as the platform has it; what has one spelling passes. Not asked of web addresses. */
  tidy?: (text: string) => string;
  /** Other names that callers give it; `argumentSynonyms` has those of arguments of any platform. */
  also?: readonly string[];
  /** Characters that it may have, where that is not what such arguments usually may. `data`: as many as rows. */
  longest?: number | 'data';
  /** Never shown, never on the command line; may come from a file (`_FILE`, `_file`). */
  secret?: boolean;
}

declare module 'zod' {
  // The functions are `unknown` here: zod rewrites the types of its metadata recursively, and a record has no end.
  interface GlobalMeta extends Omit<FieldMeta, 'reference' | 'fromUri' | 'encode' | 'tidy'> {
    reference?: unknown;
    fromUri?: unknown;
    encode?: unknown;
    tidy?: unknown;
  }
}

/** Declares a reference. Returns its argument; it exists so that the compiler checks it. */
export const reference = (declaration: Reference): Reference => declaration;

/** A resource that shows the same as the operation. Its variables are arguments of the operation. */
export interface ResourceSpec {
  /** For example `acme://projects/{project}/holes`. */
  uri: string;
  /** What one thing at this address is called, in the plural for listings: "holes of a project". */
  title: string;
}

/** What the code of an operation may use besides its arguments. */
export interface OperationContext extends Call {
  clock: Clock;
  /** How long the answers of this call asked to wait (`Retry-After`), which paces the looks at a run. */
  askedWaitMs?: number | undefined;
  connection: Connection;
  /** The argument of a next call that leads to this connection again; empty where the platform has no other. */
  connectionArgument: { connection?: string };
  results: ResultStore;
  /** One request on another record's route, with its arguments, under this call's deadline. */
  request(operation: Operation, args: Record<string, unknown>, options?: RequestOptions): Promise<HttpReply>;
  /** Rows of a listing, every one unless `limit` says how many; read once for this call. */
  rows(operation: Operation, args: Record<string, unknown>, limit?: number): Promise<Row[]>;
  /** The same, or as it was a few minutes ago: for what names things and seldom changes. */
  rememberedRows(operation: Operation, args: Record<string, unknown>): Promise<Row[]>;
  /** The text without what must not be shown, for what reaches the result store past the usual answers. */
  redact(text: string): string;
  /** From now on this value is masked wherever this server would show it; what is stored keeps it. */
  hide(secret: string): void;
  /** Says where something comes from: the operation, its arguments as they may be kept, the connection, now. */
  originOf(origin: StoreOrigin): Origin;
  /** Puts something into the result store, with the operation and the arguments that it came from. */
  store(origin: StoreOrigin, content: Content): Promise<StoredResult>;
  /** A file by absolute URL; without credentials when its origin is not the connection's. */
  download(url: string): Promise<HttpReply>;
  /** The data that an argument brings in, looked at but not read. Looked at once for this call. */
  source(given: unknown): Promise<Source>;
  /** A key for a thing named by key or label; `bad_arguments` with the choices otherwise. */
  resolve(reference: Reference, value: string, args: Record<string, unknown>, reads?: boolean): Promise<string>;
  /** What people call the thing with this key, if that is known without asking; otherwise the key. */
  labelOf(reference: Reference, key: string, args: Record<string, unknown>): string;
}

/** What is stored of an operation's. Default media type: `application/octet-stream`, so that the name's ending tells. */
export interface StoreOrigin
  extends Pick<Origin, 'name' | 'key' | 'warnings' | 'isSecret'>,
    Partial<Pick<Origin, 'mediaType'>> {
  operation: Pick<Operation, 'name' | 'input'>;
  arguments: Row;
}

export interface RequestOptions {
  /** Overrides of the query the arguments give. */
  query?: Record<string, unknown>;
  /** The body in place of what the arguments give. */
  json?: unknown;
  /** Statuses besides 2xx that are an answer. */
  accept?: readonly number[];
  /** What the body is. Default `json`. */
  expect?: HttpRequest['expect'];
  /** The platform works on it before it answers: only the call's own time bounds the attempt. */
  slow?: boolean;
}

/** What a collecting operation hands back: the file is in the result store already. */
export interface Collected {
  result: StoredResult;
  /** One sentence of fact: "RQD of 39 holes, 1 failed". */
  summary: string;
  /** What became of the several things that it is from. */
  tally?: Tally;
  /** Its rows are what was asked for: shown where they fit an answer, instead of described. */
  showRows?: true;
  warnings: string[];
}

/** What a call would cost, as far as the platform tells. */
export interface Loss {
  /** In a sentence or two. */
  says?: string;
  /** What people call the things that arguments name, by argument. */
  names?: Readonly<Record<string, string>>;
  /** What would be replaced, as it is now: an agreement is good for this state alone. */
  version?: unknown;
}

/** The untyped record, as everything but its author sees it. */
export interface Operation {
  /** `<platform>_<verb>_<noun>`, `^[a-z0-9_]{1,40}$`. */
  name: string;
  /**
   * The vendor's request line. `{x}` are arguments, encoded once. On GET and DELETE the other arguments are query,
   * otherwise body.
   */
  route: string;
  risk: Risk;
  /** How to find out whether it took effect, when the answer of a change never came. */
  verifyWith?: string;
  /** The reading that shows the thing as it is now, where the answer of a change says nothing; and arguments of its own. */
  readsBack?: (args: never) => { reading: Operation; arguments?: Row };
  /**
   * A key among its arguments makes sending it twice the same as sending it once, so it is repeated like a reading when
   * no answer comes.
   */
  idempotent?: true;
  /**
   * What would be lost or replaced, in a sentence: read from the platform before a person is asked, and part of what
   * they agree to. Where it is there, an operation that `replaces` asks only if it tells of something.
   */
  describeLoss?: (args: never, context: OperationContext) => Promise<string | Loss | undefined>;
  /**
   * What a person is asked, in their words: "Delete the branch {branch} of {project}?". A name in braces is an
   * argument. Every operation that can cost somebody something has one.
   */
  question?: string;
  /** What the arguments lack that belongs together, as the rest of a sentence; undefined: nothing. Asked before all else. */
  describeLack?: (args: never) => string | undefined;
  /** One or two sentences for the model: what it does, in the user's nouns. */
  summary: string;
  /** What people call it, or ask for when they mean it, besides its name and summary: for the search alone. */
  words?: string;
  /** Which of the provider's `apis` answers it. */
  api?: string;
  /** What the credential has to be allowed to do, in the vendor's words. */
  scopes?: readonly string[];
  input: z.ZodObject;
  /** One row for listings, otherwise the whole answer. Loose: unknown fields pass through. */
  output: z.ZodType;
  example: { arguments: Record<string, unknown> };
  /** A listing: how the vendor pages. Adds `limit`, `cursor` and `fields` to the tool. */
  paging?: Paging;
  /** Says of rows that tell of a failure why it was. Adds `why` to a listing; `reason` of a row is counted. */
  explain?: (rows: readonly Row[], args: never, context: OperationContext) => Promise<Row[]>;
  /** A listing that the vendor lacks: rows of the connection's own configuration. Nothing is sent; `route` is ''. */
  configured?: (connection: Connection) => Row[];
  /** Repairs what is odd about the vendor's answer, before it is read by `output`. Not for listings. */
  repair?: (body: unknown) => unknown;
  /** It starts a run. Adds `wait_seconds` to the tool; the answer is the run, or what it produced. */
  starts?: { run: RunKind; variables: (output: never) => Record<string, string> };
  resource?: ResourceSpec;
  /** For what a route cannot say: everything but parsing and shaping. Listings must not use it. */
  send?: (args: never, context: OperationContext) => Promise<unknown>;
  /** What it brings is always of this kind. Absent: it depends on what is there. */
  collects?: 'table' | 'file';
  /** It brings data into the result store; the answer is the stored result. */
  collect?: (args: never, context: OperationContext) => Promise<Collected>;
}

interface OperationRecord<Route extends string, Input extends z.ZodObject, Output extends z.ZodType>
  extends Omit<
    Operation,
    | 'route'
    | 'input'
    | 'output'
    | 'starts'
    | 'readsBack'
    | 'explain'
    | 'describeLoss'
    | 'describeLack'
    | 'send'
    | 'collect'
    | 'example'
  > {
  route: Route;
  input: MissingParameters<Route, Input> extends never ? Input : { 'path parameters that input lacks': never };
  output: Output;
  example: { arguments: z.input<Input> };
  starts?: { run: RunKind; variables: (output: z.output<Output>) => Record<string, string> };
  readsBack?: (args: z.output<Input>) => { reading: Operation; arguments?: Row };
  describeLoss?: (args: z.output<Input>, context: OperationContext) => Promise<string | Loss | undefined>;
  describeLack?: (args: z.output<Input>) => string | undefined;
  send?: (args: z.output<Input>, context: OperationContext) => Promise<z.input<Output>>;
  collect?: (args: z.output<Input>, context: OperationContext) => Promise<Collected>;
  explain?: (rows: readonly Row[], args: z.output<Input>, context: OperationContext) => Promise<Row[]>;
}

/** What can cost somebody something is asked about. */
type RiskWithQuestion =
  | { risk: HarmlessRisk; question?: never }
  | { risk: Exclude<Risk, HarmlessRisk>; question: string };

type MissingParameters<Route extends string, Input extends z.ZodObject> = Exclude<
  PathParameters<Route>,
  keyof Input['shape']
>;

/** Every record, with its place in the order of declaration. */
const places = new WeakMap<object, number>();
let declared = 0;
/** The same by name, for what says `foundIn`: a platform's records are declared together. */
const byName = new Map<string, WeakRef<Operation>>();

/**
 * Declares an operation. Returns its argument, which the compiler has checked, and notes its place: a file's exports
 * come in the order of their names, and a toolset is listed in the order of its files.
 */
export function operation<const Route extends string, Input extends z.ZodObject, Output extends z.ZodType>(
  record: OperationRecord<Route, Input, Output> & RiskWithQuestion,
): Operation {
  places.set(record, declared++);
  const made = record as unknown as Operation;
  byName.set(made.name, new WeakRef(made));
  return made;
}

export type StartingOperation = Operation & Required<Pick<Operation, 'starts'>>;

export const startsRun = (operation: Operation): operation is StartingOperation => operation.starts !== undefined;

/** Whether starting it twice does more than starting it once. A query reads anew what may have changed. */
export const isGuarded = ({ risk, idempotent, starts }: Operation): boolean =>
  starts !== undefined && risk === 'starts' && !idempotent;

/** Operations that an operator has listed together, or not. */
export interface Toolset {
  name: string;
  operations: readonly Operation[];
}

/** What the files export of operations, in the order in which they stand there: `toolset('repository', branches, tags)`. */
export function toolset(name: string, ...files: readonly object[]): Toolset {
  const placeOf = (one: Operation) => places.get(one) ?? 0;
  const isOperation = (one: unknown): one is Operation => places.has(one as object);
  const operationsOf = (file: object) =>
    Object.values(file)
      .filter(isOperation)
      .toSorted((a, b) => placeOf(a) - placeOf(b));
  return { name, operations: files.flatMap(operationsOf) };
}

export const isListing = ({ paging, configured }: Operation): boolean => (paging ?? configured) !== undefined;

/** Method and path template of a record. */
export function routeOf({ route }: Pick<Operation, 'route'>): { method: string; path: string } {
  const space = route.indexOf(' ');
  return { method: route.slice(0, space), path: route.slice(space + 1) };
}

/** The platform an operation belongs to: the first word of its name. */
export function platformOf({ name }: Pick<Operation, 'name'>): string {
  return name.slice(0, name.indexOf('_'));
}

/** A field of an object's schema; undefined for any other name, also one that every object inherits. */
export function fieldOf({ shape }: z.ZodObject, name: string): z.core.$ZodType | undefined {
  return Object.hasOwn(shape, name) ? shape[name] : undefined;
}

/** A field's marks, whether they were set before or after `.optional()`, `.transform()` and the like. */
export function fieldMeta(field: z.core.$ZodType | undefined): FieldMeta & { description?: string } {
  if (!field) return {};
  const { innerType, in: before } = field._zod.def as { innerType?: z.core.$ZodType; in?: z.core.$ZodType };
  return { ...fieldMeta(innerType ?? before), ...((field as z.ZodType).meta() as FieldMeta | undefined) };
}

/** The listing that an argument names a thing of; by keys alone, where nobody calls such a thing by name. */
export function listingReference(field: z.core.$ZodType | undefined): Reference | undefined {
  const { reference, foundIn } = fieldMeta(field);
  if (reference || !foundIn) return reference;
  const { listing, key, only = {} } = foundIn;
  const known = byKey.get(foundIn) ?? {
    list: () => byName.get(listing)?.deref() as Operation,
    key,
    label: key,
    keyForm: /^/,
    only: row => Object.entries(only).every(([name, value]) => row[name] === value),
  };
  byKey.set(foundIn, known);
  return known;
}

const byKey = new WeakMap<object, Reference>();

/** One vocabulary over all platforms. `waiting`: a person has to act. `unknown`: nobody can tell, and nobody will. */
export type RunStatus = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled' | 'waiting' | 'unknown';
/** A kind of long job: how to name it, look at it, and fetch what it made. The upstream is the only state. */
export interface RunKind {
  /** What people call one: "export", "pipeline". */
  noun: string;
  /** URI template; its variables are all that any process needs to find the run. */
  uri: string;
  /** Its variables out of the address of its web page; undefined for an address of something else. */
  fromPage?: (url: string) => Record<string, string> | undefined;
  /** The vendor's status words that are known, in our vocabulary. An unknown word is not final. */
  words: Readonly<Record<string, RunStatus>>;
  /** First and longest pause between two looks, in ms. */
  pace: { firstMs: number; longestMs: number };
  poll(variables: Record<string, string>, context: OperationContext): Promise<RunReading>;
  /**
   * How long such runs took before, in seconds, and since when (ms) this one runs. Asked once, when a second look shows
   * that it takes a while; what fails of it is not told.
   */
  took?(variables: Record<string, string>, context: OperationContext): Promise<RunHistory>;
  /** What it consists of, for who looks at it. What a look tells of its parts by name needs no such reading. */
  stepsOf?(variables: Record<string, string>, context: OperationContext): Promise<RunStep[]>;
  /** Name of the operation that cancels one; the run's variables are its arguments. Absent: the vendor has none. */
  cancel?: string;
  /** The operation that fetches what the run made, and its arguments. */
  result?: {
    operation: () => Operation;
    arguments: (variables: Record<string, string>) => Record<string, unknown>;
    /** Statuses after which there is something to fetch. Default: success alone. */
    after?: readonly RunStatus[];
  };
}

export interface RunHistory {
  /** Seconds of earlier ones, newest first. */
  before: readonly number[];
  /** When this one began, in ms. */
  since?: number | undefined;
}

/** One of the things that a run consists of. */
export interface RunStep {
  name: string;
  /** What it belongs to, in the order of the run: its stage. */
  group?: string;
  status: RunStatus;
  /** The vendor's word, where it says more. */
  word?: string;
  seconds?: number;
  note?: string;
  /** The end of its log. */
  log?: string[];
}

/** One look at a run. */
export interface RunReading {
  /** The vendor's status word, as it came. */
  word: string;
  /** What the run comes to, where its parts say it and its word does not. Default: by the word. */
  status?: RunStatus;
  /** How far it is, where the vendor says. */
  progress?: { done: number; total: number; unit: string };
  /** What became of the several things it is for. Progress and notes follow from it. */
  parts?: Parts;
  /** Seconds the vendor asks to wait before the next look, where that is not in the header `Retry-After`. */
  retryAfter?: number;
  /** Facts worth telling, for example "2 holes failed". */
  notes?: string[];
  /** The run failed through what it was asked for: the call that waits for it ends with this. */
  fault?: Fault;
}
