import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { startScriptedModel } from './scripted-model.mjs';

const isStdio = target => target.command !== undefined;

/** Each client by its name: connects to a target, and calls tools the way its users would. */
export const adapters = {
  'ai-sdk': (target, transport) => aiSdk('@ai-sdk/mcp', target, transport),
  'ai-sdk-2': (target, transport) => aiSdk('ai-sdk-mcp-2', target, transport),
  'gemini-cli': geminiCli,
  'mcp-proxy': proxied,

  async langchain(target, transport) {
    const { MultiServerMCPClient } = await import('@langchain/mcp-adapters');
    const server = isStdio(target)
      ? { transport: 'stdio', ...target }
      : { transport: transport === 'sse' ? 'sse' : 'http', url: target.url };
    const told = { now: undefined };
    const client = new MultiServerMCPClient({
      mcpServers: { platforms: server },
      onProgress: progress => told.now?.(progress.message),
    });
    const tools = await client.getTools();
    const call = (name, args) => tools.find(one => one.name.endsWith(name)).invoke(args);
    return {
      tools: async () => tools.map(({ name }) => name),
      call,
      read: async uri => client.readResource('platforms', uri),
      async progress(name, args, listen) {
        told.now = listen;
        await call(name, args);
      },
      close: () => client.close(),
    };
  },

  async mastra(target) {
    const { MCPClient } = await import('@mastra/mcp');
    const server = isStdio(target) ? target : { url: new URL(target.url) };
    const client = new MCPClient({ servers: { platforms: server }, timeout: 60_000 });
    let asked = 0;
    await client.elicitation.onRequest('platforms', async () => {
      asked += 1;
      return { action: 'accept', content: {} };
    });
    const tools = await client.getTools();
    return {
      tools: async () => Object.keys(tools),
      call: (name, args) => tools[`platforms_${name}`].execute({ context: args, ...args }, {}),
      read: uri => client.resources.read('platforms', uri),
      asked: () => asked > 0,
      close: () => client.disconnect(),
    };
  },

  async 'openai-agents'(target, transport) {
    const { MCPServerSSE, MCPServerStdio, MCPServerStreamableHttp } = await import('@openai/agents');
    const Http = transport === 'sse' ? MCPServerSSE : MCPServerStreamableHttp;
    const options = { clientSessionTimeoutSeconds: 60, timeout: 60_000 };
    const client = isStdio(target)
      ? new MCPServerStdio({ ...target, ...options })
      : new Http({ url: target.url, ...options });
    await client.connect();
    return {
      tools: async () => (await client.listTools()).map(({ name }) => name),
      call: (name, args) => client.callTool(name, args),
      read: uri => client.readResource(uri),
      close: () => client.close(),
    };
  },

  async 'mcp-use'(target) {
    const { MCPClient } = await import('mcp-use');
    const client = MCPClient.fromDict({ mcpServers: { platforms: target } });
    const session = await client.createSession('platforms');
    return {
      tools: async () => (await session.listTools()).map(({ name }) => name),
      call: (name, args) => session.callTool(name, args),
      read: uri => session.readResource(uri),
      close: () => client.closeAllSessions(),
    };
  },

  async llamaindex(target, transport) {
    const { mcp } = await import('@llamaindex/tools');
    const client = mcp(isStdio(target) ? target : { url: target.url, useSSETransport: transport === 'sse' });
    const tools = await client.tools();
    return {
      tools: async () => tools.map(({ metadata }) => metadata.name),
      call: (name, args) => tools.find(({ metadata }) => metadata.name === name).call(args),
      close: () => client.cleanup(),
    };
  },

  async genkit(target) {
    const { genkit } = await import('genkit');
    const { createMcpClient } = await import('@genkit-ai/mcp');
    const ai = genkit({});
    const client = createMcpClient({ name: 'platforms', mcpServer: target });
    await client.ready();
    const tools = await client.getActiveTools(ai);
    return {
      tools: async () => tools.map(tool => tool.__action.name),
      call: (name, args) => tools.find(tool => tool.__action.name.endsWith(`/${name}`))(args),
      close: () => client.disable(),
    };
  },

  async strands(target, transport) {
    const { McpClient } = await import('@strands-agents/sdk');
    const client = new McpClient({ applicationName: 'contract', transport: await sdkTransport(target, transport) });
    const tools = await client.listTools();
    return {
      tools: async () => tools.map(({ name }) => name),
      call: (name, args) =>
        client.callTool(
          tools.find(one => one.name === name),
          args,
        ),
      close: () => client.disconnect?.(),
    };
  },

  async voltagent(target, transport) {
    const { MCPConfiguration } = await import('@voltagent/core');
    const server = isStdio(target)
      ? { type: 'stdio', ...target }
      : { type: transport === 'sse' ? 'sse' : 'streamable-http', url: target.url };
    const client = new MCPConfiguration({ servers: { platforms: server } });
    const tools = await client.getTools();
    return {
      tools: async () => tools.map(({ name }) => name),
      call: (name, args) => tools.find(one => one.name.endsWith(name)).execute(args),
      close: () => client.disconnect(),
    };
  },

  async mcporter(target) {
    const { createRuntime } = await import('mcporter');
    const command = isStdio(target)
      ? { kind: 'stdio', command: target.command, args: target.args, cwd: process.cwd() }
      : { kind: 'http', url: new URL(target.url) };
    const client = await createRuntime({ servers: [{ name: 'platforms', command }] });
    return {
      tools: async () => (await client.listTools('platforms')).map(({ name }) => name),
      call: (name, args) => client.callTool('platforms', name, { args }),
      close: () => client.close(),
    };
  },

  async 'google-adk'(target) {
    const { MCPToolset } = await import('@google/adk');
    const client = new MCPToolset(
      isStdio(target)
        ? { type: 'StdioConnectionParams', serverParams: target }
        : { type: 'StreamableHTTPConnectionParams', url: target.url },
    );
    const tools = await client.getTools();
    return {
      tools: async () => tools.map(({ name }) => name),
      call: (name, args) => tools.find(one => one.name === name).runAsync({ args, toolContext: {} }),
      close: () => client.close(),
    };
  },

  'mcp-remote': target => throughBridge('mcp-remote', [target.url, '--allow-http', '--transport', 'http-only']),
  supergateway: (target, transport) =>
    throughBridge('supergateway', [
      transport === 'sse' ? '--sse' : '--streamableHttp',
      target.url,
      '--logLevel',
      'none',
    ]),
};

