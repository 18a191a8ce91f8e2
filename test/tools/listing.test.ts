import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSigner, signerFor } from '../../src/base/signer.ts';
import { cursors } from '../../src/calls/cursor.ts';
import { startWorld } from '../support/harness.ts';

const knoll = 'Iron Knoll Grade Control';
type Page = { returned: number; total: number | null; complete: boolean; next: string | null };

describe('a listing', () => {
  it('gives 50 rows and the way to the next', async () => {
    const { call } = await startWorld();
    const first = await call('datarock_list_holes', { project: knoll });
    expect(first.data['page']).toMatchObject({ returned: 50, total: 620, complete: false, next: expect.any(String) });
    expect(first.text).toMatch(/^50 of 620 holes; there are more: repeat with cursor "/);
    expect(first.text).not.toMatch(/\ball\b/i);
  });

  it('that was read whole is remembered for names', async () => {
    const { call } = await startWorld();
    await call('datarock_list_projects');
    expect((await call('datarock_list_holes', { project: knoll, limit: 1 })).usage.requests).toBe(1);
  });

  it('gives every row once when followed to its end', async () => {
    const { call } = await startWorld();
    const seen: string[] = [];
    let cursor: string | null | undefined;
    let pages = 0;
    do {
      const { data, text } = await call('datarock_list_holes', {
        project: knoll,
        limit: 200,
        ...(cursor ? { cursor } : {}),
      });
      seen.push(...(data['items'] as { id: string }[]).map(({ id }) => id));
      cursor = (data['page'] as Page).next;
      pages += 1;
      if (!cursor) expect(text).toMatch(/^The last 20 of 620 holes\./);
    } while (cursor && pages < 10);
    expect(pages).toBe(4);
    expect(new Set(seen).size).toBe(620);
  });

  it('says "all" only when it is all', async () => {
    const { call } = await startWorld();
    const all = await call('datarock_list_holes', { project: knoll, limit: 'all' });
    expect(all.text).toMatch(/^All 620 holes\./);
    expect(all.data['page']).toEqual({ returned: 620, total: 620, complete: true, next: null });
  });

  it('stores what does not fit one answer, and answers with a handle', async () => {
    const { call } = await startWorld({ flags: { answer_tokens: 500 } });
    const all = await call('datarock_list_holes', { project: knoll, limit: 'all' });
    expect(all.data['items']).toBeUndefined();
    expect(all.data['result']).toMatchObject({ kind: 'table', rows: 620, columns: [{ name: 'id', type: 'text' }] });
    expect(all.data['page']).toMatchObject({ returned: 620, complete: true });
    const { uri } = all.data['result'] as { uri: string };
    const last = await call('read_result', { result: uri, offset: 619 });
    expect(last.data['items']).toEqual([{ id: 'GC0620' }]);
    expect(last.text).toMatch(/^The last 1 of 620 rows\./);
    const some = await call('read_result', { result: uri, offset: 600, limit: 5 });
    expect(some.text).toMatch(/^5 of 620 rows; there are more: repeat with offset 605\.\n/);
    expect(some.data['page']).toMatchObject({ complete: false, next_offset: 605 });
    expect(some.data['warnings']).toBeUndefined();
    const none = await call('read_result', { result: uri, offset: 620 });
    expect(none.text).toMatch(/^No more rows; there are 620\./);
  });

  it('shows chosen fields, and says which there are when one is not', async () => {
    const { call } = await startWorld();
    const some = await call('datarock_list_artefacts', { project: knoll, fields: ['key', 'colour'] });
    expect(some.data['items']).toEqual([{ key: 'depth_registration' }, { key: 'rqd' }]);
    expect(some.text).toMatch(/No row has colour; fields are: key, name/);
  });

  it('refuses a cursor of another listing, of other arguments, and a damaged one', async () => {
    const { call } = await startWorld();
    const { data } = await call('datarock_list_holes', { project: knoll });
    const cursor = (data['page'] as Page).next as string;
    for (const [name, args] of [
      ['datarock_list_projects', { cursor }],
      ['datarock_list_holes', { project: 'Copperhead North', cursor }],
      ['datarock_list_holes', { project: knoll, cursor: `${cursor.slice(0, -2)}AA` }],
      ['datarock_list_holes', { project: knoll, cursor: 'x' }],
    ] as const) {
      const seen = await call(name, args);
      expect(seen.text).toMatch(/^bad_arguments: The cursor/);
    }
  });
});

it('a cursor carries any position, for its scope and its caller alone', () => {
  const signer = createSigner();
  const [anna, ben] = [cursors(signerFor('anna', signer)), cursors(signerFor('ben', signer))];
  const position = fc.jsonValue({ maxDepth: 2 }).map(value => JSON.parse(JSON.stringify(value)));
  fc.assert(
    fc.property(position, fc.string(), fc.string(), (value, one, other) => {
      const scope = (project: string) => ({ operation: 'x_list', connection: 'x', arguments: { project } });
      const cursor = anna.write(scope(one), value);
      expect(anna.read(scope(one), cursor)).toEqual(value);
      expect(() => ben.read(scope(one), cursor)).toThrow('The cursor is damaged.');
      if (one !== other) expect(() => anna.read(scope(other), cursor)).toThrow(/belongs to another/);
    }),
  );
});
