import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { observed } from '../../scripts/observe.ts';
import { fieldMeta, isListing, type Operation } from '../../src/operations/operation.ts';
import { providers } from '../../src/providers/index.ts';
import { operationsOf } from '../../src/providers/provider.ts';
import type { Release } from '../../src/sandbox/drift.ts';
import { readContract } from '../../src/server/manifest.ts';
import { intervalOf } from '../../src/verification/pace.ts';
import type { OperationFinding, PlatformReport, VerificationReport } from '../../src/verification/report.ts';
import { verifyPlatform } from '../../src/verification/verify.ts';
import { commandLine, temporaryFolder } from '../support/command-line.ts';
import { startWorld } from '../support/harness.ts';

type World = Awaited<ReturnType<typeof startWorld>>;

const code = await Promise.all(providers.map(async provider => [provider.name, await provider.load()] as const));
const operations = code.flatMap(([, own]) => operationsOf(own));

async function verify(...flags: string[]): Promise<{ report: VerificationReport; stderr: string; code: number }> {
  const folder = await temporaryFolder();
  const words = ['doctor', '--verify', '--json', '--sandbox', '--sandbox-speed', '300', '--results-dir', folder];
  const { stdout, stderr, code: exit } = await commandLine([...words, ...flags]);
  return { report: JSON.parse(stdout), stderr, code: exit };
}

/** On the clock that jumps. */
async function verifyIn({ server: { shared, tools } }: World, name: string): Promise<PlatformReport> {
  const provider = providers.find(one => one.name === name) as (typeof providers)[number];
  const connection = await shared.connections.choose(name);
  const details = async () => ({ evidence: { level: 'inferred', source: '', checked: '' } as const });
  return tools.runAsCall('doctor', {}, call => {
    call.allow?.(3_600_000);
    return verifyPlatform({ shared, provider, connection, call, details });
  });
}

const findingsOf = ({ platforms }: VerificationReport): OperationFinding[] =>
  platforms.flatMap(({ findings }) => findings);

/** What is otherwise than on the documented release, in one line for each operation. */
const told = (report: VerificationReport): string[] =>
  findingsOf(report)
    .filter(({ verdict }) => verdict === 'differs' || verdict === 'not_offered')
    .map(({ operation, verdict, differences = [] }) =>
      [operation, verdict, ...differences.map(({ field, expected, found }) => `${field} ${expected} ${found}`)].join(
        ' ',
      ),
    )
    .toSorted();

/** The drift that the simulators were given, as it must be reported. */
const planted: Record<Release, string[]> = {
  older: [
    'dataops_get_job_token_scope not_offered',
    'dataops_list_environments differs state string nothing',
    'datagrok_list_spaces not_offered',
    'datamin_get_pipeline_last_run not_offered',
    'datamin_get_task_last_run not_offered',
    'datarock_list_exports not_offered',
    'dx_list_initiatives not_offered',
  ].toSorted(),
  differing: [
    'dataops_list_group_merge_requests differs title string nothing',
    'dataops_list_merge_requests differs title string nothing',
    'dataops_list_pipelines differs status a word of the contract another word',
    'dataops_list_schedule_pipelines differs status a word of the contract another word',
    'datagrok_list_users differs login string nothing',
    'datamin_get_pipeline_last_run differs duration number string',
    'datamin_get_task_last_run differs duration number string',
    'datarock_list_artefacts differs versions array string',
    'dx_list_teams differs name string number',
  ].toSorted(),
};

describe('doctor --verify', () => {
  test('finds every platform as described, and says how long it will take first', { timeout: 120_000 }, async () => {
    const { report, stderr, code: exit } = await verify();
    expect([exit, told(report)]).toEqual([0, []]);
    expect(report.platforms.map(({ platform }) => platform)).toEqual(providers.map(({ name }) => name));
    const verdicts = findingsOf(report).map(({ verdict }) => verdict);
    expect(verdicts.filter(verdict => verdict === 'as_described').length).toBeGreaterThan(160);
    expect(verdicts).not.toContain('no_answer');
    expect(stderr).toMatch(/^DataOps\.live: \d+ operations, at most \d+ (s|minutes)\.$/m);
  });

  test.each(['older', 'differing'] as const)(
    'finds what a release differs in (%s)',
    { timeout: 120_000 },
    async release => {
      const { report, code: exit } = await verify('--sandbox-drift', release);
      expect([exit, told(report)]).toEqual([0, planted[release]]);
    },
  );

  test('asks one platform alone where it is told to', async () => {
    const { report } = await verify('datamin');
    expect(report.platforms.map(({ platform }) => platform)).toEqual(['datamin']);
  });

  test('needs no folder that somebody has set', { timeout: 120_000 }, async () => {
    vi.stubEnv('XDG_CACHE_HOME', await temporaryFolder());
    onTestFinished(() => void vi.unstubAllEnvs());
    const words = ['doctor', '--verify', 'datamin', '--json', '--sandbox', '--sandbox-speed', '300'];
    const { code, stdout } = await commandLine(words);
    expect([code, JSON.parse(stdout).platforms]).toMatchObject([0, [{ platform: 'datamin' }]]);
  });

  test('says what is wrong with a connection that cannot be asked', async () => {
    const env = { DATAMIN_CLIENT_ID: 'no', DATAMIN_CLIENT_SECRET: 'no', DATAMIN_BASE_URL: 'http://127.0.0.1:9' };
    const { code: exit, stderr } = await commandLine(['doctor', '--verify'], env);
    expect([exit, stderr]).toEqual([3, expect.stringMatching(/^Datamin could not be asked: /m)]);
    const none = await commandLine(['doctor', '--verify']);
    expect([none.code, none.stderr]).toEqual([3, expect.stringMatching(/^No platform is configured/)]);
  });
});

