import { generateKeyPairSync } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DatarockState } from '../../../src/providers/datarock/simulator/state.ts';
import { type Seen, startWorld, type World } from '../../support/harness.ts';

const stateOf = ({ datarock }: World) => datarock.state as DatarockState;
const copperhead = '7c0d3a52-5b1e-4a57-9d36-2f1f0c6e8a11';
const rqd = { project: copperhead, artefact: 'rqd', holes: ['DDH001', 'DDH002', 'DDH003'] };

function expectFault(seen: Seen, code: string, message: RegExp, next: RegExp) {
  expect(seen.isError, seen.text).toBe(true);
  expect(seen.text).toMatch(new RegExp(`^${code}: `));
  expect(seen.text).toMatch(message);
  expect(seen.text.split('\nNext: ')[1] ?? '').toMatch(next);
}

const otherKey = () =>
  generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });

describe('credentials', () => {
  const next = /clock.*DATAROCK_USER.*key.*DATAROCK_BASE_URL/;

  it('explains a key that is not the registered one', async () => {
    const world = await startWorld({ env: { DATAROCK_PRIVATE_KEY: otherKey().privateKey } });
    expectFault(await world.call('datarock_list_projects'), 'unauthorized', /401/, next);
  });

  it('explains a user nobody knows', async () => {
    const world = await startWorld({ env: { DATAROCK_USER: 'nobody@sandbox.example' } });
    expectFault(await world.call('datarock_list_projects'), 'unauthorized', /401/, next);
  });

  it('explains a key that was replaced while the server ran', async () => {
    const world = await startWorld();
    expect((await world.call('datarock_list_projects')).isError).toBe(false);
    await stateOf(world).replaceKey();
    expectFault(await world.call('datarock_list_projects'), 'unauthorized', /401/, next);
  });

  it('explains a clock that is more than five minutes off', async () => {
    const late = await startWorld({ ahead: -301_000 });
    const set = /^The clock of this machine is 30[12] s behind: set it right first\. Check, in this order: the clock/;
    expectFault(await late.call('datarock_list_projects'), 'unauthorized', /401/, set);
    const early = await startWorld({ ahead: 301_000 });
    expectFault(await early.call('datarock_list_projects'), 'unauthorized', /401/, /30[01] s ahead/);
  });

  it('says nothing of a clock that is right when the platform takes no token', async () => {
    const world = await startWorld();
    stateOf(world).iatWindow = { past: -301, ahead: 0 };
    expectFault(await world.call('datarock_list_projects'), 'unauthorized', /401/, /^Check, in this order: the clock/);
  });

  it('signs every attempt anew', async () => {
    const world = await startWorld();
    world.datarock.faults.add({ kind: 'status', status: 502, times: 2 });
    const seen = await world.call('datarock_list_projects');
    expect(seen.isError).toBe(false);
    expect(seen.usage).toMatchObject({ requests: 3, signatures: 3, retries: 2 });
  });

  it('explains an account without API permission', async () => {
    const world = await startWorld();
    stateOf(world).permitted = false;
    expectFault(await world.call('datarock_list_projects'), 'missing_scope', /403/, /support.*permission/i);
  });

  it('never shows the key', async () => {
    const world = await startWorld();
    world.datarock.faults.add({
      kind: 'status',
      status: 400,
      body: 'key was: -----BEGIN PRIVATE KEY-----\nMIIEsecretsecret',
    });
    const seen = await world.call('datarock_list_projects');
    expect(seen.isError).toBe(true);
    expect(JSON.stringify(seen.raw)).not.toContain('MIIEsecret');
  });
});

