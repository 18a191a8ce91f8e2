import { type Diagnosis, diagnose } from '../../calls/check-connections.ts';
import { loadConfig } from '../../config/config.ts';
import { prefixOf, variable } from '../../config/connection.ts';
import { providers } from '../../providers/index.ts';
import type { Provider } from '../../providers/provider.ts';
import { createServer } from '../../server/create.ts';
import type { Terminal } from '../terminal.ts';

/** Looks whether settings lead to the platform, as `doctor` does: one cheap request with the credential. Writes nothing. */
export async function probe(
  provider: Provider,
  settings: Readonly<Record<string, string>>,
  { env, signal }: Pick<Terminal, 'env' | 'signal'>,
): Promise<Diagnosis> {
  // Proxies and certificates of the environment hold; accounts in it are not what is tried.
  const others = Object.entries(env).filter(([name]) => !providers.some(one => name.startsWith(prefixOf(one))));
  const own = Object.entries(settings).map(([key, value]) => [variable(provider, key), value]);
  const quiet = { DATA_PLATFORMS_LOG_LEVEL: 'error', DATA_PLATFORMS_SANDBOX: '' };
  const config = loadConfig(
    { env: { ...Object.fromEntries(others), ...quiet, ...Object.fromEntries(own) } },
    providers,
  );
  const server = await createServer(config, { local: true });
  try {
    const found = await server.tools.runAsCall('setup', { signal }, call => diagnose(server.shared, call));
    return found.find(({ connection }) => connection === provider.name) as Diagnosis;
  } finally {
    await server.close();
  }
}
