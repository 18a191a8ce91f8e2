import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type McpRequestContext, McpServer, type Server, type Tool } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { systemClock } from '../../src/base/clock.ts';
import { createSigner } from '../../src/base/signer.ts';
import { loadConfig } from '../../src/config/config.ts';
import { datarockSimulator } from '../../src/providers/datarock/simulator/simulator.ts';
import { providers } from '../../src/providers/index.ts';
import { createTasks } from '../../src/runs/tasks.ts';
import { startSimulator } from '../../src/sandbox/host.ts';
import { askingThrough } from '../../src/server/asking.ts';
import { callerIn } from '../../src/server/call-options.ts';
import type { CallerServer } from '../../src/server/caller-server.ts';
import { createServer, type DataPlatformsServer } from '../../src/server/create.ts';
import { listen } from '../../src/server/http/listen.ts';
import { callsOf, protocolServer } from '../../src/server/protocol.ts';
import type { ToolSet } from '../../src/tools/registry.ts';
import { askForName, askingSchemas, askingTools } from './fixtures/asking.ts';
import { handedOver, jobTasks, jobTools, startJob } from './fixtures/jobs.ts';
import { servePrompts } from './fixtures/prompts.ts';
import { withFixtureResources, withFixtureWatch } from './fixtures/resources.ts';
import { type FixtureTool, object, plainTools, text } from './fixtures/tools.ts';

/**
 * The server as it is, with what the conformance suite calls by name added to what it answers from: tools, resources,
 * prompts and jobs. Protocol, HTTP and tasks are the program's own.
 */
export async function startConformanceServer(http: Record<string, unknown>) {
  const results = await mkdtemp(join(tmpdir(), 'data-platforms-conformance-'));
  const simulator = await startSimulator(datarockSimulator, { clock: systemClock() });
  const config = loadConfig(
    { env: simulator.environment, flags: { results_dir: results, log_level: 'warn' }, httpFlags: http },
    providers,
  );
  const server = await createServer(config);
  const listener = await listen({ ...server, factory: context => withFixtures(server, context) as never }, config.http);
  return {
    url: listener.url,
    async close() {
      await listener.drain();
      await server.close();
      await simulator.close();
      await rm(results, { recursive: true, force: true });
    },
  };
}

const signer = createSigner();

function withFixtures(server: DataPlatformsServer, context: McpRequestContext): McpServer {
  const own = server.served(callerIn(context.authInfo));
  const tasks = createTasks({ clock: own.shared.clock, signer, source: jobTasks });
  const served: CallerServer = {
    ...own,
    tools: withFixtureTools(own.tools),
    resources: withFixtureResources(own.resources),
    runs: withFixtureWatch(own.runs),
    tasks,
  };
  const made = protocolServer(served, context);
  made.registerCapabilities({ logging: {} });
  servePrompts(made);
  const call = callsOf(served, askingThrough(made, context.era, own.shared.asks));
  made.setRequestHandler('tools/call', async (request, requestContext) => {
    const { name, arguments: args = {} } = request.params;
    if (name === 'test_tool_with_task') {
      const answer = askForName(requestContext);
      if (typeof answer !== 'string') return answer;
      return tasks.create(handedOver(startJob(async () => text(`Hello ${answer}`), {})));
    }
    return askingTools[name]?.(requestContext, args) ?? call(request, requestContext);
  });
  return withHeaderTool(made);
}

/**
 * The SDK checks `Mcp-Param-...` headers of tools that an `McpServer` knows. No tool of the program asks for one, so
 * it needs no `McpServer`; here one knows the suite's tool, in front of the server that answers.
 */
function withHeaderTool(server: Server): McpServer {
  const outer = new McpServer({ name: 'conformance', version: '1.0.0' });
  const region = z.string().meta({ 'x-mcp-header': 'Region' });
  outer.registerTool('test_x_mcp_header', { inputSchema: z.object({ region }) }, () => text('ok'));
  return Object.assign(outer, { server });
}

const headerTool: FixtureTool = {
  name: 'test_x_mcp_header',
  inputSchema: object({ region: { type: 'string', 'x-mcp-header': 'Region' } }),
  call: ({ region }) => text(String(region)),
};

function withFixtureTools(tools: ToolSet): ToolSet {
  const fixtures = [...plainTools, headerTool, ...jobTools];
  const asking = [...Object.keys(askingTools), 'test_tool_with_task'];
  const listed = (name: string, inputSchema = object({})): Tool => ({
    name,
    description: `What the suite calls ${name}.`,
    inputSchema,
  });
  return {
    ...tools,
    list: async () => [
      ...fixtures.map(({ name, inputSchema }) => listed(name, inputSchema)),
      ...asking.map(name => listed(name, askingSchemas[name])),
      ...(await tools.list()),
    ],
    has: name => fixtures.some(one => one.name === name) || tools.has(name),
    async call(name, args, options = {}) {
      const fixture = fixtures.find(one => one.name === name);
      return fixture ? fixture.call((args ?? {}) as Record<string, unknown>, options) : tools.call(name, args, options);
    },
  };
}
