import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, it } from 'vitest';
import { startWorld } from '../harness.ts';

const project = 'Copperhead North';

/** A world in which the RQD of all holes is stored. */
async function withRqd(options: Parameters<typeof startWorld>[0] = {}) {
  const world = await startWorld(options);
  const made = await world.call('datarock_create_export', { project, artefact: 'RQD', holes: 'all' });
  const { uri } = made.data['result'] as { uri: string };
  return { ...world, uri };
}

describe('query_result', () => {
  it('answers few rows with their handle, many by a handle alone', async () => {
    const { call, uri } = await withRqd();
    const best = await call('query_result', {
      sql: `SELECT hole_id, round(avg(rqd_percent), 1) AS rqd FROM "${uri}" GROUP BY hole_id ORDER BY rqd DESC, hole_id LIMIT 3`,
    });
    const { uri: stored } = best.data['result'] as { uri: string };
    expect(best.text).toMatch(new RegExp(`^All 3 rows\\.\nStored as ${stored}\\.\nhole_id,rqd\n`));
    expect(best.data).toMatchObject({ page: { returned: 3, total: 3, complete: true }, result: { rows: 3 } });
    const read = await call('read_result', { result: stored });
    expect(read.data['items']).toEqual(best.data['items']);

    const many = await call('query_result', { sql: `SELECT * FROM "${uri}" WHERE rqd_percent < 50` });
    expect(many.data['items']).toBeUndefined();
    expect(many.data['result']).toMatchObject({ kind: 'table', rows: expect.any(Number), columns: expect.any(Array) });
    expect(many.text).toMatch(/^[\d,]+ rows, too many to show here\.\nStored as result:/);
    expect(countTokens(many.text)).toBeLessThan(600);
  });

  it('refuses what is no SELECT, and says so', async () => {
    const { call, uri } = await withRqd();
    const refused = await call('query_result', { sql: `DELETE FROM "${uri}"` });
    expect(refused.text).toBe(
      'bad_arguments: Only a SELECT can be run.\nNext: Give one SELECT that reads stored results by their handles in quotes, FROM "result://...", and nothing else.',
    );
  });
});
