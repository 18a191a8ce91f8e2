import type { Clock } from '../base/clock.ts';
import { nodeCrypto } from '../base/crypto.ts';
import type { Config } from '../config/config.ts';
import type { ConnectionState } from '../connections/connections.ts';
import type { Register } from '../coordination/register.ts';

/** A server is updated now and then: what it lacked is tried again after so long, in ms. */
const rememberedMs = 90 * 86_400_000;

/** A connection, and the host that it leads to. */
export interface Account {
  connection: string;
  baseUrl: string;
}

/** The sandbox has another address each time, and is one account; its simulators start when something is asked. */
export async function accountOf(
  { name, connect }: ConnectionState,
  { sandbox, sandbox_drift }: Pick<Config, 'sandbox' | 'sandbox_drift'>,
): Promise<Account> {
  if (sandbox) return { connection: name, baseUrl: `sandbox ${sandbox_drift ?? ''}` };
  return { connection: name, baseUrl: (await connect?.())?.baseUrl ?? '' };
}

/** Operations that a connection's platform was found not to offer; empty where nobody has looked. */
export async function readNotOffered(register: Register, account: Account): Promise<string[]> {
  const { value } = await register.read(keyOf(account));
  return String(value?.['not_offered'] ?? '')
    .split(' ')
    .filter(Boolean);
}

/** Keeps what was found, in the place of what was found before. */
export async function rememberNotOffered(
  register: Register,
  account: Account,
  names: readonly string[],
  clock: Clock,
): Promise<void> {
  const key = keyOf(account);
  const { version } = await register.read(key);
  const now = clock.now();
  await register.write(key, version, { not_offered: names.join(' '), at: now }, now + rememberedMs);
}

const keyOf = ({ connection, baseUrl }: Account): string =>
  nodeCrypto().createHash('sha256').update(`${connection} ${baseUrl}`).digest('hex').slice(0, 32);
