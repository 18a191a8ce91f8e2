import { Fault, isFault } from '../../base/errors.ts';
import { isRow } from '../../base/json-value.ts';
import { createRedactor } from '../../base/redact.ts';
import type { Computer, Launch, McpClient } from './clients.ts';
import { serverName } from './clients.ts';
import { readEntry, withEntry } from './edit.ts';
import { asJson, type OwnFiles, readIfThere, readObject } from './files.ts';
import type { Change } from './journal.ts';

/** What is to become of one client's configuration: a change, nothing to do, or why it cannot be changed. */
export interface ClientPlan {
  client: McpClient;
  path: string;
  change?: Change;
  problem?: Fault;
}

/** Works out what a client's configuration has to become. Writes nothing. */
export async function planClient(client: McpClient, computer: Computer, launch: Launch): Promise<ClientPlan> {
  const path = client.file(computer);
  const entry = client.entry(launch);
  const base = { client, path };
  try {
    const before = await readIfThere(path);
    const text = before?.toString('utf8') ?? '';
    if (before && !Buffer.from(text, 'utf8').equals(before)) throw notText(client, path);
    const entryBefore = await readEntry(client, text, path, serverName);
    const after = await withEntry(client, { text, path, name: serverName, entry });
    if (after === text) return base;
    const entries = { entryAfter: entry, ...(entryBefore === undefined ? {} : { entryBefore }) };
    return { ...base, change: { path, client: client.name, before, after, ...entries } };
  } catch (error) {
    if (isFault(error)) return { ...base, problem: error };
    throw error;
  }
}

const notText = ({ title, name }: McpClient, path: string) =>
  new Fault({
    code: 'not_configured',
    message: `The configuration of ${title}, ${path}, is not UTF-8 text. It was left as it is.`,
    hint: `Save it as UTF-8 and run this again, or put the entry in by hand: data-platforms-mcp setup --print ${name}.`,
  });

/** Works out our own file: what was in it stays, but for the connections that were set up anew. */
export async function planConfig(
  { config: path }: OwnFiles,
  { connections, readOnly }: { connections: Readonly<Record<string, unknown>>; readOnly: boolean },
): Promise<Change> {
  const present = await readObject(path).catch((cause: Error) => {
    throw new Fault({
      code: 'not_configured',
      message: `${path} cannot be read: ${cause.message}. It was left as it is.`,
      hint: 'Mend it or move it away, and run setup again.',
      cause,
    });
  });
  const { read_only: _, connections: before, ...others } = present;
  const after = {
    ...others,
    ...(readOnly ? { read_only: true } : {}),
    connections: { ...(isRow(before) ? before : {}), ...connections },
  };
  return { path, before: await readIfThere(path), after: asJson(after) };
}

/** What changes in a file, as lines; secrets of others that stand near are masked. */
export async function difference({ path, before, after }: Change): Promise<string[]> {
  const { createTwoFilesPatch } = await import('./libraries.ts');
  const patch = createTwoFilesPatch(path, path, before?.toString('utf8') ?? '', after, '', '', { context: 1 });
  const redactor = createRedactor();
  return patch
    .split('\n')
    .filter(line => !/^(?:Index: |=+$|---|\+\+\+|\\ No newline)/.test(line))
    .map(line => redactor.text(line.trimEnd()))
    .filter(Boolean);
}
