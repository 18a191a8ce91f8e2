import { Fault } from '../base/errors.ts';
import { isRow } from '../base/json-value.ts';

type Arguments = Record<string, unknown>;

/**
 * Arguments of a tool as words of a command line: `--updated-since 24h` is `updated_since`, a flag given again makes a
 * list, a flag alone is true. Values stay text; the tool's own reading does the rest.
 * @throws Fault `bad_arguments`
 */
export function readFlags(words: readonly string[]): Arguments {
  const given: Arguments = {};
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] as string;
    const flag = /^--([^=]+)(?:=([\s\S]*))?$/.exec(word);
    if (!flag?.[1]) throw unexpected(word);
    const next = words[at + 1];
    const alone = flag[2] === undefined && (next === undefined || next.startsWith('--'));
    if (flag[2] === undefined && !alone) at += 1;
    add(given, flag[1].replaceAll('-', '_'), alone ? true : (flag[2] ?? next));
  }
  return given;
}

function add(given: Arguments, name: string, value: unknown): void {
  given[name] = Object.hasOwn(given, name) ? [given[name], value].flat() : value;
}

/** @throws Fault `bad_arguments` */
export function readJson(text: string): Arguments {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  if (isRow(value)) return value as Arguments;
  throw new Fault({
    code: 'bad_arguments',
    message: `--json was given ${JSON.stringify(text)}, which is not a JSON object.`,
    hint: `Give the arguments as one word, like --json '{"limit": 10}', or --json alone, after the tool's name.`,
  });
}

const unexpected = (word: string) =>
  new Fault({
    code: 'bad_arguments',
    message: `"${word}" stands without a flag.`,
    hint: 'Arguments are flags, like --name value; a value with spaces needs quotes.',
  });
