import { expect, test } from 'vitest';
import { meaningOf } from '../../../src/results/query/meaning.ts';

const rqd = 'result://aaaaaaaaaaaa';
const names: Record<string, string> = {
  [rqd]: 'RQD of Copperhead North',
  'result://bbbbbbbbbbbb': 'hole_id, avg(rqd_percent) of RQD of Copperhead North where depth_from > 100 by hole_id',
};
const meaning = (sql: string) => meaningOf(sql, uri => names[uri] ?? uri);

test.each([
  [`SELECT * FROM "${rqd}"`, 'rows of RQD of Copperhead North'],
  [
    `select * from "${rqd}" where rqd_percent < 50 order by depth_from;`,
    'rows of RQD of Copperhead North where rqd_percent < 50',
  ],
  [
    `SELECT hole_id, avg(rqd) AS rqd\n  FROM "${rqd}" -- all of it\n WHERE note <> 'from where' GROUP BY hole_id HAVING rqd < 50 LIMIT 3`,
    "hole_id, avg(rqd) AS rqd of RQD of Copperhead North where note <> 'from where' by hole_id having rqd < 50 first 3",
  ],
  ['SELECT max(rqd) FROM "result://bbbbbbbbbbbb"', 'max(rqd) of hole_id, avg(rqd_percent) of RQD of Copperhead…'],
  ['SELECT 1 AS one', '1 AS one'],
  [`WITH a AS (SELECT 1) SELECT * FROM a`, 'WITH a AS (SELECT 1) SELECT * FROM a'],
  [
    `SELECT a FROM "${rqd}" UNION ALL SELECT b FROM "${rqd}"`,
    'SELECT a FROM RQD of Copperhead North UNION ALL SELECT b FROM RQD of Copperhead North',
  ],
  [`FROM "${rqd}"`, 'FROM RQD of Copperhead North'],
])('%s', (sql, expected) => {
  expect(meaning(sql)).toBe(expected);
});

test('is never long, and never fails', () => {
  for (const sql of ['', '"', "SELECT '", 'SELECT (', 'x'.repeat(90_000), `SELECT ${'a,'.repeat(50_000)} b FROM c`])
    expect(meaning(sql).length).toBeLessThanOrEqual(120);
});
