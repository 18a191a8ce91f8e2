import fc from 'fast-check';
import { expect, expectTypeOf, test } from 'vitest';
import { buildUrl, type PathParameters } from '../../src/http/path.ts';

const base = 'https://api.example/v3';
// Anything that is text, what matters in a URL often. (fast-check's own `binary` unit takes seconds to set up.)
const ascii = fc.integer({ min: 0, max: 0x7f });
const character = fc
  .oneof(ascii, fc.integer({ min: 0x80, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map(code => String.fromCodePoint(code));
// Text that is no step by itself or between slashes.
const id = fc.string({ unit: character, minLength: 1 }).filter(text => !/(^|[/\\])\.{1,2}([/\\]|$)/.test(text));

test('any id stays one segment, survives the way through URL, and reads back as it was', () => {
  fc.assert(
    fc.property(id, id, (a, b) => {
      const url = buildUrl(base, '/projects/{a}/holes/{b}/x', { a, b });
      expect(new URL(url).href).toBe(url);
      const [, , , first = '', , second = '', last] = new URL(url).pathname.split('/');
      expect([decodeURIComponent(first), decodeURIComponent(second), last]).toEqual([a, b, 'x']);
    }),
  );
});

test('a parameter with a star keeps its slashes and nothing else', () => {
  fc.assert(
    fc.property(
      fc.array(
        id.filter(part => !/[/\\]/.test(part)),
        { minLength: 1, maxLength: 4 },
      ),
      parts => {
        const url = buildUrl(base, '/files/{path*}', { path: parts.join('/') });
        expect(new URL(url).pathname.split('/').slice(3).map(decodeURIComponent)).toEqual(parts);
        expect(new URL(url).href).toBe(url);
      },
    ),
  );
});

test('query values read back as they were', () => {
  fc.assert(
    fc.property(
      id,
      fc.array(id),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      (q, list, n, yes) => {
        const query = { q, list, n, yes, absent: undefined, none: null };
        const { searchParams } = new URL(buildUrl(base, '/x', {}, query));
        expect(searchParams.get('q')).toBe(q);
        expect(searchParams.getAll('list')).toEqual(list);
        expect([searchParams.get('n'), searchParams.get('yes')]).toEqual([String(n), String(yes)]);
        expect([...searchParams.keys()].sort()).toEqual(['q', ...list.map(() => 'list'), 'n', 'yes'].sort());
      },
    ),
  );
});

test('lists travel in three ways', () => {
  const query = { a: ['1', '2,3'], b: [] };
  expect(buildUrl(base, '/x', {}, query)).toBe(`${base}/x?a=1&a=2%2C3`);
  expect(buildUrl(base, '/x', {}, query, 'brackets')).toBe(`${base}/x?a[]=1&a[]=2%2C3`);
  expect(buildUrl(base, '/x', {}, query, 'comma')).toBe(`${base}/x?a=1,2%2C3`);
});

test('a list is one segment with commas of its own; a star without a value takes its slash along', () => {
  expect(buildUrl(base, '/a/{ids}/b', { ids: ['x', 'y,z', 'ä'] })).toBe(`${base}/a/x,y%2Cz,%C3%A4/b`);
  expect(buildUrl(base, '/a/{dir*}/', { dir: 'x/y z' })).toBe(`${base}/a/x/y%20z/`);
  expect(buildUrl(base, '/a/{dir*}/', { dir: '' })).toBe(`${base}/a/`);
});

test('what could lead elsewhere is refused, naming the parameter', () => {
  for (const bad of [
    '',
    '.',
    '..',
    'a/../b',
    '..\\x',
    null,
    undefined,
    {},
    [],
    [''],
    ['..'],
    [{}],
    Number.NaN,
    '\uD800',
  ]) {
    expect(() => buildUrl(base, '/a/{hole}', { hole: bad }), String(bad)).toThrow(
      expect.objectContaining({ code: 'bad_arguments', message: expect.stringContaining('hole') }),
    );
  }
  for (const bad of ['a//b', '/a', 'a/', 'a/../b', '.'])
    expect(() => buildUrl(base, '/a/{path*}', { path: bad }), bad).toThrow(
      expect.objectContaining({ code: 'bad_arguments' }),
    );
  expect(() => buildUrl(base, '/a', {}, { filter: {} })).toThrow(expect.objectContaining({ code: 'bad_arguments' }));
});

test('the template names its parameters to the compiler', () => {
  expectTypeOf<PathParameters<'/a/{x}/b/{y*}'>>().toEqualTypeOf<'x' | 'y'>();
  expectTypeOf<PathParameters<'/a'>>().toEqualTypeOf<never>();
});
