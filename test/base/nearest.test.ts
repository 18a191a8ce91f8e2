import { expect, test } from 'vitest';
import { nearest } from '../../src/base/nearest.ts';

test('the candidate that is meant is found where a name was mistyped, or is a part', () => {
  expect(nearest('Cuperhead', ['Coppermine', 'Copperhead', 'Ironwood'])).toBe('Copperhead');
  expect(nearest('copper', ['Copperhead North', 'Ironwood'])).toBe('Copperhead North');
  expect(nearest('zzz', ['Copperhead', 'Ironwood'])).toBeUndefined();
});

test('what nobody mistypes is compared with nothing', () => {
  const text = 'a'.repeat(65);
  expect(nearest(text, [`${text.slice(1)}b`])).toBeUndefined();
  expect(nearest(text, ['b', `${text} and more`])).toBe(`${text} and more`);
});

test('it looks at so many candidates, and at none whose length alone is too far off', () => {
  const many = Array.from({ length: 10_000 }, (_, at) => `candidate ${at}`);
  expect(nearest('kandidate 9999', many)).toBe('candidate 9999');
  expect(nearest('mistyped', [...many, 'mistypde'])).toBeUndefined();
  expect(nearest('abc', ['abcdefghijkl', 'x'])).toBeUndefined();
});
