import { rm, rmdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { Fault, isFault } from '../../base/errors.ts';
import { clients, serverName } from './clients.ts';
import { readEntry, withEntry } from './edit.ts';
import { asJson, hashOf, type OwnFiles, readIfThere, replaceFile } from './files.ts';

const step = z.strictObject({
  path: z.string(),
  /** The client whose configuration it is; absent for our own file. */
  client: z.string().optional(),
  /** Name of the copy in the folder of backups; absent where there was no file. */
  backup: z.string().optional(),
  /** Of the file before and after; `before` is absent where there was none. */
  before: z.string().optional(),
  after: z.string(),
  /** What the client was told of us before and after, where it is a client. */
  entryBefore: z.unknown().optional(),
  entryAfter: z.unknown().optional(),
});

const journal = z.strictObject({
  steps: z.array(step).default([]),
  /** Where secrets were put. */
  secrets: z.array(z.strictObject({ keychain: z.string().optional(), file: z.string().optional() })).default([]),
});

type Step = z.output<typeof step>;
export type KeptSecret = z.output<typeof journal>['secrets'][number];
export type Journal = z.output<typeof journal>;

/** @throws Fault `not_configured` where it cannot be read: what is in it must not be lost */
export async function readJournal({ journal: path }: OwnFiles): Promise<Journal> {
  const content = await readIfThere(path);
  if (content === undefined) return { steps: [], secrets: [] };
  try {
    return journal.parse(JSON.parse(content.toString('utf8')));
  } catch (cause) {
    throw new Fault({
      code: 'not_configured',
      message: `${path}, in which setup notes what it has changed, cannot be read.`,
      hint: 'Move it away, and setup can go on; what it noted can then only be put back by hand, from the folder "backups" beside it.',
      cause,
    });
  }
}

const writeJournal = (files: OwnFiles, content: Journal) => replaceFile(files.journal, asJson(content));

/** Notes where secrets are put, before they are put there. */
export async function noteSecrets(files: OwnFiles, secrets: readonly KeptSecret[]): Promise<void> {
  const noted = await readJournal(files);
  const others = noted.secrets.filter(one => !secrets.some(secret => isDeepStrictEqual(one, secret)));
  await writeJournal(files, { ...noted, secrets: [...others, ...secrets] });
}

/** Takes out the notes of secrets that are gone. */
export async function forgetNotes(files: OwnFiles, gone: readonly KeptSecret[]): Promise<void> {
  const noted = await readJournal(files);
  const secrets = noted.secrets.filter(one => !gone.some(secret => isDeepStrictEqual(one, secret)));
  await writeJournal(files, { ...noted, secrets });
}

/** A change of one file. */
export interface Change {
  path: string;
  client?: string;
  before: Buffer | undefined;
  after: string;
  entryBefore?: unknown;
  entryAfter?: unknown;
}

/**
 * Changes a file so that it can be put back: first a copy, then a note, then the change. Whatever ends the program in
 * between, `undo` finds the file as it was or as it was meant.
 * @throws Fault `conflict` where the file is no longer what the change was made for
 */
export async function applyChange(files: OwnFiles, change: Change, now: Date): Promise<void> {
  const { path, client, before, after, entryBefore, entryAfter } = change;
  const current = await readIfThere(path);
  if (current === undefined ? before !== undefined : before === undefined || !current.equals(before))
    throw new Fault({
      code: 'conflict',
      message: `${path} was changed by another program meanwhile. It was left as it is.`,
      hint: 'Run setup again.',
    });
  const backup = before && `${now.toISOString().replace(/\D/g, '')}-${client ?? 'own'}-${basename(path)}`;
  if (before && backup) await replaceFile(join(files.backups, backup), before);
  const noted = await readJournal(files);
  const made: Step = {
    path,
    after: hashOf(after),
    ...(client ? { client } : {}),
    ...(before && backup ? { backup, before: hashOf(before) } : {}),
    ...(entryBefore === undefined ? {} : { entryBefore }),
    ...(entryAfter === undefined ? {} : { entryAfter }),
  };
  await writeJournal(files, { ...noted, steps: [...noted.steps, made] });
  await replaceFile(path, after);
}

/** What became of one file, in words. */
export interface Undone {
  path: string;
  outcome: string;
  /** It is not as it was, and a person should look. */
  left?: true;
}

/** Puts back what setup has changed, the latest change first. What could not be put back stays noted. */
export async function undoAll(files: OwnFiles): Promise<Undone[]> {
  const noted = await readJournal(files);
  const undone: Undone[] = [];
  let remaining = noted.steps;
  for (const one of noted.steps.toReversed()) {
    const result = await undoStep(files, one);
    undone.push(result);
    if (result.left) continue;
    remaining = remaining.filter(other => other !== one);
    await writeJournal(files, { ...noted, steps: remaining });
  }
  await tidy(files);
  return undone;
}

/** Without notes there is nothing to go back to, and a copy may hold secrets of other servers. */
export async function tidy(files: OwnFiles): Promise<void> {
  const { steps, secrets } = await readJournal(files);
  if (steps.length > 0) return;
  await rm(files.backups, { recursive: true, force: true });
  if (secrets.length > 0) return;
  await rm(files.journal, { force: true });
  for (const folder of [files.secrets, files.folder]) await rmdir(folder).catch(() => {});
}

async function undoStep(files: OwnFiles, done: Step): Promise<Undone> {
  const { path, backup, before, after } = done;
  const current = await readIfThere(path);
  if (current === undefined) return { path, outcome: 'is gone already' };
  const found = hashOf(current);
  if (found === before) return { path, outcome: 'is as it was' };
  if (found !== after) return takeOut(done, current.toString('utf8'));
  if (backup === undefined) {
    await rm(path);
    return { path, outcome: 'was not there before setup, and is removed' };
  }
  const content = await readIfThere(join(files.backups, backup));
  if (content === undefined || hashOf(content) !== before)
    return { path, outcome: 'stays: its backup is missing or changed', left: true };
  await replaceFile(path, content);
  return { path, outcome: 'is as it was before, byte for byte' };
}

/** Somebody has changed the file since: their changes stay, and only what is ours goes. */
async function takeOut({ path, client: name, entryBefore, entryAfter }: Step, text: string): Promise<Undone> {
  const client = clients.find(one => one.name === name);
  if (!client) return { path, outcome: 'stays: it was changed since', left: true };
  try {
    const entry = await readEntry(client, text, path, serverName);
    if (entry === undefined) return { path, outcome: 'was changed since, and has nothing of ours' };
    if (!isDeepStrictEqual(entry, entryAfter))
      return { path, outcome: `stays: its entry "${serverName}" was changed by hand`, left: true };
    await replaceFile(path, await withEntry(client, { text, path, name: serverName, entry: entryBefore }));
    return { path, outcome: 'was changed since: only our entry was taken out' };
  } catch (error) {
    if (!isFault(error)) throw error;
    return { path, outcome: `stays: ${error.message}`, left: true };
  }
}
