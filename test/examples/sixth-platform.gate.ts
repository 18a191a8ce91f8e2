import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it, onTestFinished } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);

/** The source with the example laid over it: a folder, and a line with its name. */
async function sourceWithSixth(): Promise<string> {
  const copy = await mkdtemp(join(tmpdir(), 'data-platforms-sixth-'));
  onTestFinished(() => rm(copy, { recursive: true, force: true }));
  for (const name of ['src', 'test/support', 'test/operations', 'package.json', 'tsconfig.json', 'vitest.config.ts'])
    await cp(join(root, name), join(copy, name), { recursive: true });
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  const example = join(root, 'examples', 'sixth-platform');
  await cp(join(example, 'kiln'), join(copy, 'src/providers/kiln'), { recursive: true });
  await cp(join(example, 'kiln.test.ts'), join(copy, 'test/providers/kiln/kiln.test.ts'));
  const list = join(copy, 'src/providers/index.ts');
  const [line] = (await readFile(join(example, 'README.md'), 'utf8')).match(/^import .*kiln.*$/m) ?? [];
  const text = await readFile(list, 'utf8');
  await writeFile(list, `${line}\n${text.replace(/= \[(.*)\];/, '= [$1, kiln];')}`);
  return copy;
}

interface Report {
  numPassedTests: number;
  testResults: { assertionResults: { status: string; fullName: string; failureMessages: string[] }[] }[];
}

it('a sixth platform is a folder and a line', async () => {
  const cwd = await sourceWithSixth();
  const inCopy = async (program: string, ...args: string[]) => {
    const script = join(root, 'node_modules', program);
    // The report of these tests comes here, not where that of the whole suite goes.
    const { TEST_REPORT: _, TEST_GATE: __, ...env } = process.env;
    const { stdout } = await run(process.execPath, [script, ...args], { cwd, env, maxBuffer: 64 * 2 ** 20 }).catch(
      error => error,
    );
    return String(stdout);
  };
  expect(await inCopy('typescript/bin/tsc', '--noEmit')).toBe('');
  const tested = await inCopy(
    'vitest/vitest.mjs',
    'run',
    'test/providers/kiln',
    'test/operations/operations.test.ts',
    '-t',
    'kiln|furnace|fires',
    '--reporter=json',
  );
  const { numPassedTests, testResults } = JSON.parse(tested) as Report;
  const failed = testResults.flatMap(file => file.assertionResults).filter(({ status }) => status === 'failed');
  expect(failed.map(({ fullName, failureMessages }) => [fullName, ...failureMessages])).toEqual([]);
  // Two of its own, and some ten on each of its three operations.
  expect(numPassedTests).toBeGreaterThan(25);
}, 180_000);
