import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findDuckdb } from '../../base/duckdb.ts';
import { Fault } from '../../base/errors.ts';
import { version } from '../../base/version.ts';
import { providers } from '../../providers/index.ts';
import type { Assistant } from '../../providers/story.ts';
import { createAssistant } from '../assistant.ts';
import type { ExitCode } from '../exit-codes.ts';
import { speeds } from '../flags.ts';
import type { Flags } from '../session.ts';
import { alignColumns, paint, print, type Terminal } from '../terminal.ts';
import { tokenCounter, visibleText } from '../tokens.ts';

/** Plays the story with a real client and this program's own server as a child process, on the sandbox. */
export async function demo(flags: Flags, terminal: Terminal): Promise<ExitCode> {
  const results = await mkdtemp(join(tmpdir(), 'data-platforms-demo-')).catch(noFolder);
  const { Client, StdioClientTransport } = await import('../mcp-client.ts');
  const client = new Client(
    { name: 'data-platforms-mcp-demo', version },
    { versionNegotiation: { mode: 'auto' }, capabilities: { elicitation: {} } },
  );
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [process.argv[1] as string, ...serverArguments(flags, results)],
    // The environment is the SDK's short list: the person's own accounts stay out of it.
    stderr: 'inherit',
  });
  const { stdout, signal } = terminal;
  const started = Date.now();
  try {
    await client.connect(transport, { signal });
    const { tools } = await client.listTools({}, { signal });
    const count = await tokenCounter();
    const definitions = tools.reduce((sum, tool) => sum + count(visibleText(tool)), 0);
    print(
      stdout,
      paint(stdout, 'bold', 'An assistant, an MCP server, and a sandbox that behaves like the real platforms'),
      `The server runs as a child process and speaks MCP ${client.getNegotiatedProtocolVersion()} over stdio; ` +
        `it offers ${tools.length} tools.`,
      'No account, no network, no model: what an assistant would ask is scripted, everything it gets is real.',
    );
    const usable = new Set(tools.map(({ name }) => name));
    // Listed, but all that it could do is to say what is missing.
    if (!(await findDuckdb())) usable.delete('query_result');
    const assistant = await createAssistant(client, terminal, { count, tools: usable });
    for (const provider of providers) await (await provider.story())(assistant);
    summarise(assistant, { definitions, seconds: (Date.now() - started) / 1000 }, terminal);
    return 0;
  } catch (error) {
    throw signal.aborted ? signal.reason : asFault(error);
  } finally {
    await client.close();
    await rm(results, { recursive: true, force: true });
  }
}

function noFolder(cause: Error): never {
  throw new Fault({
    code: 'not_configured',
    message: `The demo cannot make a folder for its results: ${cause.message}.`,
    hint: 'Set TMPDIR to a folder that you may write to.',
    cause,
  });
}

function serverArguments({ sandbox: _, resultsDir: __, ...flags }: Flags, results: string): string[] {
  const given = Object.entries<unknown>({ sandboxSpeed: speeds.demo, logLevel: 'silent', ...flags });
  const words = given.flatMap(([name, value]) => {
    const flag = `--${name.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`;
    return value === true ? [flag] : [flag, String(value)];
  });
  return ['--sandbox', '--results-dir', results, ...words];
}

function summarise(
  { spent: { usage, calls, resultTokens } }: Assistant,
  { definitions, seconds }: { definitions: number; seconds: number },
  { stdout }: Terminal,
): void {
  print(
    stdout,
    '',
    paint(stdout, 'bold', 'What that took'),
    ...alignColumns([
      ['  tool calls', calls],
      ['  requests to the platform', usage.requests],
      ['    repeated', usage.retries],
      ['    with a credential', usage.signatures],
      ['    polls of runs', usage.polls],
      ['  bytes received', usage.bytes],
      ['  seconds waited for quotas', Math.round(usage.waitedMs / 1000)],
      ['  tokens of tool definitions', definitions],
      ['  tokens of results', resultTokens],
    ]),
    `It took ${seconds.toFixed(1)} s. Tokens are o200k_base, of what a model would have read.`,
  );
}

function asFault(error: unknown): Fault {
  if (error instanceof Fault) return error;
  return new Fault({
    code: 'bad_upstream_reply',
    message: `The demo did not get through: ${error instanceof Error ? error.message : String(error)}`,
    hint: 'Run it again with --log-level debug to see what the server did.',
    cause: error,
  });
}
