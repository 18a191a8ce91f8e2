import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { clients } from '../../../src/cli/setup/clients.ts';
import { providers } from '../../../src/providers/index.ts';
import { startSimulator } from '../../../src/sandbox/host.ts';
import { bin } from '../../support/process.ts';

/** A home folder with what some clients have in it. */
async function home(files: Readonly<Record<string, string>> = {}) {
  const path = await mkdtemp(join(tmpdir(), 'data-platforms-setup-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), content);
  }
  return path;
}

const environment = (path: string) => ({
  PATH: process.env['PATH'] ?? '',
  HOME: path,
  USERPROFILE: path,
  XDG_CONFIG_HOME: join(path, '.config'),
  DATA_PLATFORMS_NO_CODE_CACHE: '1',
});

interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

async function setup(
  path: string,
  argv: readonly string[],
  env: Record<string, string> = {},
  stdin = '',
): Promise<Outcome> {
  const child = spawn(process.execPath, [bin, 'setup', ...argv], { env: { ...environment(path), ...env } });
  const seen = { stdout: '', stderr: '' };
  child.stdout.on('data', chunk => {
    seen.stdout += chunk;
  });
  child.stderr.on('data', chunk => {
    seen.stderr += chunk;
  });
  child.stdin.on('error', () => {});
  child.stdin.end(stdin);
  const [code] = await once(child, 'close');
  return { code, ...seen };
}

/** Every file below a folder with its content. */
async function contents(path: string): Promise<Record<string, string>> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries.filter(entry => !entry.isDirectory()).map(entry => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(files.sort().map(async file => [file.slice(path.length + 1), await readFile(file, 'latin1')])),
  );
}

async function simulator(name: string) {
  const provider = providers.find(one => one.name === name) as (typeof providers)[number];
  const started = await startSimulator(await provider.simulator(), { clock: systemClock() });
  onTestFinished(() => started.close());
  return started.environment;
}

const codex = '# mine\nmodel = "x" # y\n';
const goose = 'GOOSE_MODEL: a   # spaced\nextensions:\n  developer: {enabled: true}\n';
const zed = '{\n  // Zed\n  "theme": "One Dark",\n  "context_servers": {\n    "x": { "command": "y" },\n  },\n}\n';
const everyone = {
  '.claude.json':
    '{"numStartups": 3, "mcpServers": {"other": {"command": "x", "env": {"API_TOKEN": "t0p-secret-value"}}}}',
  '.claude/settings.json': '{}',
  '.config/Claude/claude_desktop_config.json': '{}',
  '.cursor/mcp.json': '',
  '.config/Code/User/mcp.json': '{\n\t"servers": {}\n}\n',
  '.codex/config.toml': codex,
  '.gemini/settings.json': '\uFEFF{"a": 1}',
  '.codeium/windsurf/mcp_config.json': '{ "mcpServers": {} }\r\n',
  '.config/zed/settings.json': zed,
  '.config/goose/config.yaml': goose,
};

