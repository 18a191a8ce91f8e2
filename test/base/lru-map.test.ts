import { expect, it } from 'vitest';
import { LruMap } from '../../src/base/lru-map.ts';

it('what was asked for last stays, what nobody asks for goes first', () => {
  const recent = new LruMap<number>(2);
  recent.set('a', 1);
  recent.set('b', 2);
  expect(recent.get('a')).toBe(1);
  expect(recent.set('c', 3)).toBe(3);
  expect(['a', 'b', 'c'].map(key => recent.get(key))).toEqual([1, undefined, 3]);
  recent.set('a', 4);
  recent.set('d', 5);
  expect(['a', 'c', 'd'].map(key => recent.get(key))).toEqual([4, undefined, 5]);
});
