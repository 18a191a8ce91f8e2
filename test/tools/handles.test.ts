import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { startWorld } from '../support/harness.ts';

const uriOf = ({ data }: { data: Record<string, unknown> }) => (data['result'] as { uri: string }).uri;

describe('a list that is shown', () => {
  it('has a handle, and is written when that is first used', async () => {
    const { call, results } = await startWorld();
    const shown = await call('datarock_list_projects');
    expect(shown.data['items']).toHaveLength(4);
    const uri = uriOf(shown);
    expect(shown.text).toContain(`Handle of these rows: ${uri}`);
    expect((await readdir(results)).filter(name => name.endsWith('.ndjson'))).toEqual([]);
    const counted = await call('query_result', { sql: `SELECT count(*) AS n, max(name) AS last FROM "${uri}"` });
    expect(counted.data['items']).toEqual([{ n: 4, last: 'Tinkers Trial' }]);
    expect((await call('read_result', { result: uri })).data['items']).toEqual(shown.data['items']);
    expect((await call('describe_result', { result: uri })).text).toContain('Made by datarock_list_projects');
  });

  it('has one of its own each time, so that before and after can be told apart', async () => {
    const { call, clock } = await startWorld();
    const before = uriOf(await call('datarock_list_projects'));
    await clock.sleep(1_000);
    const after = uriOf(await call('datarock_list_projects', { limit: 2 }));
    expect(after).not.toBe(before);
    expect((await call('read_result', { result: before })).data['items']).toHaveLength(4);
    expect((await call('read_result', { result: after })).data['items']).toHaveLength(2);
  });

  it('is told how to be made again once it is forgotten', async () => {
    const { call, server } = await startWorld();
    const uri = uriOf(await call('datarock_list_projects'));
    const source = { operation: 'x_list_y', arguments: {} };
    for (let at = 0; at < 200; at++)
      server.shared.pending.add({ name: 'y', mediaType: '', source: { ...source, at: String(at) } }, []);
    const gone = await call('read_result', { result: uri });
    expect(gone.text).toMatch(
      /^not_found: The result .* is no longer stored\.\nNext: Make it again: call .*datarock_list_projects/,
    );
  });

  it('asked for by several calls at once is written once', async () => {
    const { call, results } = await startWorld();
    const uri = uriOf(await call('datarock_list_projects'));
    const all = await Promise.all([1, 2, 3].map(() => call('read_result', { result: uri })));
    for (const { data } of all) expect(data['items']).toHaveLength(4);
    expect((await readdir(results)).filter(name => name.endsWith('.ndjson'))).toHaveLength(1);
  });
});

describe('list_results', () => {
  it('tells results apart by what they are', async () => {
    const { call } = await startWorld();
    const uri = uriOf(await call('datarock_list_holes', { project: 'Copperhead North' }));
    await call('query_result', { sql: `SELECT count(*) AS n FROM "${uri}"` });
    const names = ((await call('list_results')).data['items'] as { name: string }[]).map(({ name }) => name);
    expect(names.toSorted()).toEqual(['count(*) AS n of holes of Copperhead North', 'holes of Copperhead North']);
  });

  it('goes on by a cursor, and tells tables from files', async () => {
    const { call, server, clock } = await startWorld();
    const write = async (name: string, mediaType: string) => {
      await clock.sleep(1_000);
      const source = { operation: 'x_list_y', arguments: { name }, at: '' };
      async function* bytes() {
        yield Buffer.from('a\n1\n');
      }
      return server.shared.results.write({ name, mediaType, source }, { bytes: bytes() });
    };
    for (let at = 0; at < 7; at++) await write(`t${at}.csv`, 'text/csv');
    await write('f.bin', 'application/octet-stream');
    const names = (seen: { data: Record<string, unknown> }) =>
      (seen.data['items'] as { name: string }[]).map(({ name }) => name);
    const first = await call('list_results', { limit: 3, kind: 'table' });
    expect(names(first)).toEqual(['t6.csv', 't5.csv', 't4.csv']);
    const { next } = first.data['page'] as { next: string };
    expect(first.text).toContain(`3 of 7 stored results; there are more: repeat with cursor "${next}"`);
    // What was made meanwhile shifts nothing, nor does what has gone.
    await write('new.csv', 'text/csv');
    const [{ uri = '' } = {}] = (first.data['items'] as { uri: string }[]).slice(-1);
    await call('delete_result', { result: uri });
    const second = await call('list_results', { limit: 30, kind: 'table', cursor: next });
    expect(names(second)).toEqual(['t3.csv', 't2.csv', 't1.csv', 't0.csv']);
    expect(names(await call('list_results', { kind: 'file' }))).toEqual(['f.bin']);
    expect((await call('list_results', { search: 'other', cursor: next })).text).toMatch(
      /^bad_arguments: The cursor belongs to/,
    );
  });
});

it('describe_result gives the whole statement', async () => {
  const { call } = await startWorld();
  const sql = `SELECT ${Array.from({ length: 60 }, (_, at) => `${at} AS column_${at}`).join(', ')}`;
  const { text } = await call('describe_result', { result: uriOf(await call('query_result', { sql })) });
  expect(text).toContain(sql);
});
