import type {
  CallToolRequest,
  CallToolResult,
  McpRequestContext,
  Server,
  ServerContext,
} from '@modelcontextprotocol/server';
import { version } from '../base/version.ts';
import { type Caller, localCaller } from '../callers/caller.ts';
import { pagesExtension } from '../catalog/pages.ts';
import type { TracerSource } from '../http/trace.ts';
import { type Asking, askingThrough } from './asking.ts';
import { callOptions, draws } from './call-options.ts';
import type { CallerServer } from './caller-server.ts';
import { promptOf, promptsOf } from './prompts.ts';
import { serveSubscriptions } from './subscriptions.ts';
import { declaresTasks, serveTasks } from './tasks.ts';
import { TracedServer } from './traced-server.ts';

/** Fixed for as long as the process runs; the same for everybody where nobody is asked who it is. Tools are not. */
function cacheHintsFor(caller: Caller) {
  const fixed = { ttlMs: 3_600_000, cacheScope: caller === localCaller ? 'public' : 'private' } as const;
  return {
    'server/discover': fixed,
    // Which controls a tool has follows from whether the client can ask its person, and what shows it from whether it draws.
    'tools/list': { ...fixed, cacheScope: 'private' },
    'resources/templates/list': fixed,
    // Every call may store a result.
    'resources/list': { ttlMs: 0, cacheScope: 'private' },
  } as const;
}

/** The server of one connection, or of one request where there is one. Tasks are of the 2026 era alone. */
export function protocolServer(
  served: CallerServer,
  { era, requestInfo }: McpRequestContext,
  tracer?: TracerSource,
): Server {
  const { tools, resources, instructions, tasks, runs, shared } = served;
  // In the 2026 era it is the transport that tells changes; before, somebody has to be there to be told.
  const announces = shared.catalog.operations.length > 0 && (era === 'modern' || requestInfo === undefined);
  // The low-level server: `McpServer` converts every schema again for each instance and each listing.
  const server = new TracedServer(
    { name: 'data-platforms-mcp', title: 'Data platforms', version },
    {
      capabilities: {
        tools: {},
        prompts: {},
        resources: announces ? { subscribe: true } : {},
        completions: {},
        extensions: { [pagesExtension]: {} },
      },
      instructions,
      cacheHints: cacheHintsFor(shared.caller),
    },
    { tracer, redactor: shared.redactor },
  );
  const asking = askingThrough(server, era, shared.asks);
  server.setRequestHandler('tools/list', async (_, context) => ({
    tools: (await tools.list({ asks: asking.canAsk(context), draws: draws(server, context) })) as never,
  }));
  server.setRequestHandler('tools/call', callsOf(served, asking));
  server.setRequestHandler('resources/list', ({ params }) => resources.list(params?.cursor));
  server.setRequestHandler('resources/templates/list', () => ({ resourceTemplates: resources.templates as never }));
  server.setRequestHandler('resources/read', async ({ params }, context) => {
    const { contents, ttlMs } = await resources.read(params.uri, callOptions(context));
    return { contents, ...(era === 'modern' ? { ttlMs, cacheScope: 'private' as const } : {}) };
  });
  server.setRequestHandler('prompts/list', async () => ({ prompts: await promptsOf(shared) }));
  server.setRequestHandler('prompts/get', ({ params }) => promptOf(shared, params.name, params.arguments ?? {}));
  server.setRequestHandler('completion/complete', async ({ params: { ref, argument, context: chosen } }, context) => {
    if (ref.type !== 'ref/resource') return { completion: { values: [] } };
    const { name: variable, value } = argument;
    const values = await resources.complete(ref.uri, variable, value, chosen?.arguments ?? {}, callOptions(context));
    return { completion: { values: values.slice(0, 100), total: values.length, hasMore: values.length > 100 } };
  });
  if (announces && era === 'legacy') serveSubscriptions(server, runs);
  if (tasks && era === 'modern') serveTasks(server, tasks);
  return server;
}

/** Answers `tools/call`, with what the client of the request can do beyond waiting. */
export function callsOf({ tools, tasks }: Pick<CallerServer, 'tools' | 'tasks'>, asking: Asking) {
  return ({ params }: CallToolRequest, context: ServerContext): Promise<CallToolResult> =>
    asking.during(context, questions =>
      tools.call(params.name, params.arguments, {
        ...callOptions(context),
        ...questions,
        ...(tasks && declaresTasks(context) ? { handOver: started => tasks.create(started) } : {}),
      }),
    );
}
