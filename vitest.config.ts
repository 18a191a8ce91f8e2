import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

/** Where a machine-readable report goes, for the run that has to count tests. */
const report = process.env['TEST_REPORT'];

export default defineConfig({
  test: {
    // A gate's file takes minutes, or programs of others that `.ci/run` installs: it is no part of `npm test`.
    include: [process.env['TEST_GATE'] ? 'test/**/*.gate.ts' : 'test/**/*.test.ts'],
    pool: 'forks',
    // No file changes what another can see, so a worker loads the program once; one worker a core keeps both busy.
    isolate: false,
    maxWorkers: '100%',
    // Programs that tests start at the same time take a core each.
    maxConcurrency: 2,
    // No test waits for a clock: these are for a machine that has much else to do, and so is the second try in the gate.
    testTimeout: 60_000,
    retry: process.env['CI'] ? 1 : 0,
    expect: { poll: { timeout: 10_000 } },
    reporters: report ? ['default', 'json'] : ['default'],
    ...(report && { outputFile: { json: report } }),
    // What tests reach in this process; programs and workers that they start are not counted.
    coverage: { provider: 'v8', include: ['src/**/*.ts'], reporter: ['text-summary', 'html', 'json-summary'] },
    // Tests start the program many times and leave nothing behind, in the home folder least of all.
    // What its person has set up stays out of the tests.
    env: { DATA_PLATFORMS_NO_CODE_CACHE: '1', XDG_CONFIG_HOME: join(tmpdir(), 'data-platforms-nobody') },
  },
});
