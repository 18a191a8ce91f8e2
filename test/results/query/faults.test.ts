import { expect, test } from 'vitest';
import { storeQuery } from '../../../src/results/query/query.ts';
import { freshStore, origin, pieces } from '../../support/folder.ts';

const table = '"result"';
/** Statements that are wrong in the ways of people, and what is said of each. */
const wrong: [sql: string, says: RegExp, hint?: RegExp][] = [
  [`SELECT au_ppn FROM ${table}`, /^There is no column "au_ppn"\.$/, /^Did you mean "au_ppm"\?/],
  [`SELECT a.au_ppn FROM ${table} a`, /^There is no column "au_ppn"\.$/, /^Did you mean "au_ppm"\?/],
  [`SELECT * EXCLUDE (au_ppn) FROM ${table}`, /^There is no column "au_ppn"\.$/, /^Did you mean "au_ppm"\?/],
  [`SELECT * FROM ${table} a JOIN ${table} b USING (hol)`, /^There is no column "hol"\.$/, /^Did you mean "hole"\?/],
  ['SELECT * FROM holes', /^There is no table "holes"\.$/],
  [`SELECT b.hole FROM ${table} a`, /^There is no table "b" in FROM\.$/],
  [
    `SELECT hole FROM ${table} a JOIN ${table} b ON a.hole = b.hole`,
    /The column "hole" is in more than one table: write "a\.hole" or "b\.hole"/,
  ],
  ['SELEC 1', /^It is no valid SQL at "SELEC"\.$/],
  [`SELECT hole FROM ${table} WHERE`, /^The statement ends before it is complete\.$/],
  [`SELECT 'x FROM ${table}`, /^A quote in it is not closed\.$/],
  [`SELECT fooo(au_ppm) FROM ${table}`, /^There is no function fooo\.$/],
  [`SELECT sum(ag) FROM ${table}`, /^There is no sum\(text\): the types do not fit\.$/, /number\("ag"\) is the number/],
  [`SELECT note + 1 FROM ${table}`, /^There is no \+\(text, INTEGER\): the types do not fit\.$/],
  [
    `SELECT * FROM ${table} WHERE day > 1`,
    /^A value of type DATE cannot be compared with one of type INTEGER without a cast\.$/,
  ],
  [`SELECT hole, sum(au_ppm) FROM ${table}`, /^The column "hole" has to be in GROUP BY/],
  [`SELECT note::INT FROM ${table}`, /^The text 'x' is no integer\.$/],
  [`SELECT note::DATE FROM ${table}`, /^The text 'x' is no date\.$/],
  [`SELECT * FROM ${table} WHERE sum(au_ppm) > 1`, /^WHERE cannot contain aggregates\.$/],
  ['SELECT 9223372036854775807::BIGINT + 1::BIGINT', /^The addition leaves the range of its type/],
  ['SELECT 1 UNION SELECT 1, 2', /same number of columns/],
  [`SELECT date_trunc('dayz', day) FROM ${table}`, /^There is no part of a date called "dayz"\.$/],
  [`SELECT regexp_matches(note, '(') FROM ${table}`, /^A function was given something that it does not take\.$/],
  [`SELECT quantile_cont(au_ppm, 5) FROM ${table}`, /^Its names or types do not fit together\.$/],
  [`SELECT json_extract(note, '$.a') FROM ${table}`, /^A text that should be JSON is none\.$/],
  [`SELECT hole FROM ${table} ORDER BY 5`, /^ORDER BY counts columns from 1 to 1\.$/],
  ['SELECT $1', /placeholders/],
];

/** How an engine speaks: of its kinds of error, types, pictures, candidates and files. */
const foreign =
  /Binder|Parser Error|Catalog|Candidate|VARCHAR|LINE \d|\bINT\d|explicit type|\.parquet|[\\/]tmp|_LITERAL/;

test('what is wrong with a statement is said in our words, with the nearest column', async () => {
  const { store, clock } = await freshStore();
  const context = { results: store, clock, signal: new AbortController().signal };
  const text = 'hole,au_ppm,day,note,big,ag\nQ1,1.5,2025-01-01,x,9223372036854775807,<0.01\nQ2,2.5,2025-01-02,y,1,9\n';
  const { uri } = await store.write(origin(), { bytes: pieces(text, 4_096) });
  for (const [sql, says, hint] of wrong) {
    const fault = await storeQuery(sql.replaceAll(table, `"${uri}"`), context).then(
      () => ({ code: 'none', message: sql, hint: '' }),
      error => error,
    );
    expect(fault, sql).toMatchObject({ code: 'bad_arguments', message: expect.stringMatching(says) });
    expect(fault.hint).toMatch(hint ?? /./);
    expect(`${fault.message} ${fault.hint}`).not.toMatch(foreign);
  }
}, 60_000);
