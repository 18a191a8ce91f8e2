import { Fault } from './errors.ts';
import { addCommand, findPart, loadPart, type OptionalPart } from './optional-part.ts';

export const keychainPart: OptionalPart = {
  name: 'keychain',
  package: '@napi-rs/keyring',
  title: 'access to the keychain of this computer (1 to 4 MB)',
  opens: 'Secrets are read from it when a connection is first used.',
};

/** What all entries of this program are kept under. */
const service = 'data-platforms-mcp';

/** Whether the part that speaks to keychains is installed. */
export const hasKeychainPart = async (): Promise<boolean> => (await findPart(keychainPart)) !== undefined;

/** @throws Fault `not_configured` where there is no such entry, or no keychain that can be asked */
export async function readKeychain(account: string): Promise<string> {
  const secret = await asked(async () => (await entry(account)).getPassword());
  if (typeof secret === 'string') return secret;
  throw new Fault({
    code: 'not_configured',
    message: `The keychain of this computer has no entry "${account}" of ${service}.`,
    hint: 'Run "data-platforms-mcp setup" to store the credential again.',
  });
}

/** @throws Fault `not_configured` where there is no keychain that takes it */
export const writeKeychain = (account: string, secret: string): Promise<void> =>
  asked(async () => {
    const kept = await entry(account);
    await kept.setPassword(secret);
    // Some stores cut what is too long for them.
    if ((await kept.getPassword()) !== secret) throw new Error('it did not give back what was put in');
  });

/** @throws Fault `not_configured` where there is no keychain that can be asked */
export const forgetInKeychain = (account: string): Promise<boolean> =>
  asked(async () => (await entry(account)).deleteCredential());

async function entry(account: string) {
  const folder = await findPart(keychainPart);
  if (folder === undefined)
    throw new Fault({
      code: 'not_configured',
      message: 'A secret is in the keychain of this computer, and the part that reads it is not installed.',
      hint: `Have the person run "${addCommand(keychainPart)}" in a terminal, once; then repeat this call.`,
    });
  const { AsyncEntry } = loadPart(keychainPart, folder) as typeof import('@napi-rs/keyring');
  // Without it Linux falls back on the kernel's keyring, which forgets everything when the computer is restarted.
  return new AsyncEntry(service, account, { linux: { store: 'secret-service' } });
}

async function asked<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Fault) throw error;
    // The library's words are about the system and the entry, never about the secret.
    const { message } = error as Error;
    throw new Fault({
      code: 'not_configured',
      message: `The keychain of this computer cannot be used: ${message.replace(/\.$/, '')}.`,
      hint: 'Unlock it, or run "data-platforms-mcp setup --storage file" to keep the credentials in files that only you can read.',
      cause: error,
    });
  }
}
