import { describe, expect, it } from 'vitest';
import type { Answer } from '../../src/answers/answer.ts';
import { outgoing } from '../../src/answers/outgoing.ts';
import { renderAnswer, table } from '../../src/answers/render.ts';
import { createRedactor } from '../../src/base/redact.ts';

const page = { returned: 2, total: 2, complete: true, next: null };
const render = async (answer: Answer) => renderAnswer(await outgoing(answer, createRedactor()));
const shape = (rows: Record<string, unknown>[], more = {}) =>
  render({ kind: 'rows', noun: 'holes', rows, page: { ...page, ...more }, continued: false, warnings: [] });
const textOf = (shaped: ReturnType<typeof renderAnswer>) => (shaped.content[0] as { text: string }).text;

describe('an answer', () => {
  it('says the same in words and as data', async () => {
    const shaped = await shape([{ id: 'A' }, { id: 'B', depth: 3 }]);
    expect(textOf(shaped)).toBe('All 2 holes.\nid,depth\nA,\nB,3');
    expect(shaped.structuredContent).toEqual({ items: [{ id: 'A' }, { id: 'B', depth: 3 }], page });
  });

  it.each([
    [{ complete: false, total: 1204, next: 'c' }, /^2 of 1,204 holes; there are more: repeat with cursor "c"\./],
    [{ complete: false, total: null, next: 'c' }, /^2 holes; there are more/],
    [{ returned: 0, total: 0 }, /^No holes\./],
    [{}, /^All 2 holes\./],
  ])('with %o never claims too much', async (more, expected) => {
    expect(textOf(await shape([], more))).toMatch(expected);
  });

  it('drops what a person would not see but a model would read', async () => {
    const tag = String.fromCodePoint(0xe0069, 0xe0067);
    const shaped = await shape([{ id: `a\u202eb${tag}c\u0007d\u200be\ud83d`, 'na\u2066me': 'x\ty\nz' }]);
    expect(shaped.structuredContent).toMatchObject({ items: [{ id: 'abcde', name: 'x\ty\nz' }] });
    expect(textOf(shaped)).toBe('All 2 holes.\nid,name\nabcde,"x\\ty\\nz"');
  });
});

describe('a table', () => {
  it('quotes as CSV does', async () => {
    expect(table([{ a: 'x,y', b: 'say "hi"', c: null }])).toBe('a,b,c\n"x,y","say ""hi""",');
  });

  it('has nothing where a row lacks a column, whatever its name', async () => {
    expect(table([{ constructor: 'x' }, { a: 1 }])).toBe('constructor,a\nx,\n,1');
  });

  it('writes nested values as short as they can be read', async () => {
    const row = {
      versions: [{ version: 'v1' }, { version: 'v2' }],
      product: { name: 'RQD' },
      deep: { a: [1] },
      tags: ['x', 'y'],
    };
    expect(table([row])).toBe('versions,product,deep,tags\nv1; v2,RQD,"{""a"":[1]}",x; y');
  });
});