describe('things that are not there', () => {
  it('suggests the project that was probably meant', async () => {
    const { call } = await startWorld();
    const seen = await call('datarock_list_holes', { project: 'Copperhed North' });
    expectFault(seen, 'not_found', /Copperhed North/, /Did you mean "Copperhead North"/);
  });

  it('says that a foreign project may be absent or hidden', async () => {
    const { call } = await startWorld();
    const seen = await call('datarock_list_holes', { project: '00000000-0000-4000-8000-000000000000' });
    expectFault(seen, 'not_found', /404/, /datarock_list_projects.*not assigned/);
  });

  it('takes the project out of a pasted address', async () => {
    const { call } = await startWorld();
    const project = `https://app.datarock.com.au/projects/${copperhead}/holes?tab=2`;
    expect((await call('datarock_list_holes', { project, limit: 1 })).text).toMatch(/^1 of 40 holes/);
  });

  it('says that the base URL may lack the version', async () => {
    const { datarock } = await startWorld();
    const env = { DATAROCK_BASE_URL: datarock.settings['base_url']?.replace('/v3', '') };
    const { call } = await startWorld({ env: { ...datarock.environment, ...env } });
    expectFault(await call('datarock_list_projects'), 'not_found', /404/, /DATAROCK_BASE_URL.*version.*\/v3/);
  });

  it('suggests the artefact that was probably meant', async () => {
    const { call } = await startWorld();
    const seen = await call('datarock_create_export', { ...rqd, artefact: 'rqdd' });
    expectFault(seen, 'not_found', /rqdd/, /Did you mean "RQD"/);
  });

  it('names the versions there are', async () => {
    const { call } = await startWorld();
    const seen = await call('datarock_create_export', { ...rqd, version: 'v9' });
    expectFault(seen, 'not_found', /no version "v9"/, /v2, v1/);
  });

  it('refuses a hole nobody knows before anything is started, and reports one that fails without losing the others', async () => {
    const { call, datarock } = await startWorld();
    const unknown = await call('datarock_create_export', { ...rqd, holes: ['DDH001', 'NOPE-1'] });
    expectFault(unknown, 'bad_arguments', /no hole "NOPE-1"\. Nothing was started\./, /datarock_list_holes/);
    datarock.state.failedHoles.add('DDH002');
    const seen = await call('datarock_create_export', { ...rqd, holes: ['DDH001', 'DDH002'] });
    expect(seen.isError).toBe(false);
    expect(seen.data).toMatchObject({ run: { status: 'succeeded' }, result: { kind: 'table' } });
    expect(seen.text).toMatch(/Failed: DDH002\.\nA hole fails that had no pipeline run/);
    expect(seen.text).toMatch(/Warning: Failed: DDH002\./);
  });

  it('says what to look at when no hole could be exported', async () => {
    const { call } = await startWorld();
    const seen = await call('datarock_create_export', { ...rqd, updated_since: '2100-01-01' });
    expect(seen.data['run']).toMatchObject({ status: 'failed', final: true });
    expect(seen.text).toMatch(/Failed: DDH001, DDH002, DDH003\.\n.*in the time asked for; without updated_since/);
  });

  it('names ten holes of thirty-nine that failed', async () => {
    const { call, datarock } = await startWorld();
    for (let number = 2; number <= 40; number += 1)
      datarock.state.failedHoles.add(`DDH${String(number).padStart(3, '0')}`);
    const seen = await call('datarock_create_export', { ...rqd, holes: 'all' });
    expect(seen.text).toMatch(/Failed: DDH002, .*DDH011 and 29 more\./);
    expect(seen.text).toMatch(/Warning: Failed: DDH002, .*DDH011 and 29 more\./);
    expect(seen.text).not.toMatch(/DDH012/);
  });

  it('refuses an empty list of holes before sending anything', async () => {
    const { call, datarock } = await startWorld();
    const seen = await call('datarock_create_export', { ...rqd, holes: [] });
    expectFault(seen, 'bad_arguments', /holes/, /holes/);
    expect(datarock.requests).toHaveLength(0);
  });

  it('starts nothing for all holes of a project that has none', async () => {
    const { call, datarock } = await startWorld();
    datarock.faults.add({ kind: 'status', status: 200, body: '[]', match: { path: /holes$/ } });
    const seen = await call('datarock_create_export', { ...rqd, holes: 'all' });
    expectFault(seen, 'bad_arguments', /The project has no holes\./, /datarock_list_projects/);
    expect(datarock.requests.filter(({ method }) => method === 'POST')).toHaveLength(0);
  });

  it('refuses milliseconds where seconds belong, and says what they would be', async () => {
    const { call, datarock } = await startWorld();
    const seen = await call('datarock_create_export', { ...rqd, updated_since: 1_700_000_000_000 });
    expectFault(seen, 'bad_arguments', /milliseconds.*1700000000/, /ISO 8601/);
    expect(datarock.requests.filter(({ method }) => method === 'POST')).toHaveLength(0);
  });

  it('says that an export has expired', async () => {
    const world = await startWorld();
    const { data } = await world.call('datarock_create_export', { ...rqd, wait_seconds: 0 });
    await world.clock.advance(8 * 86_400_000);
    const run = (data['run'] as { uri: string }).uri;
    expectFault(
      await world.call('wait_for_run', { run }),
      'not_found',
      /404/,
      /older than 7 days.*datarock_create_export/,
    );
  });

  it('says that a listing of exports is not offered', async () => {
    const world = await startWorld({ flags: { toolsets: 'datarock:unconfirmed' } });
    stateOf(world).listsExports = false;
    expectFault(await world.call('datarock_list_exports'), 'not_found', /404/, /may not list exports/);
  });
});