/** Vercel's AI SDK, by the name of one of its versions. */
async function aiSdk(name, target, transport) {
  const { createMCPClient, ElicitationRequestSchema } = await import(name);
  const { Experimental_StdioMCPTransport: Stdio } = await import(`${name}/mcp-stdio`);
  let asked = 0;
  const client = await createMCPClient({
    transport: isStdio(target) ? new Stdio(target) : { type: transport === 'sse' ? 'sse' : 'http', url: target.url },
    capabilities: { elicitation: {} },
  });
  client.onElicitationRequest(ElicitationRequestSchema, () => {
    asked += 1;
    return { action: 'accept', content: {} };
  });
  const tools = await client.tools();
  return {
    tools: async () => Object.keys(tools),
    call: (name, args) => tools[name].execute(args, { toolCallId: '1', messages: [] }),
    read: uri => client.readResource({ uri }),
    asked: () => asked > 0,
    close: () => client.close(),
  };
}

/** Gemini CLI without an account: what it asks of its model is answered here. */
async function geminiCli(target) {
  const model = await startScriptedModel();
  const home = mkdtempSync(join(tmpdir(), 'gemini-'));
  const server = { ...(isStdio(target) ? target : { httpUrl: target.url }), trust: true, timeout: 60_000 };
  const settings = { mcpServers: { platforms: server }, security: { auth: { selectedType: 'gemini-api-key' } } };
  mkdirSync(join(home, '.gemini'));
  writeFileSync(join(home, '.gemini/settings.json'), JSON.stringify(settings));
  const program = new URL('node_modules/.bin/gemini', import.meta.url).pathname;
  const child = spawn(program, ['--model', 'gemini-2.5-flash', '--yolo', '--prompt', 'go'], {
    cwd: home,
    stdio: 'ignore',
    // It starts itself anew, and takes a minute over an end that is asked for.
    detached: true,
    env: {
      ...process.env,
      HOME: home,
      GEMINI_CLI_HOME: home,
      GEMINI_CLI_TRUST_WORKSPACE: 'true',
      GEMINI_API_KEY: 'nobody',
      GOOGLE_GEMINI_BASE_URL: model.origin,
    },
  });
  return {
    tools: model.tools,
    call: (name, args) => model.call(`mcp_platforms_${name}`, args),
    async close() {
      model.close();
      process.kill(-child.pid, 'SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** The npm package of this name makes a server over stdio one at an address. */
async function proxied({ command, args }) {
  const port = await freePort();
  const program = new URL('node_modules/.bin/mcp-proxy', import.meta.url).pathname;
  const words = ['--server', 'stream', '--host', '127.0.0.1', '--port', String(port), '--', command, ...args];
  const child = spawn(program, words, { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}/mcp`;
  while (!(await fetch(url).catch(() => undefined))) await new Promise(resolve => setTimeout(resolve, 100));
  const client = await sdkClient(await sdkTransport({ url }, 'http'));
  return {
    ...client,
    async close() {
      await client.close();
      child.kill();
    },
  };
}

async function freePort() {
  const server = createServer();
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise(resolve => server.close(resolve));
  return port;
}

/** A program that makes a server at an address one over stdio, with the protocol's own client in front of it. */
async function throughBridge(program, args) {
  const command = new URL(`node_modules/.bin/${program}`, import.meta.url).pathname;
  return sdkClient(new StdioClientTransport({ command, args, stderr: 'ignore' }));
}

async function sdkTransport(target, transport) {
  if (isStdio(target)) return new StdioClientTransport(target);
  const { SSEClientTransport } = await import('@modelcontextprotocol/sdk/client/sse.js');
  const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/sdk/client/streamableHttp.js');
  return new (transport === 'sse' ? SSEClientTransport : StreamableHTTPClientTransport)(new URL(target.url));
}

async function sdkClient(transport) {
  const client = new Client({ name: 'contract', version: '1.0.0' }, { capabilities: { elicitation: {} } });
  let asked = 0;
  client.setRequestHandler(ElicitRequestSchema, () => {
    asked += 1;
    return { action: 'accept', content: {} };
  });
  await client.connect(transport);
  return {
    tools: async () => (await client.listTools()).tools.map(({ name }) => name),
    call: (name, args) => client.callTool({ name, arguments: args }),
    read: uri => client.readResource({ uri }),
    progress: (name, args, listen) =>
      client.callTool({ name, arguments: args }, undefined, { onprogress: ({ message }) => listen(message) }),
    asked: () => asked > 0,
    close: () => client.close(),
  };
}
