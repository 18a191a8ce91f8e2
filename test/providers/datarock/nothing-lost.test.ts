import { describe, expect, it, test } from 'vitest';
import type { Tally } from '../../../src/operations/tally.ts';
import type { DatarockState } from '../../../src/providers/datarock/simulator/state.ts';
import { type Seen, startWorld, type World } from '../../support/harness.ts';

const stateOf = ({ datarock }: World) => datarock.state as DatarockState;
const copperhead = '7c0d3a52-5b1e-4a57-9d36-2f1f0c6e8a11';
const grade = { project: 'Iron Knoll Grade Control', artefact: 'depth_registration', holes: 'all' };
const rqd = { project: copperhead, artefact: 'rqd', holes: ['DDH001', 'DDH002', 'DDH003'] };

interface Status {
  status: string;
  artefacts: { data: Record<string, unknown>[]; total: number | null; count: number; limit: number; offset: number };
}

const isStatus = { method: 'GET', path: /\/export\/artefacts\/[^/]+$/ };

/** What the status says is changed on its way. */
const changed = (world: World, change: (status: Status) => Status) =>
  world.datarock.faults.add({ kind: 'changed', change: json => change(json as Status), match: isStatus });

const tallyIn = (seen: Seen) => (seen.data['run'] as { tally: Tally }).tally;

function expectSum({ asked, answered, with_data, empty, failed, open, missing, unasked }: Tally) {
  expect(answered).toBe(with_data + empty + failed + open);
  expect(asked + unasked).toBe(answered + missing);
}

describe('status pages that are shorter than ours', () => {
  /** The platform gives at most so many holes on a page. */
  const capped = (world: World, most: number) =>
    world.datarock.faults.add({
      kind: 'changed',
      change: json => {
        const { artefacts, ...rest } = json as Status;
        const data = artefacts.data.slice(0, most);
        return { ...rest, artefacts: { ...artefacts, data, count: data.length, limit: most } };
      },
      match: { method: 'GET', path: /\/export\/artefacts\/[^/]+/ },
    });

  it('are read until as many holes have come as there are', async () => {
    const world = await startWorld();
    capped(world, 100);
    const seen = await world.call('datarock_create_export', { ...grade, wait_seconds: 0 });
    await world.clock.advance(600_000);
    const { uri } = seen.data['run'] as { uri: string };
    const done = await world.call('wait_for_run', { run: uri });
    expect(done.text).toMatch(/620 of 620 holes have data\./);
    expect(tallyIn(done)).toMatchObject({ asked: 620, with_data: 620, missing: 0 });
  });

  it('name the holes that never come', async () => {
    const world = await startWorld();
    // Whatever is asked for, the first page is answered: the second hole of three is never on it.
    changed(world, status => {
      const data = status.artefacts.data.filter(hole => hole['holeId'] !== 'DDH002');
      return { ...status, artefacts: { ...status.artefacts, data, total: 3 } };
    });
    world.datarock.faults.add({
      kind: 'changed',
      change: json => {
        const { artefacts, ...rest } = json as Status;
        return { ...rest, artefacts: { ...artefacts, data: artefacts.data.slice(0, 1) } };
      },
      match: { method: 'GET', path: /offset=/ },
    });
    const seen = await world.call('datarock_create_export', rqd);
    expect(seen.text).toMatch(/2 of 3 holes have data: 1 missing/);
    expect(seen.text).toMatch(/Asked for, and not in the answer: DDH002\./);
    expectSum(tallyIn(seen));
  });

  it('that are always the first one count nobody twice', async () => {
    const world = await startWorld();
    const first: { data: Record<string, unknown>[] } = { data: [] };
    world.datarock.faults.add({
      kind: 'changed',
      change: json => {
        const { artefacts, ...rest } = json as Status;
        if (artefacts.offset === 0) first.data = artefacts.data.slice(0, 100);
        return { ...rest, artefacts: { ...artefacts, data: first.data } };
      },
      match: { method: 'GET', path: /\/export\/artefacts\/[^/]+/ },
    });
    const seen = await world.call('datarock_create_export', { ...grade, wait_seconds: 0 });
    await world.clock.advance(600_000);
    const { uri } = seen.data['run'] as { uri: string };
    const done = await world.call('wait_for_run', { run: uri });
    const tally = tallyIn(done);
    expect(tally).toMatchObject({ asked: 620, missing: 420, with_data: 200 });
    expect(done.text).toMatch(/200 of 620 holes have data: 420 missing/);
    expect(done.text).toMatch(/Asked for, and not in the answer: GC0101, .* and 410 more\./);
    expectSum(tally);
    const listed = await world.call('datarock_get_export', { export: uri, limit: 'all' });
    expect(listed.text).toMatch(/not complete/);
  });
});

