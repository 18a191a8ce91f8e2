import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { spoken } from '../../../src/results/query/faults.ts';
import { profileColumns } from '../../../src/results/query/profile.ts';
import { storeQuery } from '../../../src/results/query/query.ts';
import type { Column } from '../../../src/results/result.ts';
import { freshStore, origin, pieces } from '../../support/folder.ts';

async function workbench() {
  const { store, time, clock } = await freshStore();
  const { signal } = new AbortController();
  const context = { results: store, clock, signal };
  const csv = (text: string, name = 'table.csv') => store.write(origin({ name }), { bytes: pieces(text, 4_096) });
  async function ask(sql: string) {
    const result = await storeQuery(sql, context);
    return { result, rows: (await store.rows(result, { limit: 1_000 })).rows };
  }
  return { store, time, context, csv, ask };
}

const odd = [
  'id,Au,AU,at,day,ok,extra,note',
  '007,1.5,1,2025-03-01T06:15Z,2025-03-01,true,"{""a"":1}","say ""hi"""',
  '',
  '010,,2,2025-03-01 14:15:30+08:00,2025-02-28,FALSE,,5" core',
  '"",2,3,2025-03-02,,,"[1,2]","two',
  'lines"',
  '',
].join('\r\n');

describe('a stored table in SQL', () => {
  test('has the types and values that it was stored with', async () => {
    const { csv, ask, store } = await workbench();
    const table = await csv(odd);
    expect(table.columns.map(({ name, type }) => [name, type])).toEqual([
      ['id', 'text'],
      ['Au_1', 'number'],
      ['AU_2', 'integer'],
      ['at', 'datetime'],
      ['day', 'date'],
      ['ok', 'boolean'],
      ['extra', 'json'],
      ['note', 'text'],
    ]);
    const { result, rows } = await ask(`SELECT * FROM "${table.uri}"`);
    const types = (columns: readonly Column[]) => columns.map(({ name, type }) => [name, type]);
    expect(types(result.columns)).toEqual(types(table.columns));
    const own = (await store.rows(table)).rows.map(({ at, ...row }) => row);
    expect(rows.map(({ at, ...row }) => row)).toEqual(own);
    expect(rows.map(({ at }) => at)).toEqual(['2025-03-01T06:15:00Z', '2025-03-01T06:15:30Z', '2025-03-02T00:00:00Z']);
  });

  test('of lines of JSON has them too', async () => {
    const { store, ask } = await workbench();
    const rows = [
      { id: '007', n: 1, x: 0.5, deep: { a: [1, null] }, 'odd "name"/~': 'y', day: '2025-03-01' },
      { id: '8', n: 2, x: 2, deep: 'text', day: null },
    ];
    const table = await store.write(origin({ name: 'rows' }), { rows });
    const { result, rows: same } = await ask(`SELECT * FROM "${table.uri}" ORDER BY n`);
    expect(result.columns.map(({ type }) => type)).toEqual(['text', 'integer', 'number', 'json', 'text', 'date']);
    expect(same).toEqual([rows[0], { ...rows[1], 'odd "name"/~': null }]);
    const twins = await store.write(origin({ name: 'twins' }), { rows: [{ Au: 1, AU: '2', 'a/~b': 1, 'A/~b': [3] }] });
    expect((await ask(`SELECT * FROM "${twins.uri}"`)).rows).toEqual([
      { Au_1: 1, AU_2: '2', 'a/~b_1': 1, 'A/~b_2': [3] },
    ]);
  });

  test('keeps the digits of large numbers, in lists too', async () => {
    const { csv, store, ask } = await workbench();
    const table = await csv('b\n-.5\n12345678901234567\n');
    const { rows } = await ask(`SELECT b, [b] AS list FROM "${table.uri}"`);
    expect(rows[1]).toEqual({ b: '12345678901234567', list: ['12345678901234567'] });
    expect((await store.rows(table)).rows[1]).toEqual({ b: '12345678901234567' });
  });

  test('reads any CSV as the store reads it', async () => {
    const { csv, store, ask } = await workbench();
    const cell = fc.oneof(
      fc.constantFrom('', '0', '007', '1.', '-.5', '1e3', '12345678901234567', 'TRUE', 'null', 'NaN', '2025-02-30'),
      fc.constantFrom('2024-02-29', '2025-03-01T06:15', '2025-03-01 06:15:00.125+01:30', '{"a":[1]}', '[1', 'x'),
      fc
        .string({ unit: fc.constantFrom('a', '"', ',', '\n', 'é', '😀', ' ', '5', "'", '\\') })
        .map(text => text.trim()),
    );
    const quoted = (text: string) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    const line = fc.tuple(cell, cell, cell).map(cells => cells.map(quoted).join(','));
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 8 }), async lines => {
        const table = await csv(`a,b,c\n${lines.join('\n')}\n`);
        const { rows } = await ask(`SELECT * FROM "${table.uri}"`);
        const moments = (row: Record<string, unknown>) =>
          table.columns.map(({ name, type }) => (type === 'datetime' && row[name] ? instant(row[name]) : row[name]));
        expect(rows.map(moments)).toEqual((await store.rows(table)).rows.map(moments));
      }),
      { numRuns: 12 },
    );
  });
});