describe.skipIf(process.platform !== 'linux')('in a home folder with every client', () => {
  test('each is told, and undo gives every byte back', async () => {
    const path = await home(everyone);
    const before = await contents(path);
    const { code, stdout } = await setup(path, ['--sandbox', '--client', 'all', '--yes']);
    expect({ code, told: clients.filter(({ title }) => stdout.includes(`${title}: `)).length }).toEqual({
      code: 0,
      told: 9,
    });
    expect(stdout).not.toContain('t0p-secret');
    const changed = await contents(path);
    for (const file of Object.keys(everyone).filter(name => name !== '.claude/settings.json'))
      expect(changed[file], file).toContain('data-platforms');
    // Once more changes nothing.
    const again = await setup(path, ['--sandbox', '--client', 'all', '--yes']);
    expect(again.stdout).toContain('says it already');
    expect(await contents(path)).toEqual(changed);
    const undone = await setup(path, ['--undo']);
    expect(undone).toMatchObject({ code: 0, stderr: '' });
    expect(await contents(path)).toEqual(before);
  });

  test('what each was told starts the server', async () => {
    const path = await home(everyone);
    await setup(path, ['--sandbox', '--client', 'all', '--yes']);
    const { mcpServers } = JSON.parse(await readFile(join(path, '.cursor/mcp.json'), 'utf8'));
    const { command, args } = mcpServers['data-platforms'];
    const client = new Client({ name: 'cursor', version: '1' });
    // As an application does that was not started from a shell.
    const transport = new StdioClientTransport({
      command,
      args,
      env: { ...environment(path), PATH: '/usr/bin:/bin' },
      stderr: 'ignore',
    });
    await client.connect(transport);
    onTestFinished(() => client.close());
    const { tools } = await client.listTools();
    expect(tools.length).toBeGreaterThan(20);
  });

  test('undo takes out our entry alone where somebody has changed the file since', async () => {
    const path = await home(everyone);
    await setup(path, ['--sandbox', '--client', 'all', '--yes']);
    const edit = async (file: string, from: string | RegExp, to: string) =>
      writeFile(join(path, file), (await readFile(join(path, file), 'utf8')).replace(from, to));
    await edit('.codex/config.toml', 'model = "x"', 'model = "newer"');
    await edit('.config/goose/config.yaml', 'GOOSE_MODEL: a ', 'GOOSE_MODEL: newer ');
    await edit('.config/zed/settings.json', 'One Dark', 'Newer');
    // The entry itself: that is somebody else's now.
    await edit('.cursor/mcp.json', '"--sandbox"', '"--sandbox", "--read-only"');
    await rm(join(path, '.gemini/settings.json'));
    const { code, stdout } = await setup(path, ['--undo']);
    expect(code).toBe(3);
    expect(stdout).toMatch(/mcp\.json stays: its entry "data-platforms" was changed by hand\./);
    const after = await contents(path);
    expect(after['.codex/config.toml']).toContain('# mine\nmodel = "newer" # y\n');
    expect(after['.config/goose/config.yaml']).toBe(goose.replace(': a ', ': newer '));
    expect(JSON.parse(after['.config/zed/settings.json']?.replace(/\/\/ Zed|,(?=\s*[}])/g, '') ?? '')).toEqual({
      theme: 'Newer',
      context_servers: { x: { command: 'y' } },
    });
    expect(after['.config/zed/settings.json']).toContain('// Zed');
    for (const file of ['.codex/config.toml', '.config/goose/config.yaml', '.config/zed/settings.json'])
      expect(after[file]).not.toContain('data-platforms');
    expect(after['.cursor/mcp.json']).toContain('--read-only');
    expect(Object.keys(after)).not.toContain('.gemini/settings.json');
    // What stayed is still noted.
    expect((await setup(path, ['--undo'])).code).toBe(3);
  });

  test('an entry of that name that was there before comes back', async () => {
    const own = { mcpServers: { 'data-platforms': { command: 'mine', args: ['--old'] } } };
    const path = await home({ '.cursor/mcp.json': JSON.stringify(own) });
    await setup(path, ['--sandbox', '--client', 'cursor', '--yes']);
    const file = join(path, '.cursor/mcp.json');
    await writeFile(file, `${await readFile(file, 'utf8')}\n`);
    expect((await setup(path, ['--undo'])).code).toBe(0);
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(own);
  });

  test('a file that cannot be read is left alone, and the others are written', async () => {
    const path = await home({ ...everyone, '.cursor/mcp.json': '{ "mcpServers": ' });
    const { code, stdout } = await setup(path, ['--sandbox', '--client', 'all', '--yes']);
    expect(code).toBe(3);
    expect(stdout).toContain('It was left as it is.');
    expect(await readFile(join(path, '.cursor/mcp.json'), 'utf8')).toBe('{ "mcpServers": ');
    expect(await readFile(join(path, '.codex/config.toml'), 'utf8')).toContain('data-platforms');
  });

  test('links stay links, and rights stay as they were', async () => {
    const path = await home({ 'dotfiles/mcp.json': '{}', '.codex/config.toml': codex });
    await mkdir(join(path, '.cursor'));
    await symlink(join(path, 'dotfiles/mcp.json'), join(path, '.cursor/mcp.json'));
    await chmod(join(path, '.codex/config.toml'), 0o640);
    await setup(path, ['--sandbox', '--client', 'all', '--yes']);
    expect((await lstat(join(path, '.cursor/mcp.json'))).isSymbolicLink()).toBe(true);
    expect(await readFile(join(path, 'dotfiles/mcp.json'), 'utf8')).toContain('data-platforms');
    expect((await stat(join(path, '.codex/config.toml'))).mode & 0o777).toBe(0o640);
    await setup(path, ['--undo']);
    expect((await lstat(join(path, '.cursor/mcp.json'))).isSymbolicLink()).toBe(true);
    expect(await readFile(join(path, 'dotfiles/mcp.json'), 'utf8')).toBe('{}');
  });

  test('a dry run and --print write nothing', async () => {
    const path = await home(everyone);
    const before = await contents(path);
    const dry = await setup(path, ['--sandbox', '--client', 'all', '--dry-run', '--json']);
    expect(dry.code).toBe(0);
    const { clients: told, written } = JSON.parse(dry.stdout);
    expect({ written, told: told.length }).toEqual({ written: [], told: 9 });
    for (const { changes } of told) expect(changes.join('\n')).toContain('+');
    for (const client of clients) {
      const { code, stdout, stderr } = await setup(path, ['--print', client.name]);
      expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('data-platforms') });
      expect(stderr).toContain(path);
    }
    expect(await contents(path)).toEqual(before);
  });
});

