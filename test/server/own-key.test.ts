import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createSigner, signerFor } from '../../src/base/signer.ts';
import { cursors } from '../../src/calls/cursor.ts';
import { ownKey } from '../../src/server/own-key.ts';
import { startWorld } from '../support/harness.ts';

const project = 'meridian/data/drill-assays';
const start = () => startWorld({ platforms: ['dataops'], flags: { toolsets: 'dataops:all' } });

it('is made when something is signed first, for this user alone, and is the same ever after', async () => {
  const { call, results } = await start();
  const path = join(results, 'key');
  await expect(stat(path)).rejects.toThrow(/ENOENT/);
  await call('dataops_list_projects', { limit: 1 });
  const { mode, size } = await stat(path);
  expect([mode & 0o777, size]).toEqual([0o600, 32]);
  expect(Buffer.from(ownKey(results))).toEqual(await readFile(path));
});

it('is one of the process where the file was cut short', async () => {
  const { results } = await start();
  await writeFile(join(results, 'key'), 'short');
  expect(ownKey(results)).toHaveLength(32);
  expect(Buffer.from(ownKey(results))).not.toEqual(Buffer.from(ownKey(results)));
});

it.each(['', 'data-platforms-mcp'])('a cursor that was signed with "%s" is not believed', async key => {
  const { call } = await start();
  const scope = { operation: 'dataops_list_users', connection: 'dataops', arguments: {} };
  const cursor = cursors(signerFor('', createSigner(key))).write(scope, { at: '?page=2' });
  expect((await call('dataops_list_users', { cursor })).text).toMatch(/^bad_arguments: The cursor is damaged/);
});

it('a cursor leads to the parameters of its own route and nowhere else', async () => {
  const { call, dataops, results } = await start();
  const { data } = await call('dataops_list_projects', { limit: 1 });
  const { next } = data['page'] as { next: string };
  expect((await call('dataops_list_projects', { limit: 1, cursor: next })).isError).toBe(false);
  // What this server would sign for the same listing, with another position in it.
  const write = (at: string) => {
    const [scope, body] = [next.slice(0, 8), Buffer.from(JSON.stringify({ at })).toString('base64url')];
    return `${scope}${signerFor('', createSigner(ownKey(results)))
      .sign('cursor', [scope, body])
      .slice(0, 11)}${body}`;
  };
  const before = dataops.requests.length;
  for (const at of [`/api/v4/projects/${encodeURIComponent(project)}/variables`, '/../users', 'x'])
    expect((await call('dataops_list_projects', { cursor: write(at) })).isError, at).toBe(true);
  await call('dataops_list_projects', { cursor: write('?x=/variables') });
  const sent = dataops.requests.slice(before).map(({ target }) => target.split('?')[0]);
  expect([...new Set(sent)]).toEqual(['/api/v4/projects']);
});