const instant = (value: unknown) => {
  const text = String(value);
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/.test(text.slice(10));
  return Date.parse(text.length <= 10 || zoned ? text : `${text}Z`);
};

describe('a query', () => {
  test('joins results, and its own result can be asked again', async () => {
    const { csv, ask } = await workbench();
    const rqd = await csv('hole,from,rqd\nA,0,50\nA,5,70\nB,0,\n', 'RQD');
    const rock = await csv('hole,rock\nA,basalt\nB,shale\n', 'rock');
    const sql = `SELECT hole, rock, avg(rqd) AS rqd, sum(rqd) > 100 AS good, count(*) n, {'k': [1]} AS nested
      FROM "${rqd.uri}" JOIN "${rock.uri}" USING (hole) GROUP BY ALL ORDER BY hole`;
    const { result, rows } = await ask(sql);
    expect(rows).toEqual([
      { hole: 'A', rock: 'basalt', rqd: 60, good: true, n: 2, nested: { k: [1] } },
      { hole: 'B', rock: 'shale', rqd: null, good: null, n: 1, nested: { k: [1] } },
    ]);
    expect(result.columns.map(({ type }) => type)).toEqual(['text', 'text', 'number', 'boolean', 'integer', 'json']);
    expect(result.source).toMatchObject({
      operation: 'query_result',
      arguments: { sql },
      from: [{ uri: rqd.uri, operation: 'core_download_export' }, { uri: rock.uri }],
    });
    const { rows: again } = await ask(`SELECT max(rqd) AS rqd FROM "${result.uri}"`);
    expect(again).toEqual([{ rqd: 60 }]);
  });

  test('without rows keeps its columns and their types', async () => {
    const { csv, ask } = await workbench();
    const { uri } = await csv('a,day\n1,2025-03-01\n');
    const { result } = await ask(`SELECT * FROM "${uri}" WHERE a > 5`);
    expect(result).toMatchObject({
      kind: 'table',
      rows: 0,
      columns: [
        { name: 'a', type: 'integer', nulls: 0 },
        { name: 'day', type: 'date', nulls: 0 },
      ],
    });
    expect((await ask(`SELECT count(*) n, max(day) latest FROM "${result.uri}"`)).rows).toEqual([
      { n: 0, latest: null },
    ]);
  });

  test('gives values that JSON has no word for as the nearest that it has', async () => {
    const { csv, ask } = await workbench();
    const { uri } = await csv('a\n1\n');
    const { rows } = await ask(`SELECT 'nan'::DOUBLE nan, 1.50::DECIMAL(9,2) d, 2::HUGEINT ** 70 big, 'x'::BLOB b,
      TIMESTAMP '2025-03-01 06:15:00.5' t, TIMESTAMPTZ '2025-03-01 08:15:00+02' tz, INTERVAL 90 MINUTE i, a, a FROM "${uri}"`);
    expect(rows).toEqual([
      {
        nan: null,
        d: 1.5,
        big: 2 ** 70,
        b: 'x',
        t: '2025-03-01T06:15:00.5',
        tz: '2025-03-01T06:15:00Z',
        i: '01:30:00',
        a: 1,
        'a:1': 1,
      },
    ]);
  });

  test('keeps all digits of whole numbers', async () => {
    const { store, ask } = await workbench();
    const bytes = pieces('{"id":12345678901234567890}\n', 4_096);
    const table = await store.write(origin({ name: 'ids', mediaType: 'application/x-ndjson' }), { bytes });
    const { result, rows } = await ask(`SELECT id, 9007199254740993 AS big FROM "${table.uri}"`);
    expect(rows).toEqual([{ id: '12345678901234567890', big: '9007199254740993' }]);
    expect((await ask(`SELECT big::BIGINT + 1 AS next FROM "${result.uri}"`)).rows).toEqual([
      { next: '9007199254740994' },
    ]);
  });

  test('comes back under the same handle when it has expired', async () => {
    const { csv, ask, store, time } = await workbench();
    const { uri } = await csv('a\n1\n');
    await store.pin(uri, true);
    const { result } = await ask(`SELECT a FROM "${uri}"`);
    time.now += 8 * 86_400_000;
    const hint = expect.stringContaining(`query_result with {"sql":"SELECT a FROM \\"${uri}\\""}`);
    await expect(store.get(result.uri)).rejects.toMatchObject({ code: 'not_found', hint });
    expect((await ask(`SELECT a FROM "${uri}"`)).result.uri).toBe(result.uri);
  });
});

