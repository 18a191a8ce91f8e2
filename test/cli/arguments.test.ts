import { expect, test } from 'vitest';
import { readFlags, readJson } from '../../src/cli/call-arguments.ts';
import { generalFlags, serverFlags } from '../../src/cli/flags.ts';
import { shellCall } from '../../src/cli/shell.ts';
import { generalSettings } from '../../src/config/config.ts';

test('flags become the arguments of a tool', () => {
  const words = ['--updated-since', '24h', '--holes', 'A', '--holes', 'B', '--holes=C', '--all', '--limit', '-5'];
  expect(readFlags(words)).toEqual({ updated_since: '24h', holes: ['A', 'B', 'C'], all: true, limit: '-5' });
  expect(readFlags(['--query=a=b\nc', '--empty='])).toEqual({ query: 'a=b\nc', empty: '' });
  expect(readFlags(['--last'])).toEqual({ last: true });
});

test('a name of the language itself is an argument like any other', () => {
  expect(Object.entries(readFlags(['--constructor', 'x']))).toEqual([['constructor', 'x']]);
});

test('a word without a flag is refused, and so is JSON that is no object', () => {
  expect(() => readFlags(['stray'])).toThrow(expect.objectContaining({ code: 'bad_arguments' }));
  expect(() => readFlags(['--a', 'b', 'stray'])).toThrow('"stray" stands without a flag');
  expect(() => readJson('[1]')).toThrow('not a JSON object');
  expect(() => readJson('{"a":')).toThrow('not a JSON object');
  expect(readJson('{"a": [1]}')).toEqual({ a: [1] });
});

test('an example is a line that a shell and the reader of flags understand', () => {
  const line = shellCall('some_tool', { holes: ["it's", 'B'], updated_since: '24h' });
  expect(line).toBe(`data-platforms-mcp call some_tool --holes 'it'\\''s' --holes B --updated-since 24h`);
  expect(shellCall('some_tool', { where: [{ op: '=' }] })).toBe(
    `data-platforms-mcp call some_tool --json '{"where":[{"op":"="}]}'`,
  );
});

test('every general setting is a flag', () => {
  const names = Object.keys(generalSettings.shape).map(key => key.replaceAll('_', '-'));
  expect(generalFlags().map(({ long }) => long)).toEqual([...names, 'config']);
});

test('a line of general flags alone starts the server without the full parser', () => {
  expect(serverFlags([])).toEqual({});
  expect(serverFlags(['--allow-dir', '/a', '--allow-dir=/b,/c'])).toEqual({ allowDir: ['/a', '/b,/c'] });
  expect(serverFlags(['--sandbox', '--results-dir', '/r', '--sandbox-speed=3'])).toEqual({
    sandbox: true,
    resultsDir: '/r',
    sandboxSpeed: '3',
  });
  for (const other of [['doctor'], ['--help'], ['--sandbx'], ['--log-level', 'loud'], ['--config'], ['--sandbox', 'x']])
    expect(serverFlags(other)).toBeUndefined();
});
