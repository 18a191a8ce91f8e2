import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { openResultStore } from '../../../src/results/store/store.ts';
import { day, freshStore, origin, pieces } from '../../support/folder.ts';

const csv = 'hole_id,depth\nDDH001,1.5\nDDH002,2\n';
const sameRun = origin({ key: 'core://exports/e1' });

/** Stores of two callers and of the process itself, over one folder. */
async function stores(quotaBytes?: number) {
  const { store, directory, clock, time } = await freshStore({ quotaBytes });
  const of = (owner: string) => openResultStore({ directory, clock, quotaBytes, owner });
  return { process: store, anna: of('anna'), ben: of('ben'), of, time, clock };
}

test('a caller finds nothing of another one, by listing, id, URI or origin', async () => {
  const { process, anna, ben } = await stores();
  const stored = await anna.write(sameRun, { bytes: pieces(csv) });
  for (const other of [ben, process]) {
    expect(await other.list()).toEqual([]);
    expect(await other.findByKey('core://exports/e1')).toBeUndefined();
    for (const name of [stored.uri, stored.id]) {
      const refused = { code: 'not_found', message: `There is no stored result ${name}.` };
      await expect(other.get(name)).rejects.toMatchObject(refused);
      await expect(other.remove(name)).rejects.toMatchObject(refused);
    }
    await expect(other.rows(stored)).rejects.toMatchObject({ code: 'not_found' });
    await expect(other.path(stored)).rejects.toMatchObject({ code: 'not_found' });
    await expect((await other.open(stored)).toArray()).rejects.toMatchObject({ code: 'not_found' });
  }
  expect((await anna.list()).map(({ uri }) => uri)).toEqual([stored.uri]);
});

test('the same origin is stored for each caller', async () => {
  const { anna, ben } = await stores();
  const hers = await anna.write(sameRun, { bytes: pieces(csv) });
  const his = await ben.write(sameRun, { bytes: pieces(`${csv}DDH003,3\n`) });
  expect([(await anna.get(hers.uri)).rows, (await ben.get(his.uri)).rows]).toEqual([2, 3]);
  await ben.remove(his.uri);
  expect((await anna.rows(hers)).rows).toHaveLength(2);
});

test('parts of a download are not taken from another caller', async () => {
  const { anna, ben } = await stores();
  await (await anna.workspace('core://exports/e1')).write('part', pieces(csv));
  expect(await (await anna.workspace('core://exports/e1')).has('part')).toBe(true);
  expect(await (await ben.workspace('core://exports/e1')).has('part')).toBe(false);
});

test('an owner may be called anything, and the folder is for this user only', async () => {
  const { of } = await stores();
  const names = ['../../etc', 'a/b', 'a\0b', '', 'x'.repeat(5000)];
  for (const name of names) {
    const stored = await of(name).write(origin(), { bytes: pieces(csv) });
    const folder = dirname(await of(name).path(stored));
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await stat(dirname(folder))).mode & 0o777).toBe(0o700);
  }
  for (const name of names) expect(await of(name).list()).toHaveLength(1);
});

test('all count in one quota, and what expired goes, whoever it belonged to', async () => {
  const { process, anna, ben, time } = await stores(3 * csv.length);
  const first = await anna.write(origin(), { bytes: pieces(csv) });
  time.now += 120_000;
  for (const store of [ben, process, ben]) await store.write(origin(), { bytes: pieces(csv) });
  time.now += 120_000;
  await process.sweep();
  await expect(anna.get(first.uri)).rejects.toMatchObject({
    code: 'not_found',
    message: expect.stringContaining('no longer stored'),
  });
  expect([(await ben.list()).length, (await process.list()).length]).toEqual([2, 1]);
  time.now += 8 * day;
  await process.sweep();
  expect(await ben.list()).toEqual([]);
});