describe('a query that cannot be answered', () => {
  test('names the column that was probably meant', async () => {
    const { csv, ask } = await workbench();
    const { uri } = await csv('hole_id,depth_from,rqd_percent\nA,0,5\n');
    for (const [sql, near] of [
      [`SELECT rqd FROM "${uri}"`, 'rqd_percent'],
      [`SELECT t.dept_from FROM "${uri}" t`, 'depth_from'],
      [`SELECT hole_id FROM "${uri}" WHERE HoleID = 'A'`, 'hole_id'],
    ]) {
      const hint = `Did you mean "${near}"? ${uri} has: hole_id, depth_from, rqd_percent.`;
      await expect(ask(sql as string)).rejects.toMatchObject({ code: 'bad_arguments', hint });
    }
  });

  test('says what is wrong with it', async () => {
    const { csv, ask, store } = await workbench();
    const { uri } = await csv('a\n1\n');
    const fault = (code: string, message: RegExp) => ({ code, message: expect.stringMatching(message) });
    await expect(ask('SELECT a FROM holes')).rejects.toMatchObject(fault('bad_arguments', /no table "holes"/));
    await expect(ask(`SELEC a FROM "${uri}"`)).rejects.toMatchObject(
      fault('bad_arguments', /It is no valid SQL at "SELEC"/),
    );
    await expect(ask(`SELECT a + 'x' FROM "${uri}"`)).rejects.toMatchObject(
      fault('bad_arguments', /^The text 'x' is no integer\.$/),
    );
    await expect(ask('FROM "result://aaaaaaaaaaaa"')).rejects.toMatchObject(fault('not_found', /no stored result/));
    const file = await store.write(origin({ name: 'x.bin', mediaType: 'image/png' }), { bytes: pieces('x') });
    await expect(ask(`FROM "${file.uri}"`)).rejects.toMatchObject(fault('bad_arguments', /is a file \(image\/png\)/));
    expect(await store.list()).toHaveLength(2);
  });

  test('is stopped when it takes too much memory, too long, or is cancelled; and leaves nothing', async () => {
    const { csv, ask, store, context } = await workbench();
    const { uri } = await csv('a\n1\n');
    const cross = `SELECT count(*) FROM range(1000000) a, range(1000000) b, "${uri}" WHERE a.range % 7 = b.range % 11`;
    const huge = `SELECT list(range) FROM range(400000000), "${uri}"`;
    await expect(ask(huge)).rejects.toMatchObject({ code: 'too_large', message: expect.stringContaining('1024 MiB') });

    let ring = () => {};
    const clock = {
      ...context.clock,
      alarm: (_: number, body: () => void) => {
        ring = body;
        return { at: 0, clear() {} };
      },
    };
    const slow = storeQuery(cross, { ...context, clock });
    setTimeout(() => ring(), 300);
    await expect(slow).rejects.toMatchObject({ code: 'timed_out', message: expect.stringContaining('45 s') });

    const controller = new AbortController();
    const cancelled = storeQuery(cross, { ...context, signal: controller.signal });
    setTimeout(() => controller.abort(new Error('enough')), 300);
    await expect(cancelled).rejects.toThrow('enough');
    expect(await store.list()).toHaveLength(1);
  });

  test('says that its process cannot be started', async () => {
    const { csv, ask } = await workbench();
    const { uri } = await csv('a\n1\n');
    const { execPath } = process;
    process.execPath = '/nowhere/node';
    onTestFinished(() => {
      process.execPath = execPath;
    });
    // One of them may find a process that was started before.
    const outcomes = await Promise.allSettled([ask(`SELECT a FROM "${uri}"`), ask(`SELECT a + 1 FROM "${uri}"`)]);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: {
        code: 'not_configured',
        message: 'The process for the query cannot be started: spawn /nowhere/node ENOENT.',
      },
    });
  });
});

test('the figures of a column are whole, however long its texts are', async () => {
  const { store, context } = await workbench();
  const long = '–'.repeat(100_000);
  const table = await store.write(origin({ name: 'rows' }), { rows: [{ note: long }, { note: 'a' }] });
  const profiles = await profileColumns(table, table.columns, context);
  expect(profiles.get('note')).toEqual({ distinct: 2, min: 'a', max: long });
});

test('a full disk is told as that, and not as a result that has gone', () => {
  const failed = new Error('IO Error: Could not write file "/r/x.parquet": No space left on device');
  expect(spoken(failed, 512)).toMatchObject({ code: 'too_large', message: 'The disk that holds the results is full.' });
  const gone = new Error('IO Error: Cannot open file "/r/x.csv": No such file or directory');
  expect(spoken(gone, 512)).toMatchObject({ code: 'not_found' });
});
