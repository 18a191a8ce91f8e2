import { isFault } from '../../base/errors.ts';
import { asFault } from '../../calls/call.ts';
import { type Diagnosis, diagnose } from '../../calls/check-connections.ts';
import type { CallerServices } from '../../calls/services.ts';
import type { ConnectionState } from '../../connections/connections.ts';
import type { Call } from '../../http/call.ts';
import type { Connection } from '../../http/connection.ts';
import { mostSkew, secondsAhead, skewWords } from '../../http/skew.ts';
import type { Provider } from '../../providers/provider.ts';
import type { ExitCode } from '../exit-codes.ts';
import { type Flags, withSession } from '../session.ts';
import { paint, print, type Terminal } from '../terminal.ts';

interface Finding extends Diagnosis {
  contact?: Contact;
  /** Where the credential is made, for a platform that has none yet. */
  credentials?: string[];
}

/** What one request without credentials shows. */
interface Contact {
  reachable: boolean;
  /** "host:port (variable)" of the one that the way leads through. */
  proxy?: string;
  /** Real ms of one request on an open connection. */
  latency_ms?: number;
  /** Seconds by which this machine's clock is ahead of the platform's; exact to about a second. */
  clock_ahead_s?: number;
  problem?: string;
}

/** Looks at every connection. Exit 3 unless there is one and all of them work. */
export async function doctor(
  flags: Flags,
  { json, platform }: { json?: true | undefined; platform?: string | undefined },
  terminal: Terminal,
): Promise<ExitCode> {
  return withSession(flags, terminal.env, async ({ server: { shared, tools } }) => {
    const findings = await tools.runAsCall('doctor', { signal: terminal.signal }, call =>
      examine(shared, call, platform),
    );
    const configured = findings.filter(({ connection }) =>
      shared.connections.states.some(({ name }) => name === connection),
    );
    const healthy = configured.length > 0 && configured.every(({ status }) => status === 'ok');
    if (json) print(terminal.stdout, JSON.stringify({ healthy, connections: findings }, null, 2));
    else for (const finding of findings) show(finding, terminal);
    return healthy ? 0 : 3;
  });
}

async function examine(shared: CallerServices, call: Call, platform: string | undefined): Promise<Finding[]> {
  const { states, unconfigured } = shared.connections;
  const [diagnoses, contacts] = await Promise.all([
    diagnose(shared, call, shared.catalog.operations).then(shared.redactor.value),
    Promise.all(states.map(state => contact(state, shared, call))),
  ]);
  const findings = await Promise.all(
    diagnoses.map(async (diagnosis, index): Promise<Finding> => {
      const provider = states[index]?.provider ?? unconfigured[index - states.length];
      const found = contacts[index];
      return {
        ...diagnosis,
        ...(found ? { contact: found } : {}),
        ...(provider && diagnosis.status === 'not_configured' ? { credentials: await whereToGetIt(provider) } : {}),
      };
    }),
  );
  return platform === undefined ? findings : findings.filter(({ connection }) => connection === platform);
}

const anyStatus = Array.from({ length: 300 }, (_, index) => 300 + index);

/** Requests that prove nothing and ask for nothing: any answer shows that the host is there, and its time. */
async function contact({ connect }: ConnectionState, shared: CallerServices, call: Call): Promise<Contact | undefined> {
  // What stops it from connecting is told by the diagnosis.
  const connection = await connectQuietly(connect);
  if (!connection) return undefined;
  const { readFault: _, ...rest } = connection;
  const anonymous = { ...rest, quotas: [], auth: { headers: async () => ({}) } };
  const request = {
    method: 'GET',
    url: connection.baseUrl,
    repeatable: true,
    operation: 'doctor',
    expect: 'text',
  } as const;
  const proxy = await shared.http.proxyTo(connection.baseUrl).catch(() => undefined);
  const way = proxy === undefined ? {} : { proxy };
  const ask = () => shared.http.send(anonymous, { ...request, accept: anyStatus }, call);
  try {
    // The first one pays for name, connection and whatever is loaded on first use.
    await ask();
    // The sandbox may live faster than this machine, and signatures are made by its time.
    const { clock } = shared;
    const [sent, asked] = [Date.now(), clock.now()];
    const { headers } = await ask();
    const latency = Date.now() - sent;
    const ahead = secondsAhead(headers, (asked + clock.now()) / 2);
    return { reachable: true, ...way, latency_ms: latency, ...(ahead === undefined ? {} : { clock_ahead_s: ahead }) };
  } catch (error) {
    if (!isFault(error)) throw error;
    return { reachable: false, ...way, problem: asFault(error, shared).message };
  }
}

/** Of the usual way in: what it is called, and the vendor's page about it. */
async function whereToGetIt(provider: Provider): Promise<string[]> {
  const { ways } = await provider.credentials();
  return ways.slice(0, 1).map(({ title, source }) => `${title}: ${source}`);
}

async function connectQuietly(connect: ConnectionState['connect']): Promise<Connection | undefined> {
  try {
    return await connect?.();
  } catch (error) {
    if (isFault(error)) return undefined;
    throw error;
  }
}

function show(finding: Finding, { stdout }: Terminal): void {
  const { connection, platform, status, read_only, facts = [], problem, hint, contact } = finding;
  const { not_connected: closed = [], left_out: lacking = [] } = finding;
  const colour = { ok: 'green', failed: 'red', not_configured: 'yellow' } as const;
  const words = { ok: 'ok', failed: 'FAILED', not_configured: 'not configured' };
  const name = connection.toLowerCase() === platform.toLowerCase() ? platform : `${platform} (${connection})`;
  print(stdout, `${paint(stdout, 'bold', name)}: ${paint(stdout, colour[status], words[status])}`);
  const line = (label: string, text: string | undefined) => {
    if (text) print(stdout, `  ${label.padEnd(12)}${text}`);
  };
  const lines = (label: string, texts: readonly string[]) => {
    for (const [index, text] of texts.entries()) line(index === 0 ? label : '', text);
  };
  line('reachable', contact && (contact.reachable ? `yes, ${contact.latency_ms} ms` : 'no'));
  line('proxy', contact?.proxy);
  lines('credential', status === 'ok' ? ['accepted', ...facts] : []);
  line('clock', contact?.clock_ahead_s === undefined ? undefined : clockWords(contact.clock_ahead_s));
  line('access', contact && (read_only ? 'read-only' : 'reads and writes'));
  lines('left out', [...closed, ...lacking.map(text => `without ${text}`)]);
  lines('not offered', finding.not_offered ?? []);
  lines('exposed', finding.exposed ?? []);
  line('problem', problem);
  line('next', hint);
  lines('get it', finding.credentials ?? []);
}

function clockWords(ahead: number): string {
  if (Math.abs(ahead) <= 1) return 'in step';
  const words = `this machine is ${skewWords(ahead)}`;
  return Math.abs(ahead) > mostSkew ? `${words}: set it right, signatures depend on it` : words;
}
