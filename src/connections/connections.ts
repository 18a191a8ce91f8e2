import { Fault } from '../base/errors.ts';
import type { Redactor } from '../base/redact.ts';
import type { Connection } from '../http/connection.ts';
import type { Provider } from '../providers/provider.ts';

/** A configured account: connected, or the reason why not. */
export interface ConnectionState {
  name: string;
  provider: Provider;
  readOnly: boolean;
  /** Files with its secrets that others on this computer may read. */
  exposed?: readonly string[];
  /** Names of the APIs it has credentials for; absent where that is all there are. */
  apis?: readonly string[];
  /** Absent where `fault` is there. A function where connecting has to wait for something. */
  connect?: () => Connection | Promise<Connection>;
  fault?: Fault;
  /** Connects with a credential that comes with a request, in this header. */
  headerCredential?: { header: string; connect(credential: string, redactor: Redactor): ConnectionState };
}

/** Every account of this process. Fixed at the start. */
export class Connections {
  readonly states: readonly ConnectionState[];
  readonly #providers: readonly Provider[];

  constructor(states: readonly ConnectionState[], providers: readonly Provider[]) {
    this.states = states;
    this.#providers = providers;
  }

  /** Names of the usable connections of a platform, or of one of its APIs. */
  of(platform: string, api?: string): string[] {
    return this.states
      .filter(state => state.provider.name === platform && state.connect && reaches(state, api))
      .map(({ name }) => name);
  }

  /** The argument that leads to a connection again; none where its platform has no other. */
  argumentFor({ name, platform }: Pick<Connection, 'name' | 'platform'>): { connection?: string } {
    return this.of(platform).length < 2 ? {} : { connection: name };
  }

  /** Platforms with at least one usable connection, in the program's order. */
  get platforms(): Provider[] {
    return this.#providers.filter(({ name }) => this.of(name).length > 0);
  }

  /** Platforms nobody configured. */
  get unconfigured(): Provider[] {
    return this.#providers.filter(({ name }) => !this.states.some(state => state.provider.name === name));
  }

  /**
   * The connection a call is for; `api`: it has to reach that one.
   * @throws Fault `not_configured`, or `bad_arguments` where there is a choice and none was made
   */
  async choose(platform: string, name?: string, api?: string): Promise<Connection> {
    const states = this.states.filter(state => state.provider.name === platform);
    const usable = states.filter(state => state.connect && reaches(state, api));
    const chosen =
      name === undefined ? (usable.length === 1 ? usable[0] : undefined) : usable.find(one => one.name === name);
    if (chosen?.connect) return chosen.connect();
    const broken = states.find(state => state.fault && (name === undefined || state.name === name));
    if (broken?.fault && (name !== undefined || usable.length === 0)) throw broken.fault;
    if (usable.length > 1) throw ambiguous(usable, name);
    const closed = states.find(state => state.connect && (name === undefined || state.name === name));
    if (closed && api !== undefined) throw closedApi(closed.provider, api, closed.name);
    throw new Fault({
      code: 'not_configured',
      message: name === undefined ? `${platform} is not connected.` : `There is no connection "${name}".`,
      hint: 'check_connections says what is connected and what is missing.',
    });
  }
}

function ambiguous(usable: readonly ConnectionState[], name: string | undefined): Fault {
  const [
    {
      provider: { title },
    },
  ] = usable as [ConnectionState];
  const names = usable.map(one => one.name);
  return new Fault({
    code: 'bad_arguments',
    message: `There ${name === undefined ? `are ${names.length} connections` : `is no connection "${name}"`} to ${title}.`,
    hint: `Give connection: one of ${names.join(', ')}; in a URI, ?connection=${names[0]}.`,
  });
}

const reaches = ({ apis }: ConnectionState, api: string | undefined): boolean =>
  api === undefined || apis === undefined || apis.includes(api);

/** The account on one of its platform's APIs. @throws Fault `not_configured` where it has no credential for that one */
export function apiOf(connection: Connection, api: string | undefined): Connection {
  const found = api === undefined || !connection.apis ? connection : connection.apis[api];
  if (found) return found;
  throw new Fault({
    code: 'not_configured',
    message: `This needs an API of ${connection.title} that is not connected.`,
    hint: 'check_connections says which one is missing.',
  });
}

/** An API of a platform that a connection has no credential for. `connection`: its name, the platform's by default. */
export function closedApi({ title, apis, name }: Provider, api: string, connection = name): Fault {
  const { title: apiTitle = api, setting = '' } = apis?.[api] ?? {};
  const variable = `${name}_${setting}`.toUpperCase();
  const where =
    connection === name
      ? `${variable} (or ${variable}_FILE)`
      : `${setting} (or ${setting}_file) of the connection ${connection}`;
  return new Fault({
    code: 'not_configured',
    message: `The ${apiTitle} of ${title} is not connected.`,
    hint: `Set ${where}; the rest of ${title} works without it.`,
  });
}

export type Account = Pick<ConnectionState, 'name' | 'provider' | 'readOnly' | 'exposed'>;