describe('an account', () => {
  test('is tried, kept in files that only its owner can read, and found by every command', async () => {
    const path = await home();
    const { DATAOPS_BASE_URL = '', DATAOPS_TOKEN = '' } = await simulator('dataops');
    const argv = [
      '--platform',
      'dataops',
      '--set',
      `dataops.base_url=${DATAOPS_BASE_URL}`,
      '--secret',
      'dataops.token=-',
    ];
    const done = await setup(
      path,
      [...argv, '--storage', 'file', '--client', 'none', '--yes'],
      {},
      `${DATAOPS_TOKEN}\n`,
    );
    expect(done).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('accepted the credential: token "assistant"'),
    });
    expect(done.stdout + done.stderr).not.toContain(DATAOPS_TOKEN);
    const files = await contents(join(path, '.config/data-platforms-mcp'));
    expect(files['config.json']).not.toContain(DATAOPS_TOKEN);
    expect(files['secrets/dataops.token']).toBe(`${DATAOPS_TOKEN}\n`);
    for (const name of ['', 'secrets', 'config.json', 'setup.json', 'secrets/dataops.token']) {
      const { mode } = await stat(join(path, '.config/data-platforms-mcp', name));
      expect(mode & 0o077, name).toBe(0);
    }
    const doctor = await promisify(execFile)(process.execPath, [bin, 'call', 'check_connections', '--json'], {
      env: environment(path),
    });
    expect(JSON.parse(doctor.stdout).connections[0]).toMatchObject({ platform: 'DataOps.live', status: 'ok' });
    // Undo keeps the credential unless it is told to forget it.
    const undone = await setup(path, ['--undo']);
    expect(undone.stdout).toContain('Credentials that stay');
    expect(Object.keys(await contents(join(path, '.config/data-platforms-mcp')))).toEqual([
      'secrets/dataops.token',
      'setup.json',
    ]);
    await setup(path, ['--undo', '--forget']);
    expect(await contents(path)).toEqual({});
  });

  test('that is refused is not written, unless that is wanted', async () => {
    const path = await home();
    const { DATAOPS_BASE_URL = '' } = await simulator('dataops');
    const env = { DATAOPS_BASE_URL, DATAOPS_TOKEN: 'glpat-aaaaaaaaaaaaaaaaaaaa' };
    const argv = ['--platform', 'dataops', '--storage', 'file', '--client', 'none', '--yes'];
    const refused = await setup(path, argv, env);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('--untested') });
    expect(refused.stdout).toMatch(/401|refused|Unauthorized/);
    expect(await contents(path)).toEqual({});
    const kept = await setup(path, [...argv, '--untested', '--read-only'], env);
    expect(kept.code).toBe(3);
    const config = JSON.parse((await contents(path))['.config/data-platforms-mcp/config.json'] ?? '');
    expect(config).toMatchObject({ read_only: true, connections: { dataops: { base_url: DATAOPS_BASE_URL } } });
    expect(refused.stdout + kept.stdout).not.toContain(env.DATAOPS_TOKEN);
  });

  test('with a key pair that is made: the public half is shown, the private one kept', async () => {
    const path = await home();
    const { DATAROCK_BASE_URL = '' } = await simulator('datarock');
    const argv = [
      '--platform',
      'datarock',
      '--set',
      `datarock.base_url=${DATAROCK_BASE_URL}`,
      'datarock.user=geo@sandbox.example',
    ];
    const { stdout } = await setup(path, [
      ...argv,
      '--new-key',
      '--untested',
      '--storage',
      'file',
      '--client',
      'none',
      '--yes',
    ]);
    const [shown = ''] = /-----BEGIN PUBLIC KEY-----.*?-----END PUBLIC KEY-----/s.exec(stdout) ?? [];
    expect(stdout).not.toContain('PRIVATE KEY');
    const kept = (await contents(path))['.config/data-platforms-mcp/secrets/datarock.private_key'] ?? '';
    const { createPublicKey } = await import('node:crypto');
    expect(createPublicKey(kept).export({ type: 'spki', format: 'pem' }).toString().trim()).toBe(shown);
  });

  test('beside another one: what the file said stays', async () => {
    const own = {
      log_level: 'warn',
      connections: { east: { platform: 'datagrok', base_url: 'https://e.example/api' } },
    };
    const path = await home({ '.config/data-platforms-mcp/config.json': JSON.stringify(own) });
    const env = await simulator('dataops');
    await setup(path, ['--platform', 'dataops', '--storage', 'file', '--client', 'none', '--yes'], env);
    const file = '.config/data-platforms-mcp/config.json';
    expect(JSON.parse((await contents(path))[file] ?? '')).toMatchObject({
      log_level: 'warn',
      connections: { ...own.connections, dataops: {} },
    });
    await setup(path, ['--undo']);
    expect((await contents(path))[file]).toBe(JSON.stringify(own));
  });

  test.each([
    [['--platform', 'dataops', '--set', 'dataops.token=x'], 'is a secret'],
    [['--platform', 'dataop'], 'Did you mean dataops?'],
    [['--set', 'dataops.tokn=x'], 'has no setting "tokn"'],
    [['--set', 'x'], '--set takes <platform>.<setting>=<value>'],
    [['--platform', 'dataops'], '--secret dataops.token=<file>'],
    [['--sandbox'], '--client <name>, all or none'],
    [[], '--platform <name>, or --sandbox'],
    [['--client', 'emacs'], 'Allowed choices'],
  ])('that is not told of whole: %s', async (argv, says) => {
    const path = await home({ '.cursor/mcp.json': '{}' });
    const { code, stderr } = await setup(path, [...argv, '--yes']);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(says) });
    expect(Object.keys(await contents(path))).toEqual(['.cursor/mcp.json']);
  });
});

