import {
  Client,
  SSEClientTransport,
  StreamableHTTPClientTransport,
  type Transport,
} from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport as OldSse } from '@modelcontextprotocol/sdk/client/sse.js';
import { StdioClientTransport as OldStdio } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as OldHttp } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport as OldTransport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import type { Server } from './servers.ts';

export interface Answer {
  text: string;
  data: Record<string, unknown>;
  isError: boolean;
}

export interface Calling {
  progress?: (message: string, done: number) => void;
  signal?: AbortSignal;
}

/** What the contract needs of a client, whichever it is. Its person agrees to everything. */
export interface AnyClient {
  tools(): Promise<string[]>;
  call(name: string, args: Record<string, unknown>, calling?: Calling): Promise<Answer>;
  templates(): Promise<string[]>;
  read(uri: string): Promise<string>;
  complete(uri: string, name: string, value: string): Promise<string[]>;
  /** What its person was asked. */
  asked: string[];
  close(): Promise<void>;
}

const info = { name: 'compat', version: '1.0.0' };
const capabilities = { elicitation: {} };
const agreed = { action: 'accept' as const, content: {} };

/** The 2.x client. `pinned`: it gives up where the era is not there. */
export async function newClient(mode: 'legacy' | 'pinned', server: Server): Promise<AnyClient> {
  const versionNegotiation = { mode: mode === 'legacy' ? mode : { pin: '2026-07-28' } } as const;
  const client = new Client(info, { versionNegotiation, capabilities });
  const asked: string[] = [];
  client.setRequestHandler('elicitation/create', ({ params }) => {
    asked.push(params.message);
    return agreed;
  });
  await client.connect(newTransport(server));
  return {
    ...common(client),
    asked,
    call: async (name, args, calling = {}) =>
      answer(await client.callTool({ name, arguments: args }, options(calling))),
  };
}

/** The 1.x client. */
export async function oldClient(server: Server): Promise<AnyClient> {
  const client = new OldClient(info, { capabilities });
  const asked: string[] = [];
  client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
    asked.push(params.message);
    return agreed;
  });
  await client.connect(oldTransport(server) as OldTransport);
  return {
    ...common(client),
    asked,
    call: async (name, args, calling = {}) =>
      answer(await client.callTool({ name, arguments: args }, undefined, options(calling))),
  };
}

function newTransport(server: Server): Transport {
  if (server.kind === 'stdio') return new StdioClientTransport({ ...server.command, stderr: server.stderr });
  return server.kind === 'sse'
    ? new SSEClientTransport(new URL(server.url))
    : new StreamableHTTPClientTransport(new URL(server.url));
}

function oldTransport(server: Server) {
  if (server.kind === 'stdio') return new OldStdio({ ...server.command, stderr: server.stderr });
  return server.kind === 'sse' ? new OldSse(new URL(server.url)) : new OldHttp(new URL(server.url));
}

/** What both lines of clients call the same. */
function common(client: Client | OldClient): Omit<AnyClient, 'call' | 'asked'> {
  return {
    tools: async () => (await client.listTools()).tools.map(({ name }) => name),
    templates: async () => (await client.listResourceTemplates()).resourceTemplates.map(one => one.uriTemplate),
    read: async uri => ((await client.readResource({ uri })).contents[0] as { text: string }).text,
    complete: async (uri, name, value) =>
      (await client.complete({ ref: { type: 'ref/resource', uri }, argument: { name, value } })).completion.values,
    close: () => client.close(),
  };
}

const options = ({ progress, signal }: Calling) => ({
  ...(signal ? { signal } : {}),
  ...(progress
    ? {
        onprogress: ({ message, progress: done }: { message?: string | undefined; progress: number }) =>
          progress(message ?? '', done),
      }
    : {}),
});

function answer(result: Record<string, unknown>): Answer {
  const {
    content,
    structuredContent = {},
    isError,
  } = result as {
    content: { text?: string }[];
    structuredContent?: Record<string, unknown>;
    isError?: boolean;
  };
  return { text: content[0]?.text ?? '', data: structuredContent, isError: isError === true };
}
