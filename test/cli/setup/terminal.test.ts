import { createPublicKey } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../src/base/clock.ts';
import { providers } from '../../../src/providers/index.ts';
import { startSimulator } from '../../../src/sandbox/host.ts';
import { hasTerminal, openTerminal } from '../../support/pseudo-terminal.ts';

async function person(env: Record<string, string> = {}) {
  const home = await mkdtemp(join(tmpdir(), 'data-platforms-terminal-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  await mkdir(join(home, '.cursor'));
  await writeFile(join(home, '.cursor/mcp.json'), '{\n  "mcpServers": {} // none yet\n}\n');
  const places = { HOME: home, XDG_CONFIG_HOME: join(home, '.config'), DATA_PLATFORMS_NO_CODE_CACHE: '1' };
  const files = async () =>
    (await readdir(home, { recursive: true, withFileTypes: true }))
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name).slice(home.length + 1))
      .sort();
  const read = (name: string) => readFile(join(home, name), 'utf8');
  return { open: (...argv: string[]) => openTerminal(['setup', ...argv], { ...places, ...env }), files, read };
}

async function simulator(name: string) {
  const provider = providers.find(one => one.name === name) as (typeof providers)[number];
  const started = await startSimulator(await provider.simulator(), { clock: systemClock() });
  onTestFinished(() => started.close());
  return started.environment;
}

const untouched = ['.cursor/mcp.json'];

describe.skipIf(!hasTerminal)('a person in a terminal', { timeout: 240_000 }, () => {
  test('tries the sandbox in one client, and takes it back', async () => {
    const { open, files, read } = await person();
    const before = await read('.cursor/mcp.json');
    const terminal = await open();
    await terminal.answer('Do you have an account', 'Down', 'Enter');
    await terminal.answer('These clients were found', 'Enter');
    await terminal.shows(/\+ +"data-platforms": \{/);
    expect(await files()).toEqual(untouched);
    await terminal.answer('Write all this?', 'Enter');
    await terminal.shows('Then ask: "What is connected?"');
    expect(await terminal.ended()).toBe(0);
    expect(await read('.cursor/mcp.json')).toContain('--sandbox');
    expect(await read('.cursor/mcp.json')).toContain('// none yet');
    const undone = await open('--undo');
    await undone.shows('byte for byte');
    expect(await undone.ended()).toBe(0);
    expect(await read('.cursor/mcp.json')).toBe(before);
    expect(await files()).toEqual(untouched);
  });

  test('connects an account: a wrong token is told, the right one kept, and neither is shown', async () => {
    const { DATAOPS_BASE_URL = '', DATAOPS_TOKEN = '' } = await simulator('dataops');
    const { open, read } = await person();
    const terminal = await open('--set', `dataops.base_url=${DATAOPS_BASE_URL}`, '--storage', 'file');
    // One of its settings was given; what that is for is chosen.
    await terminal.answer('Which credentials do you have', 'Enter');
    await terminal.shows('open your profile, and generate an access token');
    await terminal.shows(/DataOps\.live: Personal, project or group access token/);
    await terminal.type('glpat-wrong-wrong-wrong-1');
    await terminal.press('Enter');
    await terminal.answer('did not accept it. What now?', 'Enter');
    await terminal.answer('Which credentials do you have', 'Enter');
    await terminal.shows(/group access token[\s\S]*group access token/);
    await terminal.type(DATAOPS_TOKEN);
    await terminal.press('Enter');
    await terminal.shows('accepted the credential');
    await terminal.answer('What may the assistant do?', 'Down', 'Enter');
    await terminal.answer('These clients were found', 'Enter');
    await terminal.answer('Write all this?', 'Enter');
    expect(await terminal.ended()).toBe(0);
    const seen = await terminal.screen();
    expect(seen).not.toContain('wrong-wrong');
    expect(seen).not.toContain(DATAOPS_TOKEN);
    expect(JSON.parse(await read('.config/data-platforms-mcp/config.json'))).toMatchObject({
      read_only: true,
      connections: { dataops: { base_url: DATAOPS_BASE_URL } },
    });
    expect(await read('.config/data-platforms-mcp/secrets/dataops.token')).toBe(`${DATAOPS_TOKEN}\n`);
  });

  test('makes a key pair, and registers its public half', async () => {
    const { DATAROCK_BASE_URL = '' } = await simulator('datarock');
    const { open, read } = await person({ DATAROCK_BASE_URL });
    const terminal = await open('--platform', 'datarock', '--storage', 'file', '--client', 'none');
    await terminal.shows('Navigation Menu > API Key > Register');
    await terminal.shows('E-mail address');
    await terminal.type('nobody');
    await terminal.press('Enter');
    await terminal.shows(/It is no email/);
    await terminal.press('C-u');
    await terminal.type('geo@sandbox.example');
    await terminal.press('Enter');
    await terminal.answer('the key pair', 'Enter');
    await terminal.shows('-----END PUBLIC KEY-----');
    const [shown = ''] = /-----BEGIN PUBLIC KEY-----.*?-----END PUBLIC KEY-----/s.exec(await terminal.screen()) ?? [];
    await terminal.answer('Is it registered?', 'Enter');
    // The sandbox has no page to register it on.
    await terminal.answer('did not accept it. What now?', 'Down', 'Down', 'Enter');
    await terminal.answer('What may the assistant do?', 'Enter');
    await terminal.answer('Write all this?', 'Enter');
    expect(await terminal.ended()).toBe(3);
    expect(await terminal.screen()).not.toContain('PRIVATE');
    const kept = createPublicKey(await read('.config/data-platforms-mcp/secrets/datarock.private_key'));
    expect(kept.export({ type: 'spki', format: 'pem' }).toString().trim()).toBe(shown);
  });

  /** The questions up to one, with the keys that answer those before. */
  const questions: [question: string, ...keys: string[]][] = [
    ['Do you have an account', 'Enter'],
    ['Which platforms?', 'Down', 'Space', 'Enter'],
    ['Which credentials do you have', 'Enter'],
    ['group access token', 'Enter'],
    ['What may the assistant do?', 'Enter'],
    ['These clients were found', 'Enter'],
    ['Write all this?', 'Enter'],
  ];
  test.each(questions.map(([question], index) => ({ question, index })))(
    'who presses Ctrl-C at "$question" leaves nothing behind',
    async ({ question, index }) => {
      const { DATAOPS_BASE_URL = '', DATAOPS_TOKEN = '' } = await simulator('dataops');
      const { open, files } = await person();
      // An address of its own needs a flag, and that chooses the platform: the first questions are asked without.
      const late = index > 1 ? ['--set', `dataops.base_url=${DATAOPS_BASE_URL}`] : [];
      const terminal = await open(...late, '--storage', 'file');
      for (const [before, ...keys] of questions.slice(index > 1 ? 2 : 0, index)) {
        await terminal.shows(before);
        if (before === 'group access token') await terminal.type(DATAOPS_TOKEN);
        await terminal.press(...keys);
      }
      await terminal.answer(question, 'C-c');
      expect(await terminal.ended()).toBe(130);
      expect(await terminal.screen()).toContain('Nothing was written');
      expect(await files()).toEqual(untouched);
    },
  );
});