/** A session with a keychain, where this computer can have one. */
const hasKeychain = ['dbus-run-session', 'gnome-keyring-daemon'].every(
  name => spawnSync(name, ['--version']).status === 0,
);

describe.skipIf(!hasKeychain)('with a keychain', () => {
  /** Runs command lines of the program one after the other in one session; gives what they printed. */
  async function session(path: string, env: Record<string, string>, ...lines: string[]): Promise<string> {
    const script = [
      'printf pw | gnome-keyring-daemon --unlock --components=secrets > /dev/null 2>&1',
      ...lines.map(line => `node '${bin}' ${line}`),
    ].join('\n');
    const node = dirname(process.execPath);
    const all = {
      ...environment(path),
      PATH: `${node}:${process.env['PATH']}`,
      XDG_DATA_HOME: join(path, 'data'),
      // The keychain outlives the session by a moment, and takes its sockets away while the home folder is looked at.
      XDG_RUNTIME_DIR: await home(),
      ...env,
    };
    const { stdout } = await promisify(execFile)('dbus-run-session', ['--', 'sh', '-c', script], { env: all });
    return stdout;
  }

  test('secrets are nowhere but in it, and are read by the first use of a connection', async () => {
    const path = await home({ '.cursor/mcp.json': '{}' });
    const env = { ...(await simulator('dx')), ...(await simulator('datarock')) };
    const config = join(path, '.config/data-platforms-mcp/config.json');
    const said = await session(
      path,
      env,
      'setup --platform dx datarock --storage keychain --client cursor --yes',
      `call check_connections --json`,
      'setup --undo --forget --yes',
    );
    expect(said).toContain('private_key is in the keychain (datarock.private_key)');
    expect(said.match(/"status": "ok"/g)).toHaveLength(2);
    expect(said).toContain('keychain entry dx.api_key is deleted');
    for (const [name, value] of Object.entries(env).filter(([name]) => /KEY|TOKEN/.test(name)))
      for (const [file, content] of Object.entries(await contents(path)))
        if (!file.startsWith('data/keyrings')) expect(content, `${name} in ${file}`).not.toContain(value);
    await expect(stat(config)).rejects.toThrow();
  });

  test('a server starts where the keychain cannot be asked, and says so when a connection is used', async () => {
    const path = await home();
    const env = await simulator('dataops');
    await session(path, env, 'setup --platform dataops --storage keychain --client none --yes');
    const { stdout } = await promisify(execFile)(process.execPath, [bin, 'call', 'check_connections', '--json'], {
      env: environment(path),
    });
    expect(JSON.parse(stdout).connections[0]).toMatchObject({
      status: 'failed',
      problem: expect.stringContaining('The keychain of this computer cannot be used'),
      hint: expect.stringContaining('setup --storage file'),
    });
    await expect(
      promisify(execFile)(process.execPath, [bin, 'doctor'], { env: environment(path) }),
    ).rejects.toMatchObject({ code: 3 });
  });
});

test('a keychain that is asked for and is not there is told, and nothing is written', async () => {
  const path = await home();
  const env = await simulator('dataops');
  const argv = ['--platform', 'dataops', '--storage', 'keychain', '--client', 'none', '--yes'];
  const { code, stderr } = await setup(path, argv, env);
  expect({ code, stderr }).toEqual({ code: 3, stderr: expect.stringContaining('keychain') });
  expect(await contents(path)).toEqual({});
});
