import { expect, test } from 'vitest';
import { readFigures, readStoredRows } from '../../../src/results/rows/read-rows.ts';
import type { Condition } from '../../../src/results/tables/filter.ts';
import type { SortKey } from '../../../src/results/tables/sort.ts';
import { freshStore, origin, pieces } from '../../support/folder.ts';

/** Holes with everything that an engine and our own reading could decide differently. */
function oddTable(count: number): string {
  const lines = ['hole,depth,rqd,au,lith,day,ok,note'];
  const lithologies = ['granite', 'Basalt', 'schist\u200b', ' gneiss', 'Ärgneiss', '', 'dolerite'];
  const golds = ['0.5', '<0.01', '>2000', 'NS', '1e-3', '', '12', '≤ 0.2', '0.01', '.5', '-3'];
  const notes = ['', '"say ""hi"""', 'x', '100', '"two, parts"', 'X'];
  for (let row = 0; row < count; row++) {
    const pick = <Item>(of: readonly Item[], step: number) => of[(row * step) % of.length];
    const day = row % 11 === 0 ? '' : `2025-0${1 + (row % 9)}-1${row % 9}`;
    const rqd = row % 7 === 0 ? '' : ((row * 7919) % 10_000) / 100;
    lines.push(
      [
        `DH-${row % 13}`,
        row * 0.5,
        rqd,
        pick(golds, 3),
        pick(lithologies, 5),
        day,
        row % 3 === 0 ? 'true' : 'false',
        pick(notes, 1),
      ].join(','),
    );
  }
  return `${lines.join('\n')}\n`;
}

async function bothWays() {
  const { store, clock } = await freshStore();
  const context = { results: store, clock, signal: new AbortController().signal };
  const table = await store.write(origin({ name: 'odd.csv' }), { bytes: pieces(oddTable(700), 4_096) });
  return { table, context, columns: table.columns.map(({ name, type }) => `${name} ${type}`) };
}

test('an engine finds the rows that our own reading finds, in the same order', async () => {
  const { table, context } = await bothWays();
  expect(table.columns.find(({ name }) => name === 'au')?.exceptions).toBeDefined();
  const conditions: Condition[][] = [
    [],
    [{ column: 'rqd', op: '<', value: 25 }],
    [{ column: 'rqd', op: '>=', value: '25.5' }],
    [{ column: 'rqd', op: 'is_null' }],
    ...(['=', '!=', '<', '<=', '>', '>='] as const).flatMap((op): Condition[][] =>
      [0.01, 0.2, 2000, 12].map(value => [{ column: 'au', op, value }]),
    ),
    [{ column: 'au', op: 'in', value: [0.5, 12] }],
    [{ column: 'au', op: '=', value: 'NS' }],
    [{ column: 'lith', op: '=', value: 'schist' }],
    [{ column: 'lith', op: '=', value: 'gneiss' }],
    [{ column: 'lith', op: '!=', value: 'granite' }],
    [{ column: 'lith', op: 'contains', value: 'GNEISS' }],
    [{ column: 'lith', op: 'contains', value: 'Ä' }],
    [{ column: 'lith', op: 'in', value: 'granite, Basalt' }],
    [
      { column: 'day', op: '>=', value: '2025-05-01' },
      { column: 'ok', op: '=', value: true },
    ],
    [{ column: 'ok', op: '!=', value: 'TRUE' }],
    [{ column: 'note', op: 'not_null' }],
    [{ column: 'hole', op: '>', value: 'DH-5' }],
    [
      { column: 'rqd', op: '<', value: 50 },
      { column: 'au', op: '<', value: 1 },
    ],
  ];
  const orders: SortKey[][] = [
    [],
    [{ column: 'rqd' }],
    [{ column: 'au', order: 'desc' }],
    [{ column: 'lith' }, { column: 'depth', order: 'desc' }],
    [{ column: 'day', order: 'desc' }],
    [{ column: 'ok' }],
  ];
  const everyOrder = orders.flatMap(sort => [0, 95].map(offset => ({ where: conditions[1], sort, offset })));
  const everyCondition = conditions.map((where, at) => ({ where, sort: orders[at % orders.length], offset: at % 30 }));
  for (const query of [...everyOrder, ...everyCondition].map(one => ({ ...one, limit: 40 }))) {
    const byEngine = await readStoredRows(table, query, context, 0);
    expect(byEngine, JSON.stringify(query)).toEqual(await context.results.rows(table, query));
  }
});

test('figures are those of the rows that match, whoever counts them', async () => {
  const { table, context } = await bothWays();
  for (const { name } of table.columns) {
    for (const where of [[], [{ column: 'rqd', op: '<', value: 25 } as const]]) {
      const byEngine = await readFigures(table, { column: name, where }, context, 0);
      const { mean, ...rest } = await readFigures(table, { column: name, where }, context);
      const { mean: engineMean, ...engineRest } = byEngine;
      expect(engineRest, name).toEqual(rest);
      expect(engineMean ?? 0).toBeCloseTo(mean ?? 0, 9);
    }
  }
});

test('a request that is given up ends its engine, and the next one gets another', async () => {
  const { table, context } = await bothWays();
  const stop = new AbortController();
  const given = readStoredRows(table, { sort: [{ column: 'rqd' }] }, { ...context, signal: stop.signal }, 0);
  stop.abort(new Error('given up'));
  await expect(given).rejects.toThrow('given up');
  const { rows } = await readStoredRows(table, { limit: 2 }, context, 0);
  expect(rows.map(({ hole }) => hole)).toEqual(['DH-0', 'DH-1']);
});

test('what is wrong with a condition is said as it is everywhere', async () => {
  const { table, context } = await bothWays();
  const asked = (where: Condition[]) => readStoredRows(table, { where }, context, 0);
  await expect(asked([{ column: 'rqdd', op: '<', value: 1 }])).rejects.toThrow('There is no column "rqdd"');
  await expect(asked([{ column: 'rqd', op: '<', value: 'soft' }])).rejects.toThrow('needs a number');
  const rows = await asked([{ column: 'hole', op: '=', value: `'; DROP TABLE x; --"` }]);
  expect(rows).toMatchObject({ rows: [], matched: 0 });
});