describe('holes that the answer leaves out', () => {
  it('are named: a time filter leaves them out', async () => {
    const world = await startWorld();
    stateOf(world).omitFailed = true;
    const order = { project: copperhead, artefact: 'rqd', holes: 'all', updated_since: '7d' };
    const seen = await world.call('datarock_create_export', order);
    expect(seen.text).toMatch(/8 of 40 holes have data: 32 missing/);
    expect(seen.text).toMatch(/Asked for, and not in the answer: DDH001, .* and 22 more\./);
    expectSum(tallyIn(seen));
    // Another process with the same folder knows them from the URI alone.
    const { uri } = seen.data['run'] as { uri: string };
    expect((await world.call('wait_for_run', { run: uri })).text).toMatch(/not in the answer: DDH001/);
  });

  it('are counted where nobody remembers their names', async () => {
    const world = await startWorld();
    stateOf(world).omitFailed = true;
    const order = { project: copperhead, artefact: 'rqd', holes: 'all', updated_since: '7d', wait_seconds: 0 };
    const { data } = await world.call('datarock_create_export', order);
    const { uri } = data['run'] as { uri: string };
    const { environment } = world.datarock;
    const elsewhere = await startWorld({ platforms: [], env: environment, clock: world.clock });
    await world.clock.advance(600_000);
    const seen = await elsewhere.call('wait_for_run', { run: uri });
    expect(seen.data['run']).toMatchObject({ tally: { asked: 40, answered: 8, missing: 32 } });
  });

  it('are no failure, and nothing is fetched, where the answer has none at all', async () => {
    const world = await startWorld();
    stateOf(world).omitFailed = true;
    const seen = await world.call('datarock_create_export', { ...rqd, updated_since: '2100-01-01' });
    expect(seen.text).toMatch(/succeeded.*, 0 of 3 holes have a file: 3 missing\./);
    expect(seen.text).not.toMatch(/Next: datarock_download_export/);
  });
});

describe('what the words of a run do not say', () => {
  it('is read from its holes: an unknown word, and all are done', async () => {
    const world = await startWorld();
    changed(world, status => (status.status === 'completed' ? { ...status, status: 'archived' } : status));
    const seen = await world.call('datarock_create_export', rqd);
    expect(seen.text).toMatch(/succeeded \(archived\)\./);
    expect(seen.text).toMatch(/3 of 3 holes have data\./);
    const { uri } = seen.data['run'] as { uri: string };
    expect((await world.call('datarock_download_export', { export: uri })).isError).toBe(false);
  });

  it('every hole failed is a failure, whatever the export calls itself', async () => {
    const world = await startWorld();
    for (const hole of rqd.holes) stateOf(world).failedHoles.add(hole);
    changed(world, status => (status.status === 'failed' ? { ...status, status: 'completed' } : status));
    const seen = await world.call('datarock_create_export', rqd);
    expect(seen.text).toMatch(/: failed \(completed\), 0 of 3 holes have a file: 3 failed\./);
    expect(seen.text).not.toMatch(/Next: /);
  });

  it('a hole that is done and has no file is empty, and is not waited for', async () => {
    const world = await startWorld();
    changed(world, status => {
      const data = status.artefacts.data.map(hole => (hole['holeId'] === 'DDH002' ? { ...hole, url: null } : hole));
      return { ...status, artefacts: { ...status.artefacts, data } };
    });
    const seen = await world.call('datarock_create_export', rqd);
    expect(seen.text).toMatch(/2 of 3 holes have data: 1 empty\./);
    expect(seen.text).toMatch(/Empty: DDH002\./);
    expect(seen.text).not.toMatch(/again/);
  });
});

describe('files that are none', () => {
  const files = [
    ['nothing', ''],
    ['XML', '<?xml version="1.0"?><Error><Code>SlowDown</Code></Error>'],
    ['JSON', '{"message":"try later"}'],
    ['a web page', '<!doctype html><html></html>'],
  ] as const;

  test.each(files)('%s, under status 200', async (what, body) => {
    const world = await startWorld();
    const off = world.datarock.faults.add({ kind: 'status', status: 200, body, match: { path: /DDH002/ } });
    const seen = await world.call('datarock_create_export', rqd);
    expect(seen.text).toMatch(/2 of 3 holes have data: 1 failed\./);
    expect(seen.text).toContain(`Hole DDH002: the storage answered with ${what} instead of the file.`);
    expectSum(tallyIn(seen));
    off();
    const { uri } = seen.data['run'] as { uri: string };
    const again = await world.call('datarock_download_export', { export: uri });
    expect(again.text).toMatch(/3 of 3 holes have data\./);
  });

  it('a header and no rows is an empty hole', async () => {
    const world = await startWorld();
    const body = 'depth_from,depth_to,rqd_percent\n';
    world.datarock.faults.add({ kind: 'status', status: 200, body, match: { path: /DDH002/ } });
    const seen = await world.call('datarock_create_export', rqd);
    expect(seen.text).toMatch(/2 of 3 holes have data: 1 empty\./);
    expect(seen.text).toMatch(/Warning: Empty: DDH002\./);
    const { uri } = seen.data['run'] as { uri: string };
    expect((await world.call('datarock_download_export', { export: uri })).text).toMatch(/Warning: Empty: DDH002\./);
  });
});
