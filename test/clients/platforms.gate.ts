import { execFile, spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { getDefaultEnvironment } from '@modelcontextprotocol/client/stdio';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { datagrokSimulator } from '../../src/providers/datagrok/simulator/simulator.ts';
import contract from '../../src/providers/dataops/contract.json' with { type: 'json' };
import { dataopsSimulator } from '../../src/providers/dataops/simulator/simulator.ts';
import { dxSimulator } from '../../src/providers/dx/simulator/simulator.ts';
import { type Simulator, type SimulatorDefinition, startSimulator } from '../../src/sandbox/host.ts';
import outcomes from './platforms/outcomes.json' with { type: 'json' };

// Clients of the platforms that other people wrote, against the simulators: what was written from the documents alone
// has to please programs that were written against the real thing. A family of calls a function in `platforms/`.

const here = fileURLToPath(new URL('platforms/', import.meta.url));
const installed = process.env['TEST_CLIENTS'] ?? join(tmpdir(), 'data-platforms-clients');
const run = promisify(execFile);
const running: Simulator[] = [];
/** Families of the contract of DataOps.live that one of the clients has asked for something. */
const asked = new Set<string>();

beforeAll(() => {
  const { status } = spawnSync(process.execPath, ['scripts/foreign-clients.mjs', installed, 'platforms'], {
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error('The clients cannot be installed.');
}, 900_000);

afterAll(() => Promise.all(running.map(simulator => simulator.close())));

/** A simulator whose time passes sixty times as fast as that of the clients. */
async function start<State>(definition: SimulatorDefinition<State>): Promise<Simulator<State>> {
  const simulator = await startSimulator(definition, { clock: systemClock(60) });
  running.push(simulator);
  return simulator;
}

const python = (name: string) => [join(installed, `python/${name}/bin/python`), join(here, 'run.py')] as const;

/** What became of each family of a client: `works`, or the line at which it did not, and why. */
async function familiesOf(program: readonly string[], environment: Record<string, string>) {
  const [command = '', ...words] = program;
  const { stdout } = await run(command, words, {
    timeout: 240_000,
    maxBuffer: 2 ** 26,
    env: { ...getDefaultEnvironment(), PYTHONDONTWRITEBYTECODE: '1', ...environment },
  });
  const lines = stdout.split('\n').filter(line => line.startsWith('FAMILY '));
  return Object.fromEntries(lines.map(line => JSON.parse(line.slice('FAMILY '.length)) as [string, string]));
}

const allOf = (families: Record<string, string>) =>
  Object.fromEntries(Object.keys(families).map(key => [key, 'works']));

/** The first two words of a path of the contract that are no variables: `projects/pipelines`. */
const familyOf = (path: string) =>
  path
    .split('/')
    .filter(word => word && !word.startsWith('{'))
    .slice(0, 2)
    .join('/');

const shapes = contract.endpoints.map(({ path }) => {
  const shape = path.replace('{artifact_path}', '.+').replace(/\{[^{}]+\}/g, '[^/]+');
  return { path, variables: path.split('{').length, shape: new RegExp(`^/api/v4${shape}$`) };
});

/** What the contract calls the family of a request. A fixed word is nearer to it than a variable. */
function familyAsked(target: string): string | undefined {
  const path = target.replace(/\?.*/, '');
  const [nearest] = shapes.filter(one => one.shape.test(path)).toSorted((a, b) => a.variables - b.variables);
  return nearest && familyOf(nearest.path);
}

async function tryDataOps(program: readonly string[]) {
  const { state, baseUrl, requests } = await start(dataopsSimulator);
  const { personal: TOKEN, owner: OWNER_TOKEN, job: JOB_TOKEN } = state.names.tokens;
  const environment = { SERVER: new URL(baseUrl).origin, TOKEN, OWNER_TOKEN, JOB_TOKEN };
  const families = await familiesOf(program, environment);
  for (const { site, target } of requests) {
    const family = site === 'api' && familyAsked(target);
    if (family) asked.add(family);
  }
  expect(families).toEqual(allOf(families));
  expect(requests.filter(({ status = 0 }) => status >= 500)).toEqual([]);
}

const dataOpsClients: Readonly<Record<string, () => readonly string[]>> = {
  'python-gitlab': () => [...python('python-gitlab'), 'python_gitlab'],
  'gitlab, the command of python-gitlab': () => [...python('python-gitlab'), 'gitlab_cli'],
  gitbeaker: () => [process.execPath, join(installed, 'platforms/gitbeaker.mjs')],
};
const datagrokClient = "datagrok-api, the vendor's for Python";
const dxClient = 'getdx, of the community';

it.each(Object.keys(dataOpsClients))('%s works with the simulator of DataOps.live', { timeout: 300_000 }, client =>
  tryDataOps(dataOpsClients[client]?.() ?? []),
);

it('every family of the contract of DataOps.live was asked for something by one of them', () => {
  expect(new Set(contract.endpoints.map(({ path }) => familyOf(path)))).toEqual(asked);
});

it(`${datagrokClient}, works with the simulator of Datagrok`, { timeout: 300_000 }, async () => {
  const { baseUrl, settings } = await start(datagrokSimulator);
  const environment = { SERVER: baseUrl, TOKEN: settings['api_key'] ?? '' };
  const families = await familiesOf([...python('datagrok-api'), 'datagrok_client'], environment);
  expect(families).toEqual(allOf(families));
});

it(`${dxClient}, works with the simulator of DX`, { timeout: 300_000 }, async () => {
  const { baseUrl, settings } = await start(dxSimulator);
  const environment = {
    SERVER: baseUrl,
    TOKEN: settings['api_key'] ?? '',
    WEB_SERVER: settings['web_base_url'] ?? '',
    WEB_TOKEN: settings['web_token'] ?? '',
  };
  const families = await familiesOf([...python('getdx'), 'dx_getdx'], environment);
  expect(families).toEqual(allOf(families));
});

it('the table in the documentation says that those work which are tried', () => {
  const working = outcomes.filter(({ outcome }) => outcome === 'works').map(({ client }) => client);
  expect(working.toSorted()).toEqual([...Object.keys(dataOpsClients), datagrokClient, dxClient].toSorted());
});
