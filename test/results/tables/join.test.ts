import { readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import type { Workspace } from '../../../src/results/store/workspace.ts';
import { joinTables, whyNoTable } from '../../../src/results/tables/join.ts';
import { day, freshFolder, freshStore, origin, pieces, values } from '../../support/folder.ts';

async function parts(texts: Record<string, string>) {
  const directory = await freshFolder();
  const keys = Object.keys(texts);
  await Promise.all(keys.map((key, number) => writeFile(join(directory, `${number}`), texts[key] ?? '')));
  return keys.map((key, number) => ({ key, path: join(directory, `${number}`) }));
}

async function joined(texts: Record<string, string>) {
  const { store } = await freshStore();
  const table = await joinTables(await parts(texts), { keyColumn: 'hole_id' });
  const result = await store.write(origin({ warnings: table.warnings }), { table });
  return { store, table, result, rows: (await store.rows(result)).rows };
}

describe('joined parts', () => {
  test('are one CSV with the key in front', async () => {
    const { store, table, result, rows } = await joined({
      'DDH 1/a': 'depth,note\r\n1,"a, b"\r\n2,\r\n',
      DDH2: '\ufeffdepth,note\n3,"c\nd"\n',
    });
    expect(await readFile(await store.path(result), 'utf8')).toBe(
      'hole_id,depth,note\r\nDDH 1/a,1,"a, b"\r\nDDH 1/a,2,\r\nDDH2,3,"c\nd"\r\n',
    );
    expect(result).toMatchObject({ kind: 'table', format: 'csv', rows: 3 });
    expect(values(rows)[2]).toEqual(['DDH2', 3, 'c\nd']);
    expect([...table.partRows]).toEqual([
      ['DDH 1/a', 2],
      ['DDH2', 1],
    ]);
    expect(table.warnings).toEqual([]);
  });

  test('keep the key column they have', async () => {
    const { rows } = await joined({ x: 'depth,hole_id\n1,own\n', y: 'depth\n2\n' });
    expect(values(rows)).toEqual([
      ['own', 1],
      ['y', 2],
    ]);
  });

  test('with different columns have all of them, and say which is missing where', async () => {
    const { table, result, rows } = await joined({ x: 'a,b\n1,2\n', y: 'c,a\n3,4\n', z: '' });
    expect(rows).toEqual([
      { hole_id: 'x', a: 1, b: 2, c: null },
      { hole_id: 'y', a: 4, b: null, c: 3 },
    ]);
    expect(table.warnings).toEqual([
      'No header and no rows in part z.',
      'Column "b" is missing in part y and empty there.',
      'Column "c" is missing in part x and empty there.',
    ]);
    expect(result.warnings).toEqual(table.warnings);
  });

  test('are refused with the name of the damaged one', async () => {
    const damaged = joined({ good: 'a,b\n1,2\n', bad: 'a,b\n1,2\n3' });
    await expect(damaged).rejects.toMatchObject({
      code: 'bad_upstream_reply',
      message: expect.stringContaining('Part bad: '),
    });
  });

  test('can be looked through for the damaged one', async () => {
    const found = await parts({ good: 'a,b\n1,2\n', bad: 'a,b\n1,"2\n' });
    expect(await Promise.all(found.map(whyNoTable))).toEqual([undefined, expect.stringContaining('line 2')]);
  });

  test('that are gone are to be fetched again', async () => {
    const gone = joinTables([{ key: 'x', path: '/nowhere/x' }], { keyColumn: 'k' });
    await expect(gone).rejects.toMatchObject({ code: 'not_found', message: expect.stringContaining('Part x ') });
  });

  test('of one column keep their empty values', async () => {
    const { rows } = await joined({ x: 'hole_id\nq\n""\nr\n' });
    expect(values(rows)).toEqual([['q'], [null], ['r']]);
  });
});

describe('a work area', () => {
  test('keeps whole parts for the next process, until it is discarded', async () => {
    const { store, directory } = await freshStore();
    const area = await store.workspace('core://exports/1');
    expect(await area.has('a/b')).toBe(false);
    await area.write('a/b', pieces('one'));
    await area.write('A/B', pieces('two'));
    const again = await (await freshStore({ directory })).store.workspace('core://exports/1');
    expect(await again.has('a/b')).toBe(true);
    expect(await readFile(again.path('a/b'), 'utf8')).toBe('one');
    expect(await readFile(again.path('A/B'), 'utf8')).toBe('two');
    await again.remove('A/B');
    expect(await area.has('A/B')).toBe(false);
    await again.discard();
    expect(await area.has('a/b')).toBe(false);
  });

  test('is swept when idle for as long as results live, and goes first when the quota needs it', async () => {
    const { store } = await freshStore({ quotaBytes: 1_000 });
    const [idle, resting, busy] = await Promise.all(['idle', 'resting', 'busy'].map(key => store.workspace(key)));
    if (!idle || !resting || !busy) throw new Error('no areas');
    for (const area of [idle, resting, busy]) await area.write('p', pieces('x'.repeat(300)));
    const age = async (area: Workspace, ms: number) => {
      const then = new Date(Date.now() - ms);
      for (const path of [area.path('p'), area.directory]) await utimes(path, then, then);
    };
    await age(idle, 8 * day);
    await age(resting, day);
    await store.sweep();
    expect(await Promise.all([idle, resting, busy].map(area => area.has('p')))).toEqual([false, true, true]);
    await store.write(origin(), { bytes: pieces(`a\n${'1\n'.repeat(250)}`) });
    expect(await Promise.all([idle, resting, busy].map(area => area.has('p')))).toEqual([false, false, true]);
  });

  test('has no part that broke off', async () => {
    const { store } = await freshStore();
    const area = await store.workspace('k');
    const broken = (async function* () {
      yield Buffer.from('half');
      throw new Error('socket closed');
    })();
    await expect(area.write('p', broken)).rejects.toThrow('socket closed');
    expect(await area.has('p')).toBe(false);
  });

  test('lets go of a stream that it cannot store', async () => {
    const directory = await freshFolder();
    const { store } = await freshStore({ directory });
    const area = await store.workspace('k');
    await rm(join(directory, 'work'), { recursive: true, force: true });
    await writeFile(join(directory, 'work'), '');
    const stream = Readable.from(pieces('x'));
    await expect(area.write('p', stream)).rejects.toMatchObject({ code: 'not_configured' });
    expect(stream.destroyed).toBe(true);
  });
});

describe('parts as laboratories and loggers write them', () => {
  test('are read each in its own way, and joined by what their columns mean', async () => {
    const { result, rows } = await joined({
      '1E5': 'from,to,RQD\n0,1,50\n1,2,60\n',
      '2E5': 'from,to, rqd\r\n0,1,70\r\n1,2,80\r\n',
      Q3: 'from;to;rqd\n0,5;1,5;55,5\n',
    });
    expect(rows.map(row => Object.values(row))).toEqual([
      ['1E5', 0, 1, 50],
      ['1E5', 1, 2, 60],
      ['2E5', 0, 1, 70],
      ['2E5', 1, 2, 80],
      ['Q3', 0.5, 1.5, 55.5],
    ]);
    expect(result.columns.map(({ name, type }) => [name, type])).toEqual([
      ['hole_id', 'text'],
      ['from', 'number'],
      ['to', 'number'],
      ['RQD', 'number'],
    ]);
    const said = result.warnings?.join(' ') ?? '';
    expect(said).toMatch(/In part Q3: Fields are separated by semicolons/);
    expect(said).toMatch(/Column "RQD" is also spelled "rqd"; they are one/);
  });

  test('tell apart columns that only capital letters tell apart', async () => {
    const { rows } = await joined({ a: 'au,AU\n1,2\n', b: 'au,AU\n3,4\n' });
    expect(rows).toEqual([
      { hole_id: 'a', au_1: 1, AU_2: 2 },
      { hole_id: 'b', au_1: 3, AU_2: 4 },
    ]);
  });

  test.each([
    ['<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', /XML.*AccessDenied/],
    ['{"error":{"code":403,"message":"expired"}}', /JSON.*expired/],
    ['<!DOCTYPE html><title>Sign in</title>', /HTML.*Sign in/],
  ])('that are an error document are no table: %s', async (text, said) => {
    const [part] = await parts({ Q1: text });
    expect(await whyNoTable(part as NonNullable<typeof part>)).toMatch(said);
    await expect(joined({ Q0: 'a,b\n1,2\n', Q1: text })).rejects.toMatchObject({
      message: expect.stringMatching(/Part Q1/),
    });
  });
});
