import { Readable } from 'node:stream';
import { type Fault, type FaultCode, isFault } from '../base/errors.ts';
import type { Row } from '../base/json-value.ts';
import { parseArguments } from '../calls/arguments.ts';
import { operationContext, readRows, readValue } from '../calls/execute.ts';
import type { CallerServices } from '../calls/services.ts';
import { resolveTimes } from '../calls/times.ts';
import type { OperationDetails } from '../catalog/manifest.ts';
import { apiOf } from '../connections/connections.ts';
import type { Call } from '../http/call.ts';
import type { HttpClient } from '../http/client.ts';
import type { Connection } from '../http/connection.ts';
import { isListing, isReading, type Operation, type OperationContext } from '../operations/operation.ts';
import { operationsOf, type Provider } from '../providers/provider.ts';
import type { ResultStore } from '../results/store/store.ts';
import { Comparison } from './compare.ts';
import { intervalOf, mostRequests, Pace, tooMany } from './pace.ts';
import type { OperationFinding, PlatformReport } from './report.ts';
import { type FirstRows, samplesOf } from './samples.ts';

/** Rows of one listing that are looked at. */
const rowsLookedAt = 20;

export interface VerifyOptions {
  shared: CallerServices;
  provider: Provider;
  connection: Connection;
  call: Call;
  details(name: string): Promise<Pick<OperationDetails, 'evidence' | 'words'>>;
}

/** Operations that can be tried: readings that ask the platform, and start nothing. */
const triable = (operation: Operation): boolean => isReading(operation) && !operation.starts && !operation.configured;

/** Operations that would be tried, and the longest that it may take at the pace of the quotas, in ms. */
export async function extentOf(
  provider: Provider,
  connection: Connection,
): Promise<{ operations: number; longestMs: number }> {
  const operations = operationsOf(await provider.load()).filter(triable);
  return { operations: operations.length, longestMs: operations.length * mostRequests * intervalOf(connection.quotas) };
}

/** Asks every reading operation that can be asked without guessing, and holds the answers against what is known. */
export async function verifyPlatform(options: VerifyOptions): Promise<PlatformReport> {
  const { shared, provider, connection, call } = options;
  const { probe, ...code } = await provider.load();
  const all = operationsOf(code);
  const operations = all.filter(triable);
  const { release } = await probe(operationContext(shared, connection, call)).catch(ifNotAllowed);
  const trial = new Trial(options, all);
  const findings: OperationFinding[] = [];
  for (const [index, operation] of operations.entries()) {
    findings.push(await trial.findingOf(operation));
    call.progress(`${connection.title}: ${operation.name}`, index + 1, operations.length);
  }
  const { requests, rows } = trial;
  return { platform: provider.name, ...(release === undefined ? {} : { release }), requests, rows, findings };
}

/** A credential that may not even do what the look at an account does may still do some of the rest. */
function ifNotAllowed(error: unknown): { release?: string } {
  if (isFault(error, 'missing_scope')) return {};
  throw error;
}

/** What came back for one operation. */
interface Answer {
  asked: Row;
  rows: readonly Row[];
  finding: OperationFinding;
}

/** The trial of one connection: what one operation answers is what others are asked with. */
class Trial {
  readonly #options: VerifyOptions;
  readonly #listings: ReadonlyMap<string, Operation>;
  readonly #answers = new Map<string, Promise<Answer>>();
  readonly #paces = new Map<Connection, Pace>();
  rows = 0;

  constructor(options: VerifyOptions, operations: readonly Operation[]) {
    this.#options = options;
    this.#listings = new Map(operations.filter(isListing).map(operation => [operation.name, operation]));
  }

  get requests(): number {
    return [...this.#paces.values()].reduce((sum, { sent }) => sum + sent, 0);
  }

  async findingOf(operation: Operation): Promise<OperationFinding> {
    return (await this.#answerOf(operation)).finding;
  }

  #answerOf(operation: Operation): Promise<Answer> {
    const known = this.#answers.get(operation.name);
    if (known) return known;
    // Noted before it is there: two listings that name each other end here.
    const answer = this.#ask(operation);
    this.#answers.set(operation.name, answer);
    return answer;
  }

  #firstRows: FirstRows = async listing => {
    const operation = this.#listings.get(listing);
    if (!operation) return undefined;
    if (triable(operation)) return this.#answerOf(operation);
    const { shared, connection, call } = this.#options;
    const { items } = await readRows(operation, {}, operationContext(shared, connection, call), {
      limit: rowsLookedAt,
    });
    return { rows: items, asked: {} };
  };

