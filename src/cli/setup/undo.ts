import { rm } from 'node:fs/promises';
import { isFault } from '../../base/errors.ts';
import { forgetInKeychain } from '../../base/keychain.ts';
import type { ExitCode } from '../exit-codes.ts';
import { print, type Terminal } from '../terminal.ts';
import { type OwnFiles, ownFiles } from './files.ts';
import type { SetupFlags } from './flags.ts';
import { forgetNotes, type KeptSecret, readJournal, tidy, undoAll } from './journal.ts';
import type { Questions } from './questions.ts';

/** Puts back what setup has written; credentials only where the person wants them gone. Exit 3 where something stayed. */
export async function undo(flags: SetupFlags, questions: Questions, { stdout }: Terminal): Promise<ExitCode> {
  const files = await ownFiles();
  const { steps, secrets } = await readJournal(files);
  if (steps.length === 0 && secrets.length === 0) {
    questions.tell('There is nothing to undo: setup has changed nothing that it knows of.');
    return 0;
  }
  const undone = await undoAll(files);
  const gone =
    secrets.length > 0 && (await wantsForgotten(flags, secrets, questions)) ? await forget(files, secrets) : [];
  const kept = secrets.filter(secret => !gone.includes(secret)).map(placeOf);
  if (flags.json) {
    print(stdout, JSON.stringify({ files: undone, forgotten: gone.map(placeOf), kept }, null, 2));
  } else {
    const told = [
      ...undone.map(({ path, outcome }) => `${path} ${outcome}.`),
      ...gone.map(one => `${placeOf(one)} is deleted.`),
    ];
    if (told.length > 0) questions.tell(told.join('\n'));
    if (kept.length > 0)
      questions.tell(`Credentials that stay: ${kept.join(', ')}. setup --undo --forget deletes them.`);
  }
  return undone.some(({ left }) => left) ? 3 : 0;
}

async function wantsForgotten(
  flags: SetupFlags,
  secrets: readonly KeptSecret[],
  questions: Questions,
): Promise<boolean> {
  if (flags.forget || !questions.someone) return flags.forget === true;
  return questions.agree({
    message: `Delete the credentials too? ${secrets.map(placeOf).join(', ')}`,
    flag: '--forget',
    initial: false,
  });
}

const placeOf = ({ keychain, file = '' }: KeptSecret) => (keychain ? `keychain entry ${keychain}` : file);

/** Those that are gone now. One that the keychain does not give up stays noted. */
async function forget(files: OwnFiles, secrets: readonly KeptSecret[]): Promise<KeptSecret[]> {
  const gone: KeptSecret[] = [];
  for (const secret of secrets) {
    try {
      if (secret.keychain) await forgetInKeychain(secret.keychain);
      if (secret.file) await rm(secret.file, { force: true });
      gone.push(secret);
    } catch (error) {
      if (!isFault(error)) throw error;
    }
  }
  await forgetNotes(files, gone);
  await tidy(files);
  return gone;
}
