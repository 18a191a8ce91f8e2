import { isMap, isScalar, type Pair, parse, parseDocument, stringify } from 'yaml';

export const parseYaml = (text: string): unknown => parse(text) ?? {};

/**
 * A YAML text with `value` under `servers.name`, or (undefined) without what stands there. The lines of the entry are
 * put in or cut out; the library would write the whole text anew in its own style. It does so where the servers are
 * written in one line, or the entry is the only one.
 */
export function editYaml(text: string, [servers = '', name = '']: readonly string[], value: unknown): string {
  const document = parseDocument(text);
  const map = document.get(servers, true);
  if (map === undefined)
    return value === undefined ? text : appended(text, stringify({ [servers]: { [name]: value } }));
  const [first, ...others] = isMap(map) && !map.flow ? map.items : [];
  const lines = first && linesOf(text, [first, ...others], name);
  if (lines && (value !== undefined || others.length > 0)) {
    const { from, to, indent } = lines;
    const entry = value === undefined ? '' : indented(stringify({ [name]: value }), indent);
    return text.slice(0, from) + entry.replace(/^(?=.)/, needsLineEnd(text, from) ? '\n' : '') + text.slice(to);
  }
  // `extensions:` with nothing behind it.
  if (!isMap(map)) document.set(servers, document.createNode({}));
  if (value === undefined) document.deleteIn([servers, name]);
  else document.setIn([servers, name], document.createNode(value));
  return document.toString({ lineWidth: 0 });
}

/** Where the lines of an entry are, or where those of a new one go: behind the last. */
function linesOf(
  text: string,
  items: readonly [Pair, ...Pair[]],
  name: string,
): { from: number; to: number; indent: number } {
  const own = items.find(({ key }) => isScalar(key) && key.value === name);
  const start = startOf(text, own ?? items[0]);
  const indent = start.column;
  if (own) return { from: start.line, to: endOf(text, own), indent };
  const end = endOf(text, items.at(-1) ?? items[0]);
  return { from: end, to: end, indent };
}

function startOf(text: string, { key }: Pair): { line: number; column: number } {
  const [offset = 0] = (isScalar(key) && key.range) || [];
  const line = text.lastIndexOf('\n', offset - 1) + 1;
  return { line, column: offset - line };
}

/** Behind the line end of the last line that says something of it. */
function endOf(text: string, { value, key }: Pair): number {
  const { range } = (value ?? key) as { range: [number, number, number] };
  const [, end] = range;
  if (text[end - 1] === '\n') return end;
  const next = text.indexOf('\n', end);
  return next < 0 ? text.length : next + 1;
}

const needsLineEnd = (text: string, at: number) => at > 0 && text[at - 1] !== '\n';

const indented = (text: string, columns: number) => text.replace(/^(?=.)/gm, ' '.repeat(columns));

const appended = (text: string, more: string) => text + (needsLineEnd(text, text.length) ? '\n' : '') + more;
