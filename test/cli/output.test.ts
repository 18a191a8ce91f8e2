import { execFile } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { promisify } from 'node:util';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createProgress } from '../../src/cli/progress.ts';
import { alignColumns, type Output, paint } from '../../src/cli/terminal.ts';
import { commandLine, onSandbox, start } from '../support/command-line.ts';

test('tools: tokens per tool add up', async () => {
  const flags = await onSandbox();
  const [json, text] = await Promise.all([
    commandLine(['tools', '--json', ...flags]),
    commandLine(['tools', ...flags]),
  ]);
  const { tools, totals, resource_templates, unlisted_operations } = JSON.parse(json.stdout);
  const all = totals.find(({ platform }: { platform: string }) => platform === 'All');
  const sum = (figure: string) =>
    tools.reduce((total: number, tool: Record<string, number>) => total + (tool[figure] ?? 0), 0);
  expect(all).toMatchObject({ tokens: sum('tokens'), total_tokens: sum('total_tokens') });
  for (const { tokens, total_tokens } of tools) expect(tokens).toBeLessThan(total_tokens);
  expect(resource_templates).toBeGreaterThan(1);
  expect(unlisted_operations).toContain('datarock_list_exports');
  expect(text.stdout).toMatch(/^ {2}datarock_create_export +\d+ +\d+$/m);
  expect(text.stdout).toContain(all.tokens.toLocaleString('en-US'));
});

test('sandbox: its output, pasted into a shell, connects', async () => {
  const sandbox = start(['sandbox']);
  await sandbox.shows('stdout', '-----END PRIVATE KEY-----');
  const script = `${sandbox.seen.stdout}\nexec "$0" -e 'console.log(JSON.stringify(process.env))'`;
  const { stdout } = await promisify(execFile)('sh', ['-c', script, process.execPath], { env: {} });
  const env = JSON.parse(stdout);
  const { DATAROCK_BASE_URL, DATAROCK_USER, DATAROCK_PRIVATE_KEY } = env;
  const check = await commandLine(['doctor'], { DATAROCK_BASE_URL, DATAROCK_USER, DATAROCK_PRIVATE_KEY });
  expect(check).toMatchObject({ code: 0, stderr: '' });
  sandbox.interrupt();
  const { code, stderr } = await sandbox.done;
  expect(code).toBe(0);
  expect(stderr).toContain(`datarock: ${DATAROCK_BASE_URL}`);
  expect(stderr).not.toContain('refused');
  await expect(fetch(DATAROCK_BASE_URL)).rejects.toThrow();
});

test('progress without a terminal: at most a line a second', async () => {
  const stream = new PassThrough({ encoding: 'utf8' });
  let now = 0;
  const progress = await createProgress(stream, {}, () => now);
  for (now = 0; now < 3000; now += 100) progress.tell(`at ${now}`);
  expect(stream.read()).toBe('at 0\nat 1000\nat 2000\n');
});

test('progress on a terminal: a bar that is gone afterwards', async () => {
  // The spinner takes a terminal in CI for none.
  vi.stubEnv('CI', undefined);
  onTestFinished(() => void vi.unstubAllEnvs());
  const stream = new PassThrough({ encoding: 'utf8' });
  const nothing = () => true;
  Object.assign(stream, { isTTY: true, columns: 80, cursorTo: nothing, clearLine: nothing, moveCursor: nothing });
  const progress = await createProgress(stream, {});
  progress.tell('files', 10, 40);
  progress.pause();
  const shown = String(stream.read());
  expect(shown).toMatch(/█{5}░{15} 10\/40 {2}files/);
  expect(shown.lastIndexOf('\u001B[?25h')).toBeGreaterThan(shown.lastIndexOf('files'));
});

test('colours only where the stream has them', () => {
  const stream = (given: object) => Object.assign(new PassThrough(), given) as Output;
  expect(paint(stream({ isTTY: true, hasColors: () => true }), 'red', 'x')).toBe('\u001B[31mx\u001B[39m');
  expect(paint(stream({ isTTY: true, hasColors: () => false }), 'red', 'x')).toBe('x');
  expect(paint(stream({}), 'red', 'x')).toBe('x');
});

test('columns fit their widest cell, figures to the right', () => {
  expect(
    alignColumns([
      ['a', 1],
      ['long', 1234],
    ]),
  ).toEqual(['a         1', 'long  1,234']);
});
