import { CLIENT_CAPABILITIES_META_KEY, inputRequired, Server, type ServerContext } from '@modelcontextprotocol/server';
import { createCatalog } from '../catalog.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { Config } from '../config.ts';
import { type ConnectionState, Connections, connect } from '../connections.ts';
import { loadFacts } from '../facts.ts';
import { createRedactor, type Redactor } from '../http/redact.ts';
import { later } from '../later.ts';
import { createLog, type Log } from '../log.ts';
import { providers } from '../providers/index.ts';
import { References } from '../references.ts';
import { createResources } from '../resources/registry.ts';
import type { Shared } from '../tools/call.ts';
import { confirmations } from '../tools/confirm.ts';
import { type CallOptions, createTools, type ToolSet } from '../tools/registry.ts';
import { toolInputs } from '../tools/schema.ts';
import { version } from '../version.ts';
import { instructionsFor } from './instructions.ts';

/** A configured server, before any transport: one factory for every connection, request and era. */
export interface DataPlatformsServer {
  /** Give it to `serveStdio` or `createMcpHandler` of the SDK. */
  factory(): Server;
  tools: ToolSet;
  shared: Shared;
  log: Log;
  /** Ends calls and upstream connections; stored results stay. */
  close(): Promise<void>;
}

export interface ServerDependencies {
  clock?: Clock;
  log?: Log;
  /** In place of the configured connections. */
  accounts?(redactor: Redactor): ConnectionState[];
}

/**
 * Makes the server of a configuration. No I/O: platforms are reached by the calls.
 * @throws Fault `not_configured` for a toolset that does not exist
 */
export async function createServer(
  config: Config,
  { clock = systemClock(), log, accounts }: ServerDependencies = {},
): Promise<DataPlatformsServer> {
  const redactor = createRedactor();
  const states = accounts ? accounts(redactor) : connect(config.connections, clock, redactor);
  const connections = new Connections(states, providers);
  const ownLog = log ?? createLog(config.log_level, redactor);
  for (const { name, fault } of states) {
    if (fault) ownLog.warn({ connection: name, problem: fault.message, hint: fault.hint }, 'not connected');
  }
  const http = later(async () => {
    const { createHttpClient } = await import('../http/client.ts');
    return createHttpClient({ clock, redactor, version, log: (level, fields) => ownLog[level](fields, 'upstream') });
  });
  const results = later(async () => {
    const { defaultResultsDirectory, openResultStore } = await import('../results/store.ts');
    return openResultStore({
      directory: config.results_dir ?? defaultResultsDirectory(),
      clock,
      quotaBytes: config.results_quota_gib * 2 ** 30,
    });
  });
  const facts = await loadFacts();
  const shared: Shared = {
    clock,
    http,
    redactor,
    connections,
    references: new References(clock),
    inputOf: toolInputs(connections),
    results,
    catalog: createCatalog(
      { providers, facts: facts.platforms, connections },
      { toolsets: config.toolsets, readOnly: config.read_only },
    ),
    confirmations: confirmations(),
    unattended: config.yes,
    answerTokens: config.answer_tokens,
  };
  const tools = createTools(shared, facts.general, ownLog);
  const resources = createResources(shared, tools);
  const instructions = instructionsFor(connections);

  function factory(): Server {
    // The low-level server: `McpServer` converts every schema again for each instance and each listing.
    const server = new Server(
      { name: 'data-platforms-mcp', title: 'Data platforms', version },
      { capabilities: { tools: {}, resources: {}, completions: {} }, instructions },
    );
    server.setRequestHandler('tools/list', () => ({ tools: tools.list as never }));
    server.setRequestHandler('tools/call', ({ params }, context) =>
      tools.call(params.name, params.arguments, {
        ...callOptions(context),
        ...(canBeAsked(server, context) ? questions(context) : {}),
      }),
    );
    server.setRequestHandler('resources/list', ({ params }) => resources.list(params?.cursor));
    server.setRequestHandler('resources/templates/list', () => ({ resourceTemplates: resources.templates as never }));
    server.setRequestHandler('resources/read', ({ params }, context) =>
      resources.read(params.uri, callOptions(context)),
    );
    server.setRequestHandler('completion/complete', async ({ params: { ref, argument, context } }) => {
      if (ref.type !== 'ref/resource') return { completion: { values: [] } };
      const values = await resources.complete(ref.uri, argument.name, argument.value, context?.arguments ?? {});
      return { completion: { values: values.slice(0, 100), total: values.length, hasMore: values.length > 100 } };
    });
    return server;
  }

  return {
    factory,
    tools,
    shared,
    log: ownLog,
    async close() {
      if (http.made()) await http.close();
    },
  };
}

/** Whether the client can put a question to its person: said at the start, or with each request. */
function canBeAsked(server: Server, { mcpReq: { envelope } }: ServerContext): boolean {
  const said = (envelope as Record<string, unknown> | undefined)?.[CLIENT_CAPABILITIES_META_KEY];
  const capabilities = (said ?? server.getClientCapabilities()) as { elicitation?: object } | undefined;
  return capabilities?.elicitation !== undefined;
}

/** A question goes out as the answer; the client repeats the call with what its person said. The SDK does the same for older clients. */
function questions({ mcpReq }: ServerContext): Pick<CallOptions, 'person' | 'put'> {
  const response = mcpReq.inputResponses?.['confirm'] as { action?: string; content?: { agree?: boolean } } | undefined;
  const agreed = response?.action === 'accept' && response.content?.agree === true;
  const token = mcpReq.requestState<string>();
  return {
    person: response && typeof token === 'string' ? { answered: { agreed, token } } : {},
    put: ({ text, token: requestState }) =>
      inputRequired({
        inputRequests: { confirm: inputRequired.elicit({ message: text, requestedSchema }) },
        requestState,
      }) as never,
  };
}

const requestedSchema = {
  type: 'object' as const,
  properties: { agree: { type: 'boolean' as const, title: 'Send it' } },
  required: ['agree'],
};

/** Cancellation and progress of one protocol request. */
function callOptions({ mcpReq: { signal, _meta, notify } }: ServerContext): CallOptions {
  const progressToken = _meta?.progressToken;
  if (progressToken === undefined) return { signal };
  const count = risingCount();
  return {
    signal,
    progress(message, done, total) {
      // Nobody waits for a notification; a client that has gone shows up as an aborted signal.
      notify({ method: 'notifications/progress', params: { progressToken, message, ...count(done, total) } }).catch(
        () => {},
      );
    },
  };
}

/**
 * Progress must rise with every notification, but a call has phases that count different things. Each phase counts on
 * from the end of the one before it; a message without a count moves by a hair.
 */
export function risingCount(): (done?: number, total?: number) => { progress: number; total?: number } {
  let base = 0;
  let phase: number | undefined;
  let last = 0;
  return (done, total) => {
    if (done !== undefined && total !== undefined) {
      if (phase !== undefined && (total !== phase || base + done < last - 1)) base += phase;
      phase = total;
    }
    const progress = Math.max(last + 0.001, done === undefined ? 0 : base + done);
    last = progress;
    return phase === undefined ? { progress } : { progress, total: Math.max(base + phase, progress) };
  };
}
