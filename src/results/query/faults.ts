import { Fault } from '../../base/errors.ts';
import { oneLine } from '../../base/text.ts';
import { fullDisk } from '../disk.ts';

export const outOfMemory = (memoryMib: number) =>
  new Fault({
    code: 'too_large',
    message: `The statement needs more than the ${memoryMib} MiB of memory that one may take.`,
    hint: 'Filter or aggregate earlier, select fewer columns, or join smaller results.',
  });

/** What an engine says, and how we say it. `$1` is what the pattern found: a name or value of the statement or the data. */
const sayings: readonly [said: RegExp, words: string][] = [
  [/^syntax error at or near "([^\n]{1,200})/, 'It is no valid SQL at "$1.'],
  [/^syntax error at end of input/, 'The statement ends before it is complete.'],
  [/^unterminated quoted/, 'A quote in it is not closed.'],
  [/^Referenced column "([^"\n]{1,200})" (?:was )?not found/, 'There is no column "$1".'],
  [/^(?:Table|Values list) "[^"\n]{1,200}" does not have a column named "([^"\n]{1,200})"/, 'There is no column "$1".'],
  [/^Column "([^"\n]{1,200})" in [A-Z]{1,20} list not found/, 'There is no column "$1".'],
  [/^Column "([^"\n]{1,200})" does not exist on/, 'There is no column "$1".'],
  [/^Referenced table "([^"\n]{1,200})" not found/, 'There is no table "$1" in FROM.'],
  [/^Table with name ([^\s!]{1,200})/, 'There is no table "$1".'],
  [/^(?:Scalar|Aggregate|Table|Macro) (?:Macro )?Function with name "?([^\s"]{1,200})/, 'There is no function $1.'],
  [/^Type with name ([^\s!]{1,200})/, 'There is no type $1.'],
  [
    /^Ambiguous reference to column name "([^"\n]{1,200})" \(use: ([^)\n]{1,400})\)/,
    'The column "$1" is in more than one table: write $2.',
  ],
  [/^Ambiguous reference to table "([^"\n]{1,200})"/, 'Two tables have the alias "$1".'],
  [/^No function matches the given name and argument types '([^'\n]{1,200})'/, 'There is no $1: the types do not fit.'],
  [
    /^column "([^"\n]{1,200})" must appear in the GROUP BY/,
    'The column "$1" has to be in GROUP BY, or within an aggregate such as max.',
  ],
  [
    /^Cannot compare values of type ([\w(), ]{1,60}) and type ([\w(), ]{1,60}) - an/,
    'A value of type $1 cannot be compared with one of type $2 without a cast.',
  ],
  [/^Could not convert string '([^'\n]{0,80})' to (\w{1,40})/, "The text '$1' is no $2."],
  [/^invalid (date|timestamp|time) field format: "([^"\n]{0,80})/, "The text '$2' is no $1."],
  [/^date field value out of range: "([^"\n]{0,80})/, 'There is no such day: $1.'],
  [/^timestamp field value out of range: "([^"\n]{0,80})/, 'There is no such time: $1.'],
  [/^Unimplemented type for cast \(([^)>\n]{1,80}) -> ([^)\n]{1,80})\)/, 'A value of type $1 cannot be cast to $2.'],
  [/^Could not cast value (\S{1,60}) to (DECIMAL\([\d,]{1,9}\))/, 'The value $1 does not fit the type $2.'],
  [/^Overflow in (\w{1,40})/, 'The $1 leaves the range of its type: cast to HUGEINT or DOUBLE first.'],
  [
    /^(WHERE|GROUP BY|JOIN|HAVING|QUALIFY) clause cannot contain (aggregates|window functions)/,
    '$1 cannot contain $2.',
  ],
  [/^aggregate function calls cannot be nested/, 'An aggregate cannot stand within another.'],
  [
    /^Set operations can only apply to expressions with the same number/,
    'The parts of UNION, EXCEPT or INTERSECT need the same number of columns.',
  ],
  [/^Subquery returns (\d{1,6}) columns - expected (\d{1,6})/, 'A subquery gives $1 columns where $2 can be used.'],
  [/^More than one row returned by a subquery/, 'A subquery gives several rows where one value is needed.'],
  [/^ORDER term out of range - should be between 1 and (\d{1,6})/, 'ORDER BY counts columns from 1 to $1.'],
  [/^extract specifier "([^"\n]{1,80})" not recognized/, 'There is no part of a date called "$1".'],
  [
    /^Could not parse string "([^"\n]{0,80})" according to format specifier "([^"\n]{0,40})"/,
    "The text '$1' does not have the form $2.",
  ],
  [/^Cannot extract field '([^'\n]{1,200})' from expression "([^"\n]{1,200})"/, 'The column "$2" has no part "$1".'],
  [/^Malformed JSON/, 'A text that should be JSON is none.'],
  [/^cannot take logarithm of a (negative number|number)/, 'There is no logarithm of a $1.'],
  [/^cannot take logarithm of zero/, 'There is no logarithm of zero.'],
  [/^cannot take square root of a negative number/, 'There is no square root of a negative number.'],
  [
    /^(?:Expected \d{1,6} parameters|Values were not provided)/,
    'It has placeholders (? or $); write the values themselves.',
  ],
];

