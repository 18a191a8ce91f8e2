import { type Fault, isFault } from '../../base/errors.ts';
import { version } from '../../base/version.ts';
import { asFault } from '../../calls/call.ts';
import type { CallerServices } from '../../calls/services.ts';
import type { Config } from '../../config/config.ts';
import type { ConnectionState } from '../../connections/connections.ts';
import type { Call } from '../../http/call.ts';
import { loadManifest } from '../../server/manifest.ts';
import { openRegister } from '../../server/open-register.ts';
import { withResultsFolder } from '../../server/results-folder.ts';
import { accountOf, rememberNotOffered } from '../../verification/remembered.ts';
import {
  type OperationFinding,
  type PlatformReport,
  type VerificationReport,
  verdictsInOrder,
  verdictWords,
} from '../../verification/report.ts';
import { extentOf, verifyPlatform } from '../../verification/verify.ts';
import type { ExitCode } from '../exit-codes.ts';
import { createProgress } from '../progress.ts';
import { type Flags, withSession } from '../session.ts';
import { type Output, paint, print, type Terminal } from '../terminal.ts';

interface Options {
  json: true | undefined;
  platform: string | undefined;
}

/** A connection that could not be verified, and why. */
interface Unverified {
  platform: string;
  fault: Fault;
}

/**
 * Asks the platforms every reading operation, and says what differs from what is known of them. What is not offered is
 * remembered for the connection. Exit 3 unless each connection that was meant could be asked.
 */
export async function verifyConnections(
  flags: Flags,
  { json, platform }: Options,
  terminal: Terminal,
): Promise<ExitCode> {
  return withSession(flags, terminal.env, async ({ server: { shared, tools }, config: given }) => {
    const config = await withResultsFolder(given);
    const states = shared.connections.states.filter(state => isMeant(state, platform));
    if (states.length === 0) {
      print(terminal.stderr, noConnection(platform));
      return 3;
    }
    const progress = await createProgress(terminal.stderr, terminal.env);
    const told = (message: string, done?: number, total?: number) => progress.tell(message, done, total);
    const outcomes: (PlatformReport | Unverified)[] = [];
    for (const state of states) {
      const outcome = await tools.runAsCall('doctor', { signal: terminal.signal, progress: told }, call =>
        verifyOne(state, { shared, config, call }, line => {
          progress.pause();
          print(terminal.stderr, line);
        }),
      );
      outcomes.push(outcome);
    }
    progress.pause();
    const report: VerificationReport = {
      format: 'data-platforms-mcp/verification/1',
      version,
      at: new Date(shared.clock.now()).toISOString().slice(0, 10),
      platforms: outcomes.filter(isReport),
    };
    if (json) print(terminal.stdout, JSON.stringify(report, null, 2));
    else for (const one of report.platforms) show(one, terminal.stdout);
    for (const { platform: name, fault } of outcomes.filter(outcome => !isReport(outcome)) as Unverified[])
      print(terminal.stderr, `${name} could not be asked: ${fault.message}\n  ${fault.hint}`);
    return outcomes.every(isReport) ? 0 : 3;
  });
}

const isReport = (outcome: PlatformReport | Unverified): outcome is PlatformReport => 'findings' in outcome;

const isMeant = ({ name, provider }: ConnectionState, platform: string | undefined): boolean =>
  platform === undefined || platform === name || platform === provider.name;

const noConnection = (platform: string | undefined): string =>
  `${platform === undefined ? 'No platform' : `No connection "${platform}"`} is configured, so there is nothing to ask.\n  data-platforms-mcp doctor says what is missing; --sandbox tries it on the built-in platforms.`;

interface Verifying {
  shared: CallerServices;
  config: Config;
  call: Call;
}

async function verifyOne(
  state: ConnectionState,
  { shared, config, call }: Verifying,
  announce: (line: string) => void,
): Promise<PlatformReport | Unverified> {
  const { name, provider } = state;
  try {
    const connection = await shared.connections.choose(provider.name, name);
    const { operations, longestMs } = await extentOf(provider, connection);
    announce(`${connection.title}: ${operations} operations, at most ${durationWords(longestMs)}.`);
    // As long as the quotas want, and a minute for the platform to answer.
    call.allow?.(longestMs + operations * 1000 + 60_000);
    const { platforms, details } = await loadManifest();
    const known = new Map((platforms[provider.name]?.operations ?? []).map(one => [one.name, one]));
    const report = await verifyPlatform({
      shared,
      provider,
      connection,
      call,
      details: async operation => details(known.get(operation) as never),
    });
    const missing = report.findings.filter(({ verdict }) => verdict === 'not_offered').map(one => one.operation);
    await rememberNotOffered(
      await openRegister('verified', config, shared.clock),
      await accountOf(state, config),
      missing,
      shared.clock,
    );
    return report;
  } catch (error) {
    if (!isFault(error) || isFault(error, 'cancelled')) throw error;
    return { platform: provider.title, fault: asFault(error, shared) };
  }
}

const durationWords = (ms: number): string =>
  ms < 90_000 ? `${Math.max(1, Math.round(ms / 1000))} s` : `${Math.ceil(ms / 60_000)} minutes`;

function show({ platform, release, requests, rows, findings }: PlatformReport, out: Output): void {
  const about = release === undefined ? '' : ` ${release}`;
  print(out, `${paint(out, 'bold', `${platform}${about}`)}: ${requests} requests, ${rows} rows looked at`);
  for (const verdict of verdictsInOrder) {
    const these = findings.filter(finding => finding.verdict === verdict);
    if (these.length === 0) continue;
    print(out, `  ${String(these.length).padStart(3)} ${verdictWords[verdict]}`);
    if (verdict === 'as_described') continue;
    for (const finding of these) print(out, `      ${finding.operation}${detailOf(finding)}`);
  }
}

function detailOf({ differences = [], reason, status }: OperationFinding): string {
  const parts = differences.map(({ field, expected, found }) => `${field}: ${found} instead of ${expected}`);
  if (reason !== undefined) parts.push(reason);
  if (status !== undefined && status >= 400) parts.push(`status ${status}`);
  return parts.length > 0 ? ` (${parts.join('; ')})` : '';
}
