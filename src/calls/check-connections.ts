import { Fault, isFault } from '../base/errors.ts';
import type { OperationManifest } from '../catalog/manifest.ts';
import { missing } from '../connections/connect.ts';
import { closedApi } from '../connections/connections.ts';
import type { Call } from '../http/call.ts';
import type { Probed, Provider } from '../providers/provider.ts';
import { operationContext } from './execute.ts';
import type { CallerServices } from './services.ts';

/** What is known of one connection after a look at it. */
export interface Diagnosis {
  connection: string;
  platform: string;
  status: 'ok' | 'failed' | 'not_configured';
  /** Whose account it is. */
  account?: string;
  read_only?: true;
  /** Facts from the platform, for example "4 projects visible". */
  facts?: string[];
  /** APIs of the platform that no credential was given for, and what to do about it. */
  not_connected?: string[];
  /** "scope: tool, tool": what the credential may not call for want of a scope. */
  left_out?: string[];
  /** Operations that the platform was found not to offer (`doctor --verify`), so that they are not listed. */
  not_offered?: readonly string[];
  /** Files with secrets that others may read, and what to do about it. */
  exposed?: string[];
  problem?: string;
  hint?: string;
}

const explainExposed = (path: string) =>
  `${path} can be read by other users of this computer: run chmod 600 on it, and renew the secret if it was shared.`;

/**
 * Looks at every platform at once: one cheap request for each usable connection, none for the others.
 * `operations`: those that are told of where a credential lacks a scope; the listed ones, unless others are given.
 */
export function diagnose(
  shared: CallerServices,
  call: Call,
  operations: readonly OperationManifest[] = shared.catalog.listed,
): Promise<Diagnosis[]> {
  const { connections } = shared;
  return Promise.all([
    ...connections.states.map(
      async ({ name, provider, readOnly, exposed = [], apis, connect, fault }): Promise<Diagnosis> => {
        const closed = connect && apis ? Object.keys(provider.apis ?? {}).filter(api => !apis.includes(api)) : [];
        const base = {
          connection: name,
          platform: provider.title,
          ...(readOnly ? { read_only: true as const } : {}),
          ...(shared.catalog.notOffered(name).length ? { not_offered: shared.catalog.notOffered(name) } : {}),
          ...(exposed.length ? { exposed: exposed.map(explainExposed) } : {}),
          ...(closed.length ? { not_connected: closed.map(api => explainClosed(provider, api, name)) } : {}),
        };
        if (!connect) return { ...base, status: 'not_configured', ...(fault && explain(fault)) };
        try {
          const { probe } = await provider.load();
          const connected = await connect();
          const {
            facts,
            account = connected.account,
            scopes = {},
          } = await probe(operationContext(shared, connected, call));
          const own = operations.filter(({ platform }) => platform === provider.name);
          const lacking = leftOut(own, scopes);
          return {
            ...base,
            status: 'ok',
            ...(account === undefined ? {} : { account }),
            facts,
            ...(lacking.length ? { left_out: lacking } : {}),
          };
        } catch (error) {
          if (!isFault(error)) throw error;
          return { ...base, status: 'failed', ...explain(error) };
        }
      },
    ),
    ...connections.unconfigured.map(
      (provider): Promise<Diagnosis> =>
        Promise.resolve({
          connection: provider.name,
          platform: provider.title,
          status: 'not_configured',
          ...explain(shared.caller.connections ? notTheirs(provider) : missing(provider)),
        }),
    ),
  ]);
}

/** Operations by the scope that their API's credential lacks. */
function leftOut(operations: readonly OperationManifest[], granted: NonNullable<Probed['scopes']>): string[] {
  const lacking = new Map<string, string[]>();
  for (const { name, api = '', scopes = [] } of operations)
    for (const scope of scopes) {
      if (granted[api]?.includes(scope) !== false) continue;
      lacking.set(scope, [...(lacking.get(scope) ?? []), name]);
    }
  return [...lacking].map(([scope, names]) => `${scope}: ${names.join(', ')}`);
}

function explainClosed(provider: Provider, api: string, connection: string): string {
  const { message, hint } = closedApi(provider, api, connection);
  return `${message} ${hint}`;
}

/** What a caller who may use certain connections has nothing to do with. */
const notTheirs = ({ title }: Provider) =>
  new Fault({
    code: 'not_configured',
    message: `You have no connection to ${title} here.`,
    hint: 'Ask the operator of this server for one.',
  });

const explain = ({ message, hint }: Fault) => ({ problem: message, hint });