/** By the kind of error that the engine names, where its sentence is not known here. */
const kinds: Readonly<Record<string, string>> = {
  'Parser Error': 'It is no valid SQL',
  'Binder Error': 'Its names or types do not fit together',
  'Catalog Error': 'It uses something that is not there',
  'Conversion Error': 'A value cannot be converted',
  'Out of Range Error': 'A value is out of the range of its type or function',
  'Not implemented Error': 'It uses something that is not supported',
  'Invalid Input Error': 'A function was given something that it does not take',
};

const mostShown = 120;

/** What is wrong with a statement, in our words: an engine speaks of its own types, files and settings. */
export function objectionInWords(message: string): string {
  const end = message.indexOf(': ');
  const [kind, said] = [message.slice(0, end), message.slice(end + 2)];
  for (const [pattern, words] of sayings) {
    const found = pattern.exec(said);
    if (found) return words.replace(/\$(\d)/g, (_, group: string) => name(found[Number(group)]));
  }
  const at = pointedAt(message);
  return `${kinds[kind] ?? 'It cannot be run'}${at === undefined ? '' : `, at ${at}`}.`;
}

/** Names of the engine that people write in another way. */
const name = (text = '') =>
  oneLine(text)
    .replace(/_LITERAL\b/g, '')
    .replace(/\bVARCHAR\b/g, 'text')
    .replace(/\bINT(8|16|32|64|128)\b/g, 'integer')
    .slice(0, mostShown);

/** The word of the statement to which the engine's picture of it points. */
function pointedAt(message: string): string | undefined {
  const [line = '', marks = ''] = message.split('\n').slice(-2);
  const column = marks.indexOf('^');
  if (column < 0 || marks.trim() !== '^' || !/^LINE \d{1,9}: /.test(line)) return undefined;
  return oneLine(line.slice(column)).slice(0, 40);
}

/** What went wrong with a statement; the kind of error is in the first words of what the engine says. */
export function spoken(error: Error, memoryMib: number): Fault {
  const { message } = error;
  if (/^Out of Memory/i.test(message)) return outOfMemory(memoryMib);
  if (message.startsWith('IO Error')) return /no space left/i.test(message) ? fullDisk(error) : gone(error);
  return new Fault({
    code: 'bad_arguments',
    message: objectionInWords(message),
    hint: 'Change the statement; it is DuckDB SQL.',
    cause: error,
  });
}

/** The data was there when the server looked; another process has reaped or replaced it since. */
const gone = (cause: Error) =>
  new Fault({
    code: 'not_found',
    message: 'A stored result of the statement was replaced or removed before it could be read.',
    hint: 'Repeat the call; if one has gone, the answer says how to make it again.',
    cause,
  });
