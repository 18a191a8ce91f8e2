import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { CallerServices } from '../../src/calls/services.ts';
import { loadConfig } from '../../src/config/config.ts';
import { providers } from '../../src/providers/index.ts';
import { createServer } from '../../src/server/create.ts';
import { freshFolder } from '../support/folder.ts';
import { silent, startWorld } from '../support/harness.ts';

it('ends its calls when it is closed, however long they would wait', async () => {
  const { call, server, clock, datarock } = await startWorld();
  // Nothing wakes who sleeps between two looks at the run.
  const release = clock.hold();
  const order = { project: 'Copperhead North', artefact: 'rqd', holes: ['DDH001'] };
  const answer = call('datarock_create_export', order);
  const looks = () => datarock.requests.filter(({ method, target }) => method === 'GET' && target.includes('/export/'));
  await expect.poll(() => looks()[0]?.status).toBe(200);
  await server.close();
  expect((await answer).text).toMatch(/looking at it failed: This server is stopping\./);
  release();
});

it('reaches no real account where the sandbox was asked for', async () => {
  const config = loadConfig({ env: { DATA_PLATFORMS_SANDBOX: '1', DATAOPS_TOKEN: 'glpat-real' } }, providers);
  await expect(createServer(config, { log: silent })).rejects.toMatchObject({
    code: 'not_configured',
    message: expect.stringMatching(/^The setting "sandbox" is for the program/),
  });
});

it('opens no folder of this machine for callers from elsewhere', async () => {
  const folder = await freshFolder();
  const { server, call } = await startWorld({ flags: { allow_dir: folder } });
  const source = { operation: 'x', arguments: {}, at: '2026-11-21' };
  const order = async (shared: CallerServices) => {
    const { uri } = await shared.results.write({ name: 'a', mediaType: '', source }, { rows: [{ a: 1 }] });
    return { result: uri, format: 'csv', path: join(folder, 'a.csv') };
  };
  const anna = server.served({ name: 'anna', callerId: 'anna' });
  const { content } = await anna.tools.call('export_result', await order(anna.shared));
  expect(content[0]).toMatchObject({ text: expect.stringMatching(/^not_configured: This server writes no files\./) });
  expect((await call('export_result', await order(server.shared))).data).toMatchObject({ rows: 1 });
});
