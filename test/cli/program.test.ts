import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { Fault, type FaultCode, faultCodes } from '../../src/base/errors.ts';
import { version } from '../../src/base/version.ts';
import { exitCodes, faultExits } from '../../src/cli/exit-codes.ts';
import { report } from '../../src/cli/failure.ts';
import { commandLine, onSandbox, temporaryFolder } from '../support/command-line.ts';

describe('help', () => {
  test('says what it is, how to start it, and what everything means', async () => {
    const { code, stdout, stderr } = await commandLine(['--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const command of ['demo', 'tools', 'call', 'doctor', 'sandbox'])
      expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
    for (const flag of ['--sandbox', '--read-only', '--toolsets <', '--config <file>', '--log-level <', '--version'])
      expect(stdout).toContain(flag);
    for (const { code, meaning } of exitCodes) expect(stdout).toMatch(new RegExp(`^  ${code} +${meaning}$`, 'm'));
    expect(stdout).toContain('"command": "data-platforms-mcp", "args": ["--sandbox"]');
    expect(stdout).toMatch(/data-platforms-mcp call \w+ .*--sandbox$/m);
    expect(stdout).toContain('DATA_PLATFORMS_<OPTION>');
  });

  test('of a command shows its own flags', async () => {
    const { code, stdout } = await commandLine(['tools', '--help']);
    expect(code).toBe(0);
    expect(stdout).toContain('--json');
  });

  test.each([
    ['sandbox', /--sandbox-speed .*\n.*\(default: 1\)/, ['--read-only', '--log-level', '--sandbox ']],
    ['demo', /--sandbox-speed .*\n.*\(default: 2\)/, []],
    ['token', /^ {2}name +who gets it$/m, ['--sandbox-speed', '--config']],
  ])('of %s has what means something to it, with its own defaults', async (command, shown, hidden) => {
    const { stdout } = await commandLine([command, '--help']);
    expect(stdout).toMatch(shown);
    for (const flag of hidden) expect(stdout).not.toContain(flag);
  });

  test('of a tool needs no connection', async () => {
    const { code, stdout } = await commandLine(['call', 'datarock_create_export', '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/--project +text +required/);
    expect(stdout).toMatch(/--holes +text +required/);
    expect(stdout).toMatch(/--wait-seconds +number +How long/);
    expect(stdout).toContain('data-platforms-mcp call datarock_create_export --project');
    expect((await commandLine(['call', 'wait_for_run', '-h'])).stdout).toMatch(/--run +text +required/);
    const read = await commandLine(['call', 'read_result', '-h']);
    expect(read.stdout).toMatch(/--where +list of {column, op, value} +All must hold/);
    expect(read.stdout).toContain('What stands in {} is given as JSON.');
  });

  test('of a tool that does not exist suggests one', async () => {
    const { code, stderr } = await commandLine(['call', 'datarock_list_project', '--help']);
    expect(code).toBe(2);
    expect(stderr).toContain('Did you mean datarock_list_projects?');
  });

  test('the version is the package version', async () => {
    expect(await commandLine(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });
});

describe('wrong use', () => {
  test.each([
    [['demoo'], 'There is no command "demoo".', 'Did you mean demo?'],
    [['--sandbx'], "unknown option '--sandbx'.", 'Did you mean --sandbox?'],
    [['doctor', '--jsn'], "unknown option '--jsn'.", 'Did you mean --json?'],
    [['tools', '--sandbx'], "unknown option '--sandbx'.", 'Did you mean --sandbox?'],
    [
      ['--log-level', 'loud'],
      'Allowed choices are debug, info, warn, error, silent.',
      'See data-platforms-mcp --help.',
    ],
    [['tools', 'more'], 'Allowed choices are datarock,', 'See data-platforms-mcp --help.'],
    [['tools', 'dx', 'more'], 'too many arguments', 'See data-platforms-mcp --help.'],
    [['call'], 'No tool was named.', 'data-platforms-mcp tools lists them.'],
    [['call', '--json', 'some_tool'], 'No tool was named.', 'put the tool first'],
    [['call', 'datarock_list_holes', '--project'], '--project needs a value.', 'call datarock_list_holes --help'],
    [['help', 'docter'], 'There is no command "docter".', 'Did you mean doctor?'],
    [['version'], 'There is no command "version".', 'Did you mean --version?'],
  ])('%j is told in two lines, exit 2', async (argv, message, hint) => {
    const { code, stdout, stderr } = await commandLine(argv);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^data-platforms-mcp: /);
    expect(lines[0]).toContain(message);
    expect(lines[1]).toMatch(/^ {2}\S/);
    expect(lines[1]).toContain(hint);
  });

  test.each([
    [{ DATAROCK_USR: 'x' }, 'DATAROCK_USER'],
    [{ DATA_PLATFORMS_SANDBX: '1' }, 'DATA_PLATFORMS_SANDBOX'],
  ])('a variable nobody reads stops it: %j', async (env, suggestion) => {
    const { code, stderr } = await commandLine(['tools'], env as Record<string, string>);
    expect(code).toBe(3);
    expect(stderr).toContain(`Did you mean ${suggestion}?`);
  });

  test.each([
    ['datarok:all', 'Did you mean datarock:all?'],
    ['datarock:exprots', 'Did you mean datarock:exports?'],
    ['datarock', 'There are: datarock:all, datarock:projects, datarock:exports, datarock:unconfirmed.'],
    ['everything', 'There are: all, datarock:all, dataops:all, '],
  ])('a toolset that does not exist: %s', async (toolset, hint) => {
    const { code, stderr } = await commandLine(['tools', '--toolsets', toolset]);
    expect(code).toBe(3);
    expect(stderr).toContain(hint);
  });

  test('a broken configuration file is named', async () => {
    const file = join(await temporaryFolder(), 'config.json');
    await writeFile(file, '{');
    const { code, stderr } = await commandLine(['tools', '--config', file]);
    expect(code).toBe(3);
    expect(stderr).toContain(`${file} is not JSON`);
  });
});

test('general flags count before and after the command', async () => {
  const flags = await onSandbox();
  const [before, after] = await Promise.all([
    commandLine([...flags, '--read-only', 'tools', '--json']),
    commandLine(['tools', '--json', ...flags, '--read-only']),
  ]);
  expect(before).toEqual(after);
  expect(JSON.parse(before.stdout).tools.map(({ name }: { name: string }) => name)).toContain('datarock_list_projects');
  expect(before.stdout).not.toContain('datarock_create_export');
});

describe('failures', () => {
  test('every fault has an exit code that the help explains', () => {
    const explained = exitCodes.map(({ code }) => code);
    for (const fault of Object.keys(faultCodes)) expect(explained).toContain(faultExits[fault as FaultCode]);
  });

  test.each([
    [new Fault({ code: 'rate_limited', message: 'Slow\n  down.', hint: 'Wait\nthen go on.' }), 5, 2],
    [new Fault({ code: 'not_found', message: 'Gone.', hint: 'List them.' }), 4, 2],
    [new Fault({ code: 'read_only', message: 'No.', hint: 'Ask.' }), 3, 2],
    [new Error('boom'), 1, undefined],
  ])('%s', (error, code, count) => {
    const stderr = new PassThrough({ encoding: 'utf8' });
    expect(report(error, { stderr })).toBe(code);
    const lines = String(stderr.read()).trimEnd().split('\n');
    expect(lines[0]).toMatch(/^data-platforms-mcp: \S/);
    expect(lines[1]).toMatch(/^ {2}\S/);
    if (count) expect(lines).toHaveLength(count);
    else expect(lines.slice(2).join('\n')).toContain('program.test.ts');
  });
});
