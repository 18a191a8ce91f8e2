import type { IncomingHttpHeaders } from 'node:http';
import { nodeCrypto } from '../base/crypto.ts';
import { Fault } from '../base/errors.ts';
import type { Redactor } from '../base/redact.ts';
import type { ConnectionState } from '../connections/connections.ts';
import type { Provider } from '../providers/provider.ts';
import { type Caller, localCaller, principalOf } from './caller.ts';

/** The credentials of a caller's own that came with a request, by connection. */
export function withCredentials(
  caller: Caller,
  headers: IncomingHttpHeaders,
  states: readonly ConnectionState[],
): Caller {
  const found = states.flatMap(({ name, headerCredential }): [string, string][] => {
    const value = headerCredential && headers[headerCredential.header];
    return typeof value === 'string' && value !== '' && (caller.connections?.has(name) ?? true) ? [[name, value]] : [];
  });
  if (found.length === 0) return caller;
  // Behind a gateway many people may come with one token: whoever has another credential is somebody else.
  const callerId = nodeCrypto()
    .createHash('sha256')
    .update(JSON.stringify([caller.callerId, found.sort()]))
    .digest('base64url');
  return { ...caller, callerId, principal: principalOf(caller), credentials: new Map(found) };
}

/** The connection of this caller, where its credential is to come with the request. */
export function stateFor(caller: Caller, state: ConnectionState, redactor: Redactor): ConnectionState {
  const { headerCredential, name, provider } = state;
  if (!headerCredential) return state;
  const credential = caller.credentials?.get(name);
  const connected = credential === undefined ? undefined : headerCredential.connect(credential, redactor);
  if (connected?.connect) return connected;
  const fault = connected?.fault ?? missingHeader(provider, headerCredential.header);
  // The list of tools must not change with a header that is left out or damaged once.
  return caller === localCaller ? { ...state, fault } : { ...state, connect: () => Promise.reject(fault) };
}

const missingHeader = ({ title }: Provider, header: string) =>
  new Fault({
    code: 'not_configured',
    message: `No credential for ${title} came with the request.`,
    hint: `The gateway in front of this server has to hand it in, in the header ${header}.`,
  });
