import type { CallToolResult, Client } from '@modelcontextprotocol/client';
import { pictureKey } from '../answers/render.ts';
import { Fault } from '../base/errors.ts';
import { newMeter } from '../calls/call-scope.ts';
import type { Meter } from '../http/call.ts';
import type { Assistant, Reply } from '../providers/story.ts';
import { usageKey } from '../tools/registry.ts';
import { createProgress } from './progress.ts';
import { paint, print, type Terminal } from './terminal.ts';

/** Of an answer in the transcript: this many lines, of this many characters. */
const mostLines = 7;
const mostCharacters = 150;

export async function createAssistant(
  client: Client,
  { stdout, signal, env }: Terminal,
  { count, tools }: { count: (text: string) => number; tools: ReadonlySet<string> },
): Promise<Assistant> {
  const progress = await createProgress(stdout, env);
  const usage = newMeter();
  const spent = { calls: 0, resultTokens: 0, usage };

  const check = async (name: string, args: Record<string, unknown>, onprogress?: Parameters<typeof told>[0]) =>
    read(name, await client.callTool({ name, arguments: args }, { signal, ...(onprogress && told(onprogress)) }));

  // Whoever watches the demo would say yes: it is about seeing that they are asked.
  client.setRequestHandler('elicitation/create', ({ params: { message } }) => {
    print(
      stdout,
      `  ${paint(stdout, 'bold', 'Asks the person:')} ${message}`,
      `  ${paint(stdout, 'bold', 'Person:')} Yes.`,
    );
    return { action: 'accept', content: {} };
  });

  const told = (tell: (message: string, done?: number, total?: number) => void) => ({
    onprogress: ({
      message = '',
      progress: done,
      total,
    }: {
      message?: string | undefined;
      progress: number;
      total?: number | undefined;
    }) => (total === undefined ? tell(message) : tell(message, Math.floor(done), total)),
  });

  return {
    spent,
    handles: new Map(),
    offers: tool => tools.has(tool),
    person: (who, text) => print(stdout, '', `${paint(stdout, 'bold', `${who}:`)} ${text}`),
    says: text => print(stdout, '', `${paint(stdout, 'bold', 'Assistant:')} ${text}`),
    async ask(tool, args) {
      print(stdout, `  ${paint(stdout, 'cyan', tool)} ${JSON.stringify(args)}`);
      let reply: Awaited<ReturnType<typeof check>>;
      try {
        reply = await check(tool, args, (message, done, total) =>
          progress.tell(stdout.isTTY ? message : `      ... ${message}`, done, total),
        );
      } finally {
        progress.pause();
      }
      spent.calls += 1;
      spent.resultTokens += count(reply.text);
      for (const [name, value] of Object.entries(reply.usage)) usage[name as keyof Meter] += value;
      print(stdout, ...excerpt(reply.text).map(line => paint(stdout, 'dim', `    | ${line}`)));
      return reply;
    },
    check: (tool, args) => check(tool, args),
  };
}

function read(
  tool: string,
  { content, structuredContent, isError, _meta }: CallToolResult,
): Reply & { usage: Partial<Meter> } {
  const text = content.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('\n');
  if (isError)
    throw new Fault({
      code: 'bad_upstream_reply',
      message: `${tool} answered: ${text}`,
      hint: 'Run it again with --log-level debug to see what the server did.',
    });
  return {
    text,
    data: (structuredContent ?? _meta?.[pictureKey]) as Record<string, unknown>,
    usage: (_meta?.[usageKey] ?? {}) as Partial<Meter>,
  };
}

/** The beginning of an answer; says what is left out. */
function excerpt(text: string): string[] {
  const lines = text.split('\n');
  const shown = lines.slice(0, mostLines).map(line => {
    return line.length > mostCharacters ? `${line.slice(0, mostCharacters)} ... (${line.length} characters)` : line;
  });
  return lines.length > mostLines ? [...shown, `... and ${lines.length - mostLines} more lines`] : shown;
}