test('the report holds no data of the account', { timeout: 120_000 }, async () => {
  const world = await startWorld({ platforms: 'all' });
  const values = new Set<string>();
  const collect = (value: unknown): void => {
    if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) collect(part);
    else if (typeof value === 'string' && value.length > 5) values.add(value);
  };
  const { report } = await verify('--sandbox-drift', 'differing');
  const text = JSON.stringify(report);
  for (const { name, example, risk, starts, configured } of operations) {
    if (risk !== 'reads' || starts || configured) continue;
    const { data, isError } = await world.call(name, example.arguments);
    if (!isError) collect(data['items'] ?? data);
  }
  expect(values.size).toBeGreaterThan(300);
  // Words that the program itself says, and the vendors' own that stand in the contracts.
  const ours = new Set([...text.matchAll(/"(\w+)":/g)].map(([, word = '']) => word));
  const known = JSON.stringify(await Promise.all(providers.map(({ name }) => readContract(name))));
  const leaked = [...values].filter(value => text.includes(JSON.stringify(value).slice(1, -1)));
  expect(leaked.filter(value => !ours.has(value) && !known.includes(value))).toEqual([]);
  expect(text).not.toMatch(/127\.0\.0\.1|localhost|https?:/);
});

test('asks few times, slowly, and changes nothing', { timeout: 120_000 }, async () => {
  const world = await startWorld({ platforms: 'all' });
  const { shared } = world.server;
  for (const provider of providers) {
    const connection = await shared.connections.choose(provider.name);
    const { requests } = (world as unknown as Record<string, typeof world.datarock>)[provider.name] as never;
    const log = requests as { at: number; target: string; site: string }[];
    const before = log.length;
    const from = shared.clock.now();
    const report = await verifyIn(world, provider.name);
    const seconds = (shared.clock.now() - from) / 1000;
    expect(report.requests, provider.name).toBeLessThanOrEqual(3 * report.findings.length);
    // Signing in and the look at the account come on top.
    expect(log.length - before, provider.name).toBeLessThanOrEqual(report.requests + 6);
    const quotas = Object.values(connection.apis ?? { api: connection }).map(api => intervalOf(api.quotas));
    expect(seconds * 1000, provider.name).toBeGreaterThanOrEqual(
      (report.requests / quotas.length - 1) * Math.min(...quotas) * 0.9,
    );
  }
});

test('says of a credential without rights what it may not do, which is no error', async () => {
  const world = await startWorld({ platforms: ['datamin'] });
  world.datamin.state.rights.delete('stats');
  const { findings } = await verifyIn(world, 'datamin');
  expect(new Set(findings.map(({ verdict }) => verdict))).toEqual(new Set(['not_allowed', 'nothing_to_try']));
});

test('what a platform was found not to offer is not listed, until it is asked again', async () => {
  const folder = await temporaryFolder();
  const sandbox = ['--sandbox', '--sandbox-speed', '300', '--results-dir', folder];
  const toolset = ['--toolsets', 'all'];
  const names = async () => {
    const { stdout } = await commandLine(['tools', '--json', ...sandbox, ...toolset]);
    return (JSON.parse(stdout) as { tools: { name: string }[] }).tools.map(({ name }) => name);
  };
  const older = ['--sandbox-drift', 'older'];
  expect(await names()).toContain('datamin_get_task_last_run');
  await commandLine(['doctor', 'datamin', '--verify', ...sandbox, ...older]);
  sandbox.push(...older);
  expect(await names()).not.toContain('datamin_get_task_last_run');
  const { stdout } = await commandLine(['call', 'check_connections', '--json', ...sandbox]);
  expect(stdout).toMatch(/"not_offered":\s*\[\s*"datamin_get_pipeline_last_run",\s*"datamin_get_task_last_run"/);
});

test('every argument whose values are found in a listing names one that there is, of its platform', () => {
  const byName = new Map(operations.map(operation => [operation.name, operation]));
  const marked = operations.flatMap(({ name, input }) =>
    Object.values(input.shape).flatMap(field => {
      const { foundIn } = fieldMeta(field);
      return foundIn ? [{ name, ...foundIn }] : [];
    }),
  );
  expect(marked.length).toBeGreaterThan(50);
  for (const { name, listing } of marked) {
    const found = byName.get(listing);
    expect(found && isListing(found as Operation), `${name}: ${listing}`).toBe(true);
    expect(listing.split('_')[0]).toBe(name.split('_')[0]);
  }
});

test('a report makes observed evidence of what answered, and notes what differs', async () => {
  const contract = await readContract('datamin');
  const route = 'GET /stats/pipelines/{pipeline}/last-run/stats';
  const finding = { operation: 'x', route, evidence: 'inferred', verdict: 'differs' } as const;
  const differences = [{ field: 'duration', expected: 'number', found: 'string' }];
  const platform = {
    platform: 'datamin',
    release: '3.1',
    requests: 1,
    rows: 1,
    findings: [{ ...finding, differences }],
  };
  const { endpoints } = observed(contract, platform, '2026-12-01');
  const changed = endpoints.filter((endpoint, index) => endpoint !== contract.endpoints[index]);
  expect(changed).toEqual([
    expect.objectContaining({
      path: '/stats/pipelines/{uuid}/last-run/stats',
      checked: '2026-12-01',
      observed: { at: '2026-12-01', release: '3.1', differs: ['duration: string instead of number'] },
    }),
  ]);
});
