import { readdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../support/command-line.ts';
import { startProgram } from '../../support/process.ts';

describe('demo', () => {
  test('piped: tells the whole story, with figures, and leaves nothing', { timeout: 60_000 }, async () => {
    const temporary = await temporaryFolder();
    const demo = startProgram(['demo', '--sandbox-speed', '40'], { TMPDIR: temporary });
    const { code } = await demo.ended;
    expect({ code, stderr: demo.stderr }).toEqual({ code: 0, stderr: '' });
    expect(demo.stdout).toMatch(/export \w+: \d+ of 40 holes/);
    expect(demo.stdout).toMatch(/mean RQD is \d\d\.\d %/);
    expect(demo.stdout).toMatch(/1 pipeline, of 1 of \d projects\./);
    expect(demo.stdout).toMatch(/reasons: 1 x invalid identifier/);
    expect(demo.stdout).toMatch(/failing-pipelines\): 1 of 1 steps done/);
    for (const figure of [
      'tool calls',
      'requests to the platform',
      'with a credential',
      'polls of runs',
      'tokens of results',
    ])
      expect(demo.stdout).toMatch(new RegExp(`${figure} +[1-9]`));
    expect(demo.stdout).not.toContain('\u001B');
    expect(await readdir(temporary)).toEqual([]);
  });

  test('interrupted: ends with its server, exit 130', async () => {
    const temporary = await temporaryFolder();
    const demo = startProgram(['demo'], { TMPDIR: temporary });
    await demo.line(line => line.includes('of 40 holes'));
    demo.child.kill('SIGTERM');
    expect((await demo.ended).code).toBe(130);
    expect(demo.stdout).not.toContain('tokens of results');
    expect(await readdir(temporary)).toEqual([]);
  });

  test('without a place for its results says so', async () => {
    const demo = startProgram(['demo'], { TMPDIR: '/nowhere' });
    expect((await demo.ended).code).toBe(3);
    expect(demo.stderr).toMatch(/^data-platforms-mcp: The demo cannot make a folder .*\/nowhere.*\n {2}Set TMPDIR/);
  });

  test('that cannot work says why, and is no success', async () => {
    const demo = startProgram(['demo', '--read-only', '--sandbox-speed', '8']);
    expect((await demo.ended).code).toBe(5);
    expect(demo.stderr).toMatch(/^data-platforms-mcp: datarock_create_export answered: read_only: /m);
  });
});
