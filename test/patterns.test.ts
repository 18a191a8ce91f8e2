import { createRequire } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import noted from './support/pattern-verdicts.json' with { type: 'json' };
import { patternsOf, repeatsGroup } from './support/patterns.ts';

const verdicts: Readonly<Record<string, string>> = noted.verdicts;
const { patterns, built } = patternsOf(join(import.meta.dirname, '..'));

const any = 'any length';
const itsOwnStart =
  'no class that repeats holds what the pattern begins with, so a character is read for one start alone';
const anchored = 'anchored, and what repeats is followed by a text of its own: it is read twice at the most';
const toTheEnd = 'what is not closed goes to the end, and begins nothing else';

/**
 * Patterns that the analyser does not call safe. Its automata are exact, and nothing that they refuse is excepted; where
 * a pattern looks ahead, behind or back it tries inputs, and takes a bounded repetition for one without a bound. Each
 * with the reason why it takes time in proportion to its input, and how long that may be.
 */
const excepted: Readonly<Record<string, [reason: string, longest: string]>> = {
  'src/base/redaction/secret-signs.ts /-----BEGIN': [toTheEnd, any],
  'src/base/redaction/secret-signs.ts /(?<![\\w-])eyJ': [
    'it begins where no such character stands before, so once for each run of them',
    any,
  ],
  'src/base/redaction/secret-signs.ts /((?:token|': [`${itsOwnStart} but for 30 characters`, any],
  'src/base/redaction/secret-signs.ts /PRIVATE KEY|': [itsOwnStart, any],
  'src/base/redaction/secret-signs.ts /(:\\\\?\\/': [`${itsOwnStart}: a slash`, any],
  'src/base/redaction/secret-signs.ts /(?:token|': [`${itsOwnStart} but for 30 characters`, any],
  'src/http/body.ts /<title': [itsOwnStart, '8,192 characters'],
  'src/http/body.ts /<(style|script)': [toTheEnd, '8,192 characters'],
  'src/http/body.ts /<[!/a-z]': [itsOwnStart, '8,192 characters'],
  'src/http/paging/link.ts /;\\s{0,8}rel': ['200 characters are read for one start', 'a header: 16 KiB'],
  'src/providers/dataops/brief.ts /^(_links|': [anchored, any],
  'src/providers/dataops/faults.ts /^(?!not found)': [anchored, any],
  'src/providers/dataops/log-lines.ts /section_': [`${itsOwnStart}: a colon`, any],
  'src/providers/dataops/simulator/routes/branches.ts /^(?!-)': [anchored, any],
};

/** Patterns that repeat a group, which ends in an error from some million turns on. */
const turns: Readonly<Record<string, string>> = {
  'src/base/phrases.ts /^(?:on|at': 'an argument that says a time: 2,048 characters',
  'src/providers/datagrok/operations/sync.ts /filename="': 'a header of a part: 16 KiB',
  'src/providers/dataops/simulator/parameters.ts /^([^[]+)': 'a field of a form that this program sends',
};

/** Patterns that are put together while the program runs, and of what. */
const fromParts: Readonly<Record<string, string>> = {
  'src/base/unicode/visible.ts': 'names of scripts',
  'src/base/redact.ts': 'alternatives that are texts',
  'src/operations/uri-template.ts': "a record's own template; what it is compared with is as long as a URI may be",
  'src/providers/dataops/arguments.ts': 'a word of a record, and one class after it',
  'src/providers/dataops/simulator/routes/branches.ts': 'what a caller of the sandbox asks the sandbox for',
  'src/sandbox/sql/engine.ts': 'the name of a table of the sandbox',
};

const key = ({ file, text }: { file: string; text: string }) => `${file} ${text}`;
const exceptionOf = (table: Readonly<Record<string, unknown>>, pattern: { file: string; text: string }) =>
  Object.keys(table).find(start => key(pattern).startsWith(start));

test('every regular expression has been analysed, by the analyser that is installed', () => {
  const { version } = createRequire(import.meta.url)('recheck/package.json') as { version: string };
  expect(noted.analyser).toBe(`recheck ${version}`);
  const missing = patterns.filter(({ text }) => verdicts[text] === undefined).map(key);
  expect(missing, 'run npm run patterns').toEqual([]);
  const gone = Object.keys(verdicts).filter(text => !patterns.some(one => one.text === text));
  expect(gone, 'run npm run patterns').toEqual([]);
  expect(patterns.length).toBeGreaterThan(300);
});

test('every regular expression takes time in proportion to its input, or the reason is given here', () => {
  const refused = patterns.filter(({ text }) => verdicts[text] !== 'safe');
  expect(refused.filter(one => !exceptionOf(excepted, one)).map(key)).toEqual([]);
  const unused = Object.keys(excepted).filter(start => !refused.some(one => key(one).startsWith(start)));
  expect(unused).toEqual([]);
  // What the automata refuse is no guess.
  expect(refused.filter(({ text }) => !verdicts[text]?.endsWith('(fuzz)')).map(key)).toEqual([]);
});

test('every regular expression that repeats a group has an input with a bound', () => {
  const repeating = patterns.filter(({ source }) => repeatsGroup(source));
  expect(repeating.filter(one => !exceptionOf(turns, one)).map(key)).toEqual([]);
  expect(Object.keys(turns).filter(start => !repeating.some(one => key(one).startsWith(start)))).toEqual([]);
});

test('every regular expression that is put together at run time is known', () => {
  expect([...new Set(built.map(({ file }) => file))].sort()).toEqual(Object.keys(fromParts).sort());
});

test('the syntax tree shows patterns wherever they stand', () => {
  const { patterns: own, built: parts } = patternsOf(import.meta.dirname, 'support/fixtures/patterns');
  expect(own.map(({ text }) => text)).toEqual(['/literal+/g', '/^a\\d+b$/i', '/x{2}|y/']);
  expect(parts.map(({ text }) => text)).toEqual(['RegExp(given)']);
});
