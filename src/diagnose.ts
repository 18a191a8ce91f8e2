import { closedApi, missing } from './connections.ts';
import { type Fault, isFault } from './errors.ts';
import type { Call } from './http/client.ts';
import { contextFor } from './perform.ts';
import type { Provider } from './providers/provider.ts';
import type { Shared } from './tools/call.ts';

/** What is known of one connection after a look at it. */
export interface Diagnosis {
  connection: string;
  platform: string;
  status: 'ok' | 'failed' | 'not_configured';
  read_only?: true;
  /** Facts from the platform, for example "4 projects visible". */
  facts?: string[];
  /** APIs of the platform that no credential was given for, and what to do about it. */
  not_connected?: string[];
  problem?: string;
  hint?: string;
}

/** Looks at every platform at once: one cheap request for each usable connection, none for the others. */
export function diagnose(shared: Shared, call: Call): Promise<Diagnosis[]> {
  const { connections } = shared;
  return Promise.all([
    ...connections.states.map(async ({ name, provider, readOnly, apis, connect, fault }): Promise<Diagnosis> => {
      const closed = connect && apis ? Object.keys(provider.apis ?? {}).filter(api => !apis.includes(api)) : [];
      const base = {
        connection: name,
        platform: provider.title,
        ...(readOnly ? { read_only: true as const } : {}),
        ...(closed.length ? { not_connected: closed.map(api => explainClosed(provider, api)) } : {}),
      };
      if (!connect) return { ...base, status: 'not_configured', ...(fault && explain(fault)) };
      try {
        const { probe } = await provider.load();
        return { ...base, status: 'ok', facts: await probe(contextFor(shared, await connect(), call)) };
      } catch (error) {
        if (!isFault(error)) throw error;
        return { ...base, status: 'failed', ...explain(error) };
      }
    }),
    ...connections.unconfigured.map(
      (provider): Promise<Diagnosis> =>
        Promise.resolve({
          connection: provider.name,
          platform: provider.title,
          status: 'not_configured',
          ...explain(missing(provider)),
        }),
    ),
  ]);
}

function explainClosed(provider: Provider, api: string): string {
  const { message, hint } = closedApi(provider, api);
  return `${message} ${hint}`;
}

const explain = ({ message, hint }: Fault) => ({ problem: message, hint });
