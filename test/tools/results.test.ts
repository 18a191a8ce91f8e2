import { rm } from 'node:fs/promises';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, it } from 'vitest';
import { startWorld } from '../support/harness.ts';

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

it('read_result stops reading when the caller gives up', async () => {
  const { call, uri } = await withRqd();
  const controller = new AbortController();
  const where = [{ column: 'rqd_percent', op: '<', value: 0 }];
  const read = call('read_result', { result: uri, where }, { signal: controller.signal });
  controller.abort();
  expect((await read).text).toMatch(/^cancelled: read_result was cancelled\./);
});

describe('describe_result', () => {
  it('says what a table holds, what made it, and out of what', async () => {
    const { call, uri, server } = await withRqd();
    const described = await call('describe_result', { result: uri });
    const { rows } = await server.shared.results.rows(await server.shared.results.get(uri), { limit: 10_000 });
    const values = rows.flatMap(({ rqd_percent: rqd }) => (rqd === null ? [] : Number(rqd))).toSorted((a, b) => a - b);
    const rqd = (described.data['columns'] as { column: string }[]).find(({ column }) => column === 'rqd_percent');
    expect(rqd).toMatchObject({
      type: 'number',
      nulls: rows.length - values.length,
      distinct: new Set(values).size,
      min: values[0],
      max: values.at(-1),
      median: values[(values.length - 1) / 2],
    });
    expect(described.text).toMatch(
      /^RQD of Copperhead North \(result:\/\/\w{12}\): 8,540 rows, 8 columns, [\d,]+ bytes\.\n/,
    );
    expect(described.text).toContain('Made by datarock_download_export {"export":["');

    const sql = `SELECT hole_id, avg(rqd_percent) AS rqd FROM "${uri}" GROUP BY hole_id`;
    const { uri: mean } = (await call('query_result', { sql })).data['result'] as { uri: string };
    const best = await call('query_result', { sql: `SELECT max(rqd) AS best FROM "${mean}"` });
    const child = await call('describe_result', { result: (best.data['result'] as { uri: string }).uri });
    expect(child.data['made_of']).toEqual([
      expect.stringContaining(`${mean}, made by query_result {"sql":"SELECT hole_id`),
      expect.stringContaining(`${uri}, made by datarock_download_export {"export":["`),
    ]);
  });

  it('stays below 800 tokens beside what made it, however wide the table and long its texts', async () => {
    const { call, server } = await startWorld();
    const wide = Object.fromEntries(Array.from({ length: 1_500 }, (_, i) => [`assay_of_element_${i}_ppm`, i / 7]));
    const long = Object.fromEntries(
      Array.from({ length: 30 }, (_, i) => [`Ünïcode "${i}" ${'名'.repeat(30)}`, '詳'.repeat(400)]),
    );
    const source = { operation: 'x', arguments: { sql: 'é'.repeat(4_000) }, at: '2026-11-21' };
    for (const row of [wide, long]) {
      const origin = { name: 'wide', mediaType: '', source };
      const { uri } = await server.shared.results.write(origin, { rows: [row, row, row] });
      const { text, data } = await call('describe_result', { result: uri });
      const made = String(data['made_by']);
      expect(made).toMatch(/… \(\d+ characters\)$/);
      expect(countTokens(text.replace(made, ''))).toBeLessThan(800);
      expect(countTokens(JSON.stringify({ ...data, made_by: '' }))).toBeLessThan(800);
      const [last] = Object.keys(row).slice(-1);
      const one = await call('describe_result', { result: uri, columns: [last] });
      expect(one.data['columns']).toMatchObject([{ nulls: 0, distinct: 1 }]);
    }
  });
});

