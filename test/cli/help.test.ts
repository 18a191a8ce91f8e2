import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/base/clock.ts';
import { sandboxKeyPair } from '../../src/providers/datarock/simulator/simulator.ts';
import { start } from '../support/command-line.ts';
import { upstream } from '../support/upstream.ts';

const runs = (...argv: string[]) => start(argv).done;

describe('help', () => {
  it('shows what the option shows, for the program and for each command', async () => {
    expect(await runs('help')).toEqual(await runs('--help'));
    const { stdout } = await runs('--help');
    const commands = [...(stdout.match(/^Commands:\n((?: {2}.*\n)+)/m)?.[1] ?? '').matchAll(/^ {2}(\w+)/gm)].map(
      ([, name = '']) => name,
    );
    expect(commands).toContain('call');
    for (const name of commands)
      expect((await runs('help', name)).stdout, name).toContain(`data-platforms-mcp ${name}`);
  });

  it('names what was probably meant', async () => {
    const { code, stderr } = await runs('help', 'docter');
    expect(code).not.toBe(0);
    expect(stderr).toContain('Did you mean doctor?');
  });
});

it('shows the tools of one platform', async () => {
  const { stdout } = await runs('tools', 'datamin', '--sandbox', '--json');
  const { tools } = JSON.parse(stdout) as { tools: { name: string }[] };
  expect(tools.length).toBeGreaterThan(3);
  for (const { name } of tools) expect(name).toMatch(/^datamin_/);
  expect((await runs('tools', 'nothing')).code).not.toBe(0);
});

describe('completion', () => {
  it('is a script for each shell that knows commands, options and tools', async () => {
    for (const shell of ['bash', 'zsh', 'fish', 'powershell']) {
      const { stdout } = await runs('completion', shell);
      for (const word of ['doctor', 'read-only', 'datarock_list_holes']) expect(stdout, shell).toContain(word);
    }
  });

  it.skipIf(process.platform === 'win32')('completes in bash', async () => {
    const { stdout: script } = await runs('completion', 'bash');
    const complete = (...words: string[]) =>
      execFileSync('bash', [
        '-c',
        `${script}\nCOMP_WORDS=(data-platforms-mcp ${words.join(' ')}); COMP_CWORD=${words.length}; _data_platforms_mcp; echo "\${COMPREPLY[@]}"`,
      ])
        .toString()
        .trim()
        .split(' ');
    expect(complete('doc')).toEqual(['doctor']);
    expect(complete('call', 'datarock_list_h')).toEqual(['datarock_list_holes']);
    expect(complete('doctor', '--read')).toEqual(['--read-only']);
  });
});

it.skipIf(process.platform === 'win32')('a private key that others may read is told', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'data-platforms-key-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'key.pem');
  writeFileSync(file, (await sandboxKeyPair()).privateKey);
  const { origin } = await upstream(systemClock(), [401]);
  const doctor = async (mode: number) => {
    chmodSync(file, mode);
    const env = {
      DATAROCK_USER: 'a@b.example',
      DATAROCK_PRIVATE_KEY_FILE: file,
      DATAROCK_BASE_URL: origin,
    };
    return (await start(['doctor'], env).done).stdout;
  };
  expect(await doctor(0o644)).toContain(`${file} can be read by other users of this computer: run chmod 600 on it`);
  expect(await doctor(0o600)).not.toContain('can be read by other users');
});
