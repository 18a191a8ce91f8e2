import type { RunAnswer } from '../answers/answer.ts';
import type { Row } from '../base/json-value.ts';
import type { Call } from '../http/call.ts';
import type { Connection } from '../http/connection.ts';
import type { RunKind } from '../operations/operation.ts';
import { unknownRun } from '../operations/run.ts';
import { uriOn, uriTemplate } from '../operations/uri-template.ts';
import { nameBound } from './argument-bounds.ts';
import { hostOf } from './arguments.ts';
import { answerRun } from './await-run.ts';
import { answerOperation } from './call.ts';
import { operationContext } from './execute.ts';
import { refuseForeign } from './names/foreign-address.ts';
import type { CallerServices } from './services.ts';

/** A run that a URI names, and where to look at it. */
export interface FoundRun {
  kind: RunKind;
  variables: Record<string, string>;
  connection: Connection;
}

/**
 * The run a URI names.
 * @throws Fault `bad_arguments` for a URI of something else, and what choosing a connection throws
 */
export async function findRun({ catalog, connections }: CallerServices, uri: string): Promise<FoundRun> {
  const { bare, connection } = parse(uri);
  const found = bare === undefined ? undefined : await catalog.run(bare);
  if (!found) throw unknownRun(uri, catalog.runs);
  const { kind, variables, platform } = found;
  const host = hostOf(uri);
  const chosen = host
    ? await connectionAt(connections, platform, host)
    : await connections.choose(platform, connection);
  return { kind, variables, connection: chosen };
}

/** Of a platform's connections the one whose pages are at a host. */
async function connectionAt(
  connections: CallerServices['connections'],
  platform: string,
  host: string,
): Promise<Connection> {
  const [first, ...others] = connections.of(platform);
  for (const name of others) {
    const connection = await connections.choose(platform, name);
    if (new URL(connection.baseUrl).host === host) return connection;
  }
  const connection = await connections.choose(platform, first);
  refuseForeign({ connections }, connection, { run: host });
  return connection;
}

/** Whether a URI is one of a run, without asking anybody whether there is such a run. */
export function namesRun({ catalog }: CallerServices, uri: string): boolean {
  if (uri.length > nameBound.text) return false;
  const { bare } = parse(uri);
  return bare !== undefined && catalog.runs.some(template => uriTemplate(template).match(bare) !== undefined);
}

// Where a platform has several connections, the URI says which one the run is on.
function parse(uri: string): { bare?: string; connection?: string } {
  if (!URL.canParse(uri)) return {};
  const url = new URL(uri);
  const connection = url.searchParams.get('connection');
  url.searchParams.delete('connection');
  return { bare: url.href.replace(/\?$/, ''), ...(connection === null ? {} : { connection }) };
}

interface Resuming {
  waitSeconds: number;
  details?: Row | undefined;
  warnings?: string[] | undefined;
}

/** Goes on waiting for a run from its URI alone, in whatever process. */
export async function resumeRun(
  shared: CallerServices,
  uri: string,
  call: Call,
  { waitSeconds, details, warnings }: Resuming,
): Promise<RunAnswer> {
  const { kind, variables, connection } = await findRun(shared, uri);
  const context = operationContext(shared, connection, call);
  const own = hostOf(uri) ? uriOn(context.connectionArgument, uriTemplate(kind.uri).expand(variables)) : uri;
  return answerRun(kind, own, variables, context, {
    waitSeconds,
    ...(details ? { details } : {}),
    ...(warnings ? { warnings } : {}),
    executeOperation: (operation, args) => answerOperation(shared, operation, args, context, { limit: 'all' }),
  });
}