describe('a stored result', () => {
  it('is listed with its origin and the space there is', async () => {
    const { call, uri } = await withRqd();
    await call('query_result', { sql: `SELECT 1 AS one FROM "${uri}" LIMIT 1` });
    const all = await call('list_results');
    expect(all.data['items']).toHaveLength(2);
    expect(all.data['items']).toContainEqual(
      expect.objectContaining({
        name: '1 AS one of RQD of Copperhead North first 1',
        rows: 1,
        made_by: 'query_result',
      }),
    );
    expect(all.data['items']).toContainEqual(
      expect.objectContaining({ uri, rows: 8_540, made_by: 'datarock_download_export' }),
    );
    expect(all.text).toContain('store: 0.4 MiB of 5 GiB used');
    const found = await call('list_results', { search: 'SELECT 1' });
    expect(found.data['page']).toMatchObject({ returned: 1, total: 1 });
  });

  it('stays when pinned, and can then only be deleted on purpose', async () => {
    const { call, uri, clock } = await withRqd();
    const pinned = await call('pin_result', { result: uri });
    expect(pinned.data).toMatchObject({ uri, expires: 'pinned' });
    await clock.sleep(30 * 86_400_000);
    expect((await call('read_result', { result: uri, limit: 1 })).data['page']).toMatchObject({ total: 8_540 });
    const refused = await call('delete_result', { result: uri });
    expect(refused.text).toMatch(/^conflict: RQD of Copperhead North \(result:.*\) is pinned\./);
    const loose = await call('pin_result', { result: uri, pinned: false });
    expect(loose.data['expires']).toBe(new Date(clock.now() + 7 * 86_400_000).toISOString());
    expect((await call('delete_result', { result: uri })).data).toMatchObject({ deleted: uri });
    expect((await call('read_result', { result: uri })).text).toMatch(/^not_found: /);
  });

  it('cannot be deleted on a server that is read-only', async () => {
    const { server } = await startWorld({ flags: { read_only: true } });
    const names = (await server.tools.list()).map(({ name }) => name);
    expect(names).toContain('list_results');
    expect(names).not.toContain('delete_result');
  });
});

describe('a picture', () => {
  it('is seen where a client shows one part of an answer only', async () => {
    const { call, uri, server } = await withRqd();
    const tool = (await server.tools.list()).find(({ name }) => name === 'chart_result');
    expect(tool?.outputSchema).toBeUndefined();
    const { raw, text, data } = await call('chart_result', { result: uri, type: 'histogram', x: 'rqd_percent' });
    // A client that prefers structured content finds none, and shows the picture.
    expect(raw.structuredContent).toBeUndefined();
    expect(raw.content.map(({ type }) => type)).toEqual(['text', 'image']);
    for (const form of ['png', 'svg']) expect(text).toContain((data[form] as { uri: string }).uri);
  });
});

describe('a result that has gone', () => {
  it('is made again by the call that the error names, whatever it was', async () => {
    const { call, uri, server } = await withRqd({ flags: { answer_tokens: 500 } });
    const list = { project: 'Iron Knoll Grade Control', limit: 'all', fields: ['id'] };
    const holes = (await call('datarock_list_holes', list)).data['result'] as { uri: string };
    const sql = `SELECT hole_id, avg(rqd_percent) AS rqd FROM "${uri}" GROUP BY ALL ORDER BY hole_id`;
    const mean = (await call('query_result', { sql })).data['result'] as { uri: string };
    const drawn = (await call('chart_result', { result: mean.uri, type: 'bar' })).data['svg'] as { uri: string };
    const exported = (await call('export_result', { result: mean.uri, format: 'json' })).data['result'] as string;
    const { results } = server.shared;
    const same: Record<string, boolean> = {};
    for (const gone of [uri, holes.uri, mean.uri, drawn.uri, exported]) {
      const before = await results.get(gone);
      await rm(await results.path(before));
      const { text, isError } = await call('describe_result', { result: gone });
      expect(isError).toBe(true);
      const [, tool = '', args = ''] = /Make it again: call (\w+) (\{.*\})\.$/.exec(text) ?? [];
      const { text: said, isError: failed } = await call(tool, JSON.parse(args));
      expect(failed, said).toBe(false);
      const [made] = (await results.list()).filter(
        ({ name, source, format, rows }) =>
          source.operation === before.source.operation &&
          format === before.format &&
          rows === before.rows &&
          (name === before.name || name.startsWith('holes of')),
      );
      expect(made?.columns).toEqual(before.columns);
      same[before.source.operation] = made?.uri === gone;
    }
    // Only what a platform lists anew each time gets a handle of its own each time.
    expect(same).toEqual({
      datarock_download_export: true,
      datarock_list_holes: false,
      query_result: true,
      chart_result: true,
      export_result: true,
    });
  });
});

describe('a handle of something else', () => {
  it('is told with the tool that takes it', async () => {
    const { call, uri } = await withRqd();
    const hint = async (tool: string, args: unknown) => (await call(tool, args)).text.split('\nNext: ')[1];
    expect(await hint('read_result', { result: 'datarock://exports/1' })).toBe(
      'Handles of results begin with result://. What a run made is in the answer of wait_for_run.',
    );
    expect(await hint('read_result', { result: 'result://nosuch000000' })).toMatch(/Look at list_results/);
    expect(await hint('wait_for_run', { run: uri })).toMatch(/^It is a stored result: read_result/);
    const beyond = await call('read_result', { result: uri, offset: 99_999 });
    expect(beyond.text).toMatch(/^No more rows; there are 8,540\.\n/);
  });
});
