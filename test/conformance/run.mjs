// Runs the official conformance suite and the Inspector: node test/conformance/run.mjs (after npm run build).
// No check may fail. What is not checked, warned of or asks for fixtures stands in ledger.json, each with its reason;
// a reason that is no longer needed fails as well.
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The tools need a newer Node than the server does. */
const node = 'node@24';
const conformance = '@modelcontextprotocol/conformance@0.2.0-alpha.12';
const inspector = '@modelcontextprotocol/inspector@2.12.0';

const here = import.meta.dirname;
const ledger = JSON.parse(await readFile(join(here, 'ledger.json'), 'utf8'));

/** Scenarios that call nothing by name, for the server exactly as it is shipped. */
const withoutFixtures = {
  '2025-11-25': [
    ...['server-initialize', 'ping', 'completion-complete', 'tools-list', 'resources-list', 'dns-rebinding-protection'],
    'server-session-lifecycle',
  ],
  '2026-07-28': [
    ...['server-stateless', 'completion-complete', 'tools-list', 'server-sse-multiple-streams', 'resources-list'],
    ...['sep-2164-resource-not-found', 'dns-rebinding-protection', 'caching', 'http-header-validation'],
    'input-required-result-unsupported-methods',
  ],
};

/** Starts a server; resolves once it has named its address. */
async function start(args) {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const said = [];
  const url = await new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on('line', line => {
        said.push(line);
        const [found] = line.match(/http:\/\/[\w.:[\]]+\/mcp/) ?? [];
        if (found) resolve(found);
      });
    child.once('exit', code => reject(new Error(`The server ended with ${code}:\n${said.join('\n')}`)));
  });
  return { url, stop: () => new Promise(resolve => child.once('exit', resolve) && child.kill('SIGTERM')) };
}

/** Runs a program of a package, far from this project's npm settings; resolves with its exit code and what it said. */
function npx(tool, args) {
  const child = spawn('npx', ['-y', '-p', node, '-p', tool, '--', ...args], {
    cwd: tmpdir(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => said.push(chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', code => resolve({ code, said: Buffer.concat(said).toString() }));
  });
}

/** Every check of a run, as `{ scenario, id, status, errorMessage }`. */
async function checksOf(url, revision) {
  const output = await mkdtemp(join(tmpdir(), 'conformance-'));
  try {
    const { said } = await npx(conformance, [
      'conformance',
      'server',
      '--url',
      url,
      '--requirements',
      revision,
      '-o',
      output,
    ]);
    const folders = await readdir(output);
    if (folders.length === 0) throw new Error(`The suite ran nothing:\n${said}`);
    const checks = await Promise.all(
      folders.map(async folder => {
        const scenario = folder.replace(/^server-/, '').replace(/-\d{4}-\d\d-\d\dT.*$/, '');
        const found = JSON.parse(await readFile(join(output, folder, 'checks.json'), 'utf8'));
        return found.map(({ id, status, errorMessage }) => ({ scenario, id, status, errorMessage }));
      }),
    );
    return checks.flat();
  } finally {
    await rm(output, { recursive: true, force: true });
  }
}

/** Says what stands against a run; empty where nothing does. */
function judge(name, checks) {
  const known = ledger[name] ?? {};
  const verdicts = checks.filter(({ status }) => status !== 'INFO');
  const passed = verdicts.filter(({ status }) => status === 'SUCCESS');
  const others = verdicts.filter(({ status }) => status !== 'SUCCESS');
  const key = ({ scenario, id }) => `${scenario}:${id}`;
  const unexplained = others.filter(check => known[key(check)] === undefined);
  const stale = Object.keys(known).filter(entry => !others.some(check => key(check) === entry));
  console.log(`${name}: ${passed.length} checks passed, ${others.length} in the ledger or against it`);
  return [
    ...(passed.length === 0 ? [`${name}: nothing was checked`] : []),
    ...unexplained.map(check => `${name}: ${check.status} ${key(check)}: ${check.errorMessage ?? 'no reason given'}`),
    ...stale.map(entry => `${name}: the ledger explains ${entry}, which passes or is gone`),
  ];
}

const failures = [];

for (const [revision, flags] of [
  ['2026-07-28', []],
  ['2025-11-25', ['--legacy-sessions']],
]) {
  const fixtures = await start([join(here, 'main.mjs'), '0', ...flags]);
  failures.push(...judge(`fixtures ${revision}`, await checksOf(fixtures.url, revision)));
  await fixtures.stop();

  const bin = join(here, '..', '..', 'dist', 'bin.cjs');
  const shipped = await start([bin, 'http', '--sandbox', '--port', '0', ...flags]);
  const checks = await checksOf(shipped.url, revision);
  const wanted = withoutFixtures[revision];
  failures.push(
    ...judge(
      `as shipped ${revision}`,
      checks.filter(({ scenario }) => wanted.includes(scenario)),
    ),
  );

  const era = revision === '2026-07-28' ? 'modern' : 'legacy';
  const where = ['--cli', '--server-url', shipped.url, '--transport', 'http', '--protocol-era', era];
  const { code, said } = await npx(inspector, ['mcp-inspector', ...where, '--method', 'tools/list', '--strict', '-q']);
  console.log(`Inspector, ${era} era: ${said.match(/^\d+ errors.*$/m)?.[0] ?? 'no finding'}`);
  if (code !== 0) failures.push(`Inspector, ${era} era, ended with ${code}:\n${said.slice(-2000)}`);
  await shipped.stop();
}

for (const failure of failures) console.error(failure);
process.exitCode = failures.length ? 1 : 0;