  async #ask(operation: Operation): Promise<Answer> {
    const { evidence, words } = await this.#options.details(operation.name);
    const base = { operation: operation.name, route: operation.route, evidence: evidence.level };
    const { api } = operation;
    if (api !== undefined && this.#options.connection.apis?.[api] === undefined)
      return nothingFor(base, 'its API is not connected');
    const samples = await samplesOf(operation, this.#firstRows);
    if ('lacks' in samples) return nothingFor(base, `nothing to give for ${samples.lacks}`);
    const pace = this.#paceOf(apiOf(this.#options.connection, operation.api));
    pace.begin();
    // A listing may be empty for the first project, and not for the second.
    let observed: Observed | undefined;
    for (const sample of isListing(operation) ? samples : samples.slice(0, 1)) {
      if (observed && pace.left === 0) break;
      observed = await this.#observe(operation, sample, pace);
      if (observed.fault?.status === 401 || observed.values.length > 0) break;
    }
    if (!observed) return nothingFor(base, 'nothing to give');
    if (typeof observed.lacks === 'string') return nothingFor(base, observed.lacks);
    const { asked, status, fault, values } = observed;
    const told = { ...base, ...(status === undefined ? {} : { status }) };

    if (fault) return { asked, rows: [], finding: { ...told, ...verdictOf(fault, operation) } };
    this.rows += values.length;
    const finding = { ...told, ...compared(operation, words, values) };
    return { asked, rows: isListing(operation) ? (values as Row[]) : [], finding };
  }

  async #observe(operation: Operation, given: Row, pace: Pace): Promise<Observed> {
    const { shared, call, connection } = this.#options;
    const parsed = parseArguments(operation.name, shared.inputOf(operation), given).values;
    const lacks = operation.describeLack?.(parsed as never);
    if (lacks !== undefined) return { asked: given, values: [], lacks };
    const statuses: number[] = [];
    const context = operationContext(
      { ...shared, http: observing(shared.http, statuses), results: keepingNothing(shared.results) },
      connection,
      { ...call, attempts: pace },
    );
    const { args } = await resolveTimes(operation, parsed, shared);
    const [values, fault] = await answered(operation, args as Row, context);
    const status = fault?.status ?? statuses.at(-1);
    return { asked: given, values, ...(status === undefined ? {} : { status }), ...(fault ? { fault } : {}) };
  }

  /** APIs that share their quotas share the pace. */
  #paceOf(connection: Connection): Pace {
    const { shared, call } = this.#options;
    const pace =
      this.#paces.get(connection) ?? new Pace({ clock: shared.clock, signal: call.signal, quotas: connection.quotas });
    this.#paces.set(connection, pace);
    return pace;
  }
}

type Untried = Pick<OperationFinding, 'operation' | 'route' | 'evidence'>;

const nothingFor = (base: Untried, reason: string): Answer => ({
  asked: {},
  rows: [],
  finding: { ...base, verdict: 'nothing_to_try', reason },
});

function compared(
  { output }: Operation,
  words: OperationDetails['words'],
  values: readonly unknown[],
): Pick<OperationFinding, 'verdict' | 'differences' | 'undescribed'> {
  const comparison = new Comparison(output, words);
  for (const value of values) comparison.add(value);
  const { differences, undescribed } = comparison;
  return {
    verdict: differences.length > 0 ? 'differs' : 'as_described',
    ...(differences.length > 0 ? { differences } : {}),
    ...(Object.keys(undescribed).length > 0 ? { undescribed } : {}),
  };
}

interface Observed {
  /** What the arguments lack, in the words of the record. */
  lacks?: string;
  asked: Row;
  values: readonly unknown[];
  status?: number;
  fault?: Fault;
}

/** A file was answered, or something that would be stored: enough is known. */
class Enough extends Error {}

async function answered(operation: Operation, args: Row, context: OperationContext): Promise<[unknown[], Fault?]> {
  try {
    if (operation.collect) {
      await operation.collect(args as never, context);
      return [[]];
    }
    if (!isListing(operation)) return [[await readValue(operation, args, context)]];
    return [(await readRows(operation, args, context, { limit: rowsLookedAt })).items];
  } catch (error) {
    if (error instanceof Enough) return [[]];
    if (!isFault(error)) throw error;
    return [[], error];
  }
}

/** Notes the status of each answer, and takes no file. Nothing is repeated but what the platform did not process. */
function observing(http: HttpClient, statuses: number[]): HttpClient {
  return {
    fetch: (...given) => http.fetch(...given),
    proxyTo: url => http.proxyTo(url),
    close: () => http.close(),
    async send(connection, request, call) {
      const reply = await http.send(connection, { ...request, repeatable: false }, call);
      statuses.push(reply.status);
      if (!(reply.body instanceof Readable)) return reply;
      reply.body.destroy();
      throw new Enough();
    },
    download: () => Promise.reject(new Enough()),
  };
}

function keepingNothing(results: ResultStore): ResultStore {
  return Object.create(results, { write: { value: () => Promise.reject(new Enough()) } });
}

/** What the refusal of a reading means for whether the operation is there. */
function verdictOf(fault: Fault, operation: Operation): Pick<OperationFinding, 'verdict' | 'differences' | 'reason'> {
  const { code, status, noRoute } = fault;
  if (code === 'unauthorized' || code === 'missing_scope' || status === 403) return { verdict: 'not_allowed' };
  if (noRoute || status === 501) return { verdict: 'not_offered' };
  if (fault.message === tooMany)
    return { verdict: 'nothing_to_try', reason: `it takes more than ${mostRequests} requests` };
  if (unanswered.has(code)) return { verdict: 'no_answer' };
  if (code === 'not_found') {
    if (!operation.route.includes('{')) return { verdict: 'not_offered' };
    return { verdict: 'nothing_to_try', reason: 'what it was tried on has none' };
  }
  if (refusing.has(code) && Object.keys(operation.input.shape).length > 0)
    return { verdict: 'nothing_to_try', reason: 'the platform wants more arguments' };
  const found = code === 'bad_upstream_reply' ? 'something else' : 'a refusal';
  return { verdict: 'differs', differences: [{ field: 'the answer', expected: 'an answer of the platform', found }] };
}

const refusing: ReadonlySet<FaultCode> = new Set(['bad_arguments', 'rejected', 'conflict']);
const unanswered: ReadonlySet<FaultCode> = new Set(['rate_limited', 'upstream_down', 'timed_out']);