describe('links and files', () => {
  async function finishedExport(world: World) {
    const seen = await world.call('datarock_create_export', { ...rqd, wait_seconds: 0 });
    const { uri } = seen.data['run'] as { uri: string };
    await world.clock.advance(60_000);
    return uri;
  }
  const isStorage = ({ site }: { site: string }) => site === 'storage';

  it('fetches new links when the old ones have lapsed', async () => {
    const world = await startWorld();
    stateOf(world).linkSeconds = 30;
    world.datarock.faults.add({ kind: 'slow', ms: 31_000, match: { path: /DDH002/ }, times: 1 });
    const run = await finishedExport(world);
    const seen = await world.call('datarock_download_export', { export: run });
    expect(seen.text).toMatch(/3 of 3 holes have data/);
    expect(world.datarock.requests.filter(isStorage).some(({ status }) => status === 403)).toBe(true);
  });

  const isStatus = ({ site, method, target }: { site: string; method: string; target: string }) =>
    site === 'api' && method === 'GET' && target.includes('/export/artefacts/');

  it('reads the status once for all links that were refused', async () => {
    const world = await startWorld();
    const run = await finishedExport(world);
    const before = world.datarock.requests.filter(isStatus).length;
    const readings = () => world.datarock.requests.filter(isStatus).length - before;
    // The links of the first reading are refused, those of any later one are good: a hole whose turn comes after the
    // second reading has nothing to renew.
    Object.defineProperty(stateOf(world), 'linkSeconds', { get: () => (readings() > 1 ? 3600 : 1800) });
    const path = new RegExp(`expires=${world.clock.now() / 1000 + 1800}`);
    world.datarock.faults.add({ kind: 'status', status: 403, match: { path } });
    const seen = await world.call('datarock_download_export', { export: run });
    expect(seen.text).toMatch(/3 of 3 holes have data\./);
    expect(world.datarock.requests.filter(isStorage).some(({ status }) => status === 403)).toBe(true);
    expect(readings()).toBe(2);
  });

  it('fetches a file although the status could not be read in between', async () => {
    const world = await startWorld();
    const run = await finishedExport(world);
    world.datarock.faults.add({ kind: 'status', status: 403, match: { path: /DDH002/ }, times: 1 });
    world.datarock.faults.add({ kind: 'status', status: 500, match: { path: /export\/artefacts/ }, skip: 1, times: 4 });
    const seen = await world.call('datarock_download_export', { export: run });
    expect(seen.text).toMatch(/3 of 3 holes have data\./);
  });

  it('sends no credential to the storage host', async () => {
    const world = await startWorld();
    await world.call('datarock_download_export', { export: await finishedExport(world) });
    expect(world.datarock.requests.filter(isStorage)).toHaveLength(3);
    expect(stateOf(world).leaks).toEqual([]);
  });

  it('goes on where an interruption left it', async () => {
    const world = await startWorld();
    const run = await finishedExport(world);
    const stop = new AbortController();
    const first = world.call(
      'datarock_download_export',
      { export: run },
      {
        signal: stop.signal,
        progress: message => message.startsWith('2 of 3') && stop.abort(),
      },
    );
    expectFault(await first, 'cancelled', /cancelled/, /./);
    const before = world.datarock.requests.filter(isStorage).length;
    const seen = await world.call('datarock_download_export', { export: run });
    expect(seen.text).toMatch(/3 of 3 holes have data/);
    expect(world.datarock.requests.filter(isStorage).length - before).toBeLessThanOrEqual(1);
  });

  it('is not lost when somebody else fetches the same at once and is done first', async () => {
    const world = await startWorld();
    const run = await finishedExport(world);
    world.datarock.faults.add({ kind: 'hang', match: { path: /DDH003/ }, times: 1 });
    const slow = world.call('datarock_download_export', { export: run });
    while (world.datarock.requests.filter(isStorage).length < 3) await new Promise(resolve => setTimeout(resolve, 2));
    const quick = await world.call('datarock_download_export', { export: run });
    await world.clock.advance(31_000);
    const seen = await slow;
    expect(seen.text).toMatch(/fetched before/);
    expect(seen.data['result']).toMatchObject({ uri: (quick.data['result'] as { uri: string }).uri });
  });

  it('costs nothing when it has been fetched before', async () => {
    const world = await startWorld();
    const run = await finishedExport(world);
    const first = await world.call('datarock_download_export', { export: run });
    const again = await world.call('datarock_download_export', { export: run });
    expect(again.usage.requests).toBe(0);
    expect(again.data['result']).toMatchObject({ uri: (first.data['result'] as { uri: string }).uri });
  });

  it('leaves out a file that is cut off, says so, and fetches it afresh next time', async () => {
    const world = await startWorld();
    const run = await finishedExport(world);
    const off = world.datarock.faults.add({ kind: 'malformed', match: { path: /DDH002/ } });
    const seen = await world.call('datarock_download_export', { export: run });
    expect(seen.text).toMatch(/2 of 3 holes have data: 1 failed/);
    expect(seen.text).toMatch(/Hole DDH002: its file was left out/);
    off();
    const again = await world.call('datarock_download_export', { export: run });
    expect(again.text).toMatch(/3 of 3 holes have data\./);
    expect(again.usage.requests).toBe(2);
  });

  it('takes no web page for a file', async () => {
    const world = await startWorld();
    const run = await finishedExport(world);
    const off = world.datarock.faults.add({ kind: 'html', match: { path: /DDH002/ } });
    const some = await world.call('datarock_download_export', { export: run });
    expect(some.text).toMatch(/2 of 3 holes have data: 1 failed/);
    expect(some.text).toMatch(/Hole DDH002: the storage answered with a web page instead of the file\./);
    off();
    world.datarock.faults.add({ kind: 'html', match: { path: /DDH003/ } });
    const other = await world.call('datarock_create_export', { ...rqd, holes: ['DDH003'] });
    expect(other.text).toMatch(
      /The export has no file that can be read\. Hole DDH003: the storage .* start the export/,
    );
  });

  it('says what to do about an export of which nothing came', async () => {
    const world = await startWorld();
    stateOf(world).failedHoles.add('DDH001');
    const { data } = await world.call('datarock_create_export', { ...rqd, holes: ['DDH001'] });
    const { uri } = data['run'] as { uri: string };
    const seen = await world.call('datarock_download_export', { export: uri });
    expectFault(seen, 'not_found', /Failed: DDH001/, /^Export without updated_since/);
  });

  it('tells a hole that the finished export has no file of yet, and fetches it next time', async () => {
    const world = await startWorld();
    const run = await finishedExport(world);
    const { lateHoles } = stateOf(world);
    lateHoles.add('DDH002');
    const seen = await world.call('datarock_download_export', { export: run });
    expect(seen.text).toMatch(/2 of 3 holes have data: 1 failed/);
    expect(seen.text).toMatch(/Hole DDH002: in_progress, no file yet\.\nWarning: Call datarock_download_export again/);
    lateHoles.clear();
    expect((await world.call('datarock_download_export', { export: run })).text).toMatch(/3 of 3 holes have data\./);
  });

  it('stops at a results folder that cannot take the files, and says so alone', async () => {
    const world = await startWorld();
    const run = await finishedExport(world);
    await rm(join(world.results, 'work'), { recursive: true });
    await writeFile(join(world.results, 'work'), 'a file where a folder should be');
    const seen = await world.call('datarock_download_export', { export: run });
    expectFault(seen, 'not_configured', /^not_configured: The results folder .* cannot be used/, /--results-dir/);
  });

  it('tries again when a download breaks off', async () => {
    const world = await startWorld();
    const run = await finishedExport(world);
    world.datarock.faults.add({ kind: 'truncate', match: { path: /DDH002/ }, times: 1 });
    expect((await world.call('datarock_download_export', { export: run })).text).toMatch(/3 of 3 holes have data\./);
  });

  it('reports a hole whose file stays out of reach, and keeps the rest', async () => {
    const world = await startWorld();
    stateOf(world).brokenFiles.add('DDH003');
    const seen = await world.call('datarock_download_export', { export: await finishedExport(world) });
    expect(seen.isError).toBe(false);
    expect(seen.text).toMatch(/2 of 3 holes have data: 1 failed/);
    expect(seen.text).toMatch(/Hole DDH003: .*500/);
  });

  it('fills a column that one hole lacks with nothing, and says so', async () => {
    const world = await startWorld();
    stateOf(world).missingColumns.set('DDH002', 'rqd_percent');
    const seen = await world.call('datarock_download_export', { export: await finishedExport(world) });
    expect(seen.text).toMatch(/Column "rqd_percent" is missing in part DDH002/);
    const { uri } = seen.data['result'] as { uri: string };
    const where = [{ column: 'hole_id', op: '=', value: 'DDH002' }];
    const rows = await world.call('read_result', {
      result: uri,
      where,
      columns: ['rqd_percent', 'recovered_m'],
      limit: 3,
    });
    expect(rows.data['items']).toEqual(Array(3).fill({ rqd_percent: null, recovered_m: expect.any(Number) }));
  });

  it('takes the holes whose pipeline ran in the last week', async () => {
    const { call } = await startWorld();
    const order = { project: copperhead, artefact: 'rqd', holes: 'all', updated_since: '7d' };
    const { text, data } = await call('datarock_create_export', order);
    expect(text).toMatch(/: 8 of 40 holes have data: 32 failed\./);
    const { uri } = data['result'] as { uri: string };
    const first = await call('read_result', { result: uri, columns: ['hole_id'], limit: 1 });
    expect(first.data['items']).toEqual([{ hole_id: 'DDH033' }]);
    const { uri: run } = data['run'] as { uri: string };
    const status = await call('datarock_get_export', { export: run });
    expect(status.data['about']).toMatchObject({ type: { key: 'rqd' }, expiryDate: '2026-11-28T00:00:00.000Z' });
    const holes = status.data['items'] as { holeId: string }[];
    expect(holes.find(({ holeId }) => holeId === 'DDH033')).toEqual({
      ...{ holeId: 'DDH033', status: 'completed', file_ready: true },
      runAt: '2026-11-18T00:00:00.000Z',
    });
  });

  it('reports a failed hole and joins the others', async () => {
    const world = await startWorld();
    stateOf(world).failedHoles.add('DDH001');
    const seen = await world.call('datarock_create_export', rqd);
    expect(seen.data['run']).toMatchObject({
      status: 'succeeded',
      notes: [expect.stringMatching(/^Failed: DDH001\.$/), expect.stringMatching(/without updated_since/)],
    });
    expect(seen.text).toMatch(/2 of 3 holes have data: 1 failed/);
  });

  it('refuses to fetch an export that is not done, and says how to wait', async () => {
    const world = await startWorld();
    const { data } = await world.call('datarock_create_export', { ...rqd, wait_seconds: 0 });
    const { uri } = data['run'] as { uri: string };
    const seen = await world.call('datarock_download_export', { export: uri });
    expectFault(seen, 'conflict', /in_progress: \d of 3 holes/, /wait_for_run .*datarock:\/\/exports\//);
  });
});

describe('a platform in trouble', () => {
  it('waits as long as a 429 asks', async () => {
    const world = await startWorld();
    world.datarock.faults.add({ kind: 'rate-limit', retryAfter: 7, times: 1 });
    const start = world.clock.now();
    const seen = await world.call('datarock_list_projects');
    expect(seen.isError).toBe(false);
    expect(seen.usage.requests).toBe(2);
    expect(world.clock.now() - start).toBeGreaterThanOrEqual(7_000);
  });

  it('backs off from a 429 that does not say how long', async () => {
    const world = await startWorld();
    world.datarock.faults.add({ kind: 'rate-limit', times: 2 });
    const seen = await world.call('datarock_list_projects');
    expect(seen.isError).toBe(false);
    expect(seen.usage).toMatchObject({ requests: 3, retries: 2 });
  });

  it('answers at once when the wait is longer than a call may take', async () => {
    const world = await startWorld();
    world.datarock.faults.add({ kind: 'rate-limit', retryAfter: 200 });
    const seen = await world.call('datarock_list_projects');
    expectFault(seen, 'rate_limited', /429/, /^Wait 200 s, then repeat the call\.$/);
    expect(seen.raw._meta?.['data-platforms-mcp/fault']).toMatchObject({ retryAfter: 200 });
    expect(seen.usage.requests).toBe(1);
  });

  it('takes a 403 page for a rate block, and does not knock again', async () => {
    const world = await startWorld();
    world.datarock.faults.add({ kind: 'rate-block' });
    const seen = await world.call('datarock_list_projects');
    expectFault(seen, 'rate_limited', /rate block/, /five minutes/);
    expect(seen.usage.requests).toBe(1);
  });

  it('gives up on 5xx after four requests', async () => {
    const world = await startWorld();
    world.datarock.faults.add({ kind: 'status', status: 503 });
    const start = world.clock.now();
    const seen = await world.call('datarock_list_projects');
    expectFault(seen, 'upstream_down', /503/, /./);
    expect(seen.usage.requests).toBe(4);
    expect(world.clock.now() - start).toBeLessThan(10_000);
  });

  it('never sends a start twice that may have arrived', async () => {
    const world = await startWorld();
    world.datarock.faults.add({ kind: 'truncate', match: { method: 'POST' } });
    const seen = await world.call('datarock_create_export', rqd);
    expect(seen.isError).toBe(true);
    expect(seen.text).toMatch(/Next: It may have been started, which does no harm: datarock_list_exports/);
    expect(world.datarock.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
    expect(stateOf(world).exports.size).toBe(1);
  });

  it('tells where to look after a start that nobody answered, and after nothing that came before it', async () => {
    for (const fault of [{ kind: 'drop' }, { kind: 'status', status: 500 }] as const) {
      const world = await startWorld();
      const off = world.datarock.faults.add({ ...fault, match: { method: 'POST' } });
      const seen = await world.call('datarock_create_export', rqd);
      expectFault(seen, 'upstream_down', /datarock_create_export/, /^It may have been started, which does no harm/);
      expect(world.datarock.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
      off();
      world.datarock.faults.add({ ...fault, match: { method: 'GET' } });
      const before = await world.call('datarock_create_export', { ...rqd, project: 'Copperhead North' });
      expectFault(before, 'upstream_down', /4 attempts/, /^Repeat the call/);
    }
  });

  it('does not call a start a failure because looking at it failed', async () => {
    const world = await startWorld();
    world.datarock.faults.add({ kind: 'status', status: 500, match: { method: 'GET', path: /export/ } });
    const seen = await world.call('datarock_create_export', rqd);
    expect(seen.isError).toBe(false);
    expect(seen.data['run']).toMatchObject({ uri: expect.stringMatching(/^datarock:\/\/exports\//), final: false });
    expect(seen.text).toMatch(/Started, but looking at it failed/);
    world.datarock.faults.clear();
    const { uri } = seen.data['run'] as { uri: string };
    expect((await world.call('wait_for_run', { run: uri })).data['run']).toMatchObject({ status: 'succeeded' });
  });

  it('ends a call that nobody answers, naming platform and operation', async () => {
    const world = await startWorld();
    world.datarock.faults.add({ kind: 'hang' });
    const call = world.call('datarock_list_projects');
    while (world.datarock.requests.length === 0) await new Promise(resolve => setTimeout(resolve, 2));
    await world.clock.advance(31_000);
    expectFault(await call, 'timed_out', /Datarock.*datarock_list_projects/, /./);
  });

  it('quotes a login page instead of failing on it', async () => {
    const world = await startWorld();
    world.datarock.faults.add({ kind: 'html' });
    expectFault(await world.call('datarock_list_projects'), 'bad_upstream_reply', /HTML|log ?in|sign ?in/i, /./);
  });

  it('says that half an answer is half an answer', async () => {
    const world = await startWorld();
    world.datarock.faults.add({ kind: 'malformed' });
    expectFault(await world.call('datarock_list_projects'), 'bad_upstream_reply', /./, /./);
  });

  it('keeps rows whose fields are null or unknown, and says what differs', async () => {
    const world = await startWorld();
    world.datarock.faults.add({ kind: 'unknown-fields', times: 1 });
    const open = await world.call('datarock_list_projects');
    expect(open.data['items']).toHaveLength(4);
    expect(Object.keys((open.data['items'] as object[])[0] as object).length).toBeGreaterThan(2);
    world.datarock.faults.add({ kind: 'null-fields' });
    const artefacts = await world.call('datarock_list_artefacts', { project: copperhead });
    expect(artefacts.isError).toBe(false);
    expect(artefacts.data['items']).not.toHaveLength(0);
  });
});

it('stays within 300 requests in five minutes on exports, without slowing the rest', async () => {
  const world = await startWorld();
  const { data } = await world.call('datarock_create_export', { ...rqd, wait_seconds: 0 });
  const { uri } = data['run'] as { uri: string };
  // The start took two requests already, of which the last was a look at the export.
  const used = world.datarock.requests.filter(({ target }) => target.includes('/export/')).length;
  for (let index = used; index < 300; index += 1) {
    const seen = await world.call('datarock_get_export', { export: uri, limit: 1 });
    expect(seen.isError, seen.text).toBe(false);
  }
  const refused = await world.call('datarock_get_export', { export: uri });
  expectFault(refused, 'rate_limited', /exports: 300 requests in 300 s/, /Repeat the call in \d+ s. Nothing was sent/);
  expect(refused.usage.requests).toBe(0);
  expect((await world.call('datarock_list_projects')).isError).toBe(false);
  await world.clock.advance(301_000);
  expect((await world.call('datarock_get_export', { export: uri })).isError).toBe(false);
  expect(world.datarock.requests.some(({ status }) => status === 429)).toBe(false);
});
