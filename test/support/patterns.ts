import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';

/** A regular expression of the program, as the syntax tree has it. */
export interface Pattern {
  /** As it is written: `/a+/g`. */
  text: string;
  source: string;
  flags: string;
  /** Where it stands first. */
  file: string;
}

/** A place where a pattern is put together while the program runs. */
export interface BuiltPattern {
  text: string;
  file: string;
}

interface Node {
  type: string;
  start: number;
  end: number;
  [field: string]: unknown;
}

/** Every regular expression of a folder: literals, and what `RegExp` is given where that is settled by constants. */
export function patternsOf(root: string, folder = 'src'): { patterns: Pattern[]; built: BuiltPattern[] } {
  const patterns = new Map<string, Pattern>();
  const built: BuiltPattern[] = [];
  const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts'))
    .map(name => join(folder, name).replaceAll('\\', '/'))
    .sort();
  for (const file of files) {
    const code = readFileSync(join(root, file), 'utf8');
    const { program } = parseSync(file, code);
    const constants = constantsOf(program as unknown as Node);
    for (const node of nodesOf(program as unknown as Node)) {
      const given = patternIn(node, constants);
      if (given === undefined) continue;
      if (typeof given === 'string') built.push({ text: code.slice(node.start, node.end), file });
      else {
        const text = `/${given.source}/${given.flags}`;
        if (!patterns.has(text)) patterns.set(text, { text, ...given, file });
      }
    }
  }
  return { patterns: [...patterns.values()], built };
}

/** Source and flags; `built` where they are known at run time alone; undefined for what is no pattern. */
function patternIn(
  node: Node,
  constants: ReadonlyMap<string, Node>,
): { source: string; flags: string } | 'built' | undefined {
  if (node.type === 'Literal' && node['regex']) {
    const { pattern, flags } = node['regex'] as { pattern: string; flags: string };
    return { source: pattern, flags };
  }
  if (node.type !== 'NewExpression' && node.type !== 'CallExpression') return undefined;
  if ((node['callee'] as Node & { name?: string }).name !== 'RegExp') return undefined;
  const [source, flags] = (node['arguments'] as Node[]).map(one => textOf(one, constants));
  const settled = source !== undefined && (flags !== undefined || (node['arguments'] as Node[]).length < 2);
  return settled ? { source: new RegExp(source).source, flags: flags ?? '' } : 'built';
}

/** The text that an expression of literals and constants of the file comes to. */
function textOf(
  node: Node | undefined,
  constants: ReadonlyMap<string, Node>,
  form: 'cooked' | 'raw' = 'cooked',
): string | undefined {
  switch (node?.type) {
    case 'Literal':
      return typeof node['value'] === 'string' ? node['value'] : undefined;
    case 'Identifier':
      return textOf(constants.get(node['name'] as string), constants);
    case 'BinaryExpression':
      return joined([textOf(node['left'] as Node, constants), textOf(node['right'] as Node, constants)]);
    case 'TaggedTemplateExpression':
      return textOf(node['quasi'] as Node, constants, 'raw');
    case 'TemplateLiteral': {
      const quasis = (node['quasis'] as { value: Record<typeof form, string> }[]).map(({ value }) => value[form]);
      const values = (node['expressions'] as Node[]).map(one => textOf(one, constants));
      return joined(quasis.flatMap((quasi, at) => (at < values.length ? [quasi, values[at]] : [quasi])));
    }
    default:
      return undefined;
  }
}

const joined = (parts: readonly (string | undefined)[]): string | undefined =>
  parts.some(part => part === undefined) ? undefined : parts.join('');

/** What the constants of a file stand for, by name. */
function constantsOf(program: Node): Map<string, Node> {
  const found = new Map<string, Node>();
  for (const statement of program['body'] as Node[]) {
    const declared =
      statement.type === 'ExportNamedDeclaration' ? (statement['declaration'] as Node | null) : statement;
    if (declared?.type !== 'VariableDeclaration' || declared['kind'] !== 'const') continue;
    for (const { id, init } of declared['declarations'] as { id: { name?: string }; init: Node | null }[])
      if (id.name !== undefined && init) found.set(id.name, init);
  }
  return found;
}

function* nodesOf(value: unknown): Generator<Node> {
  if (Array.isArray(value)) for (const one of value) yield* nodesOf(one);
  else if (typeof value === 'object' && value !== null) {
    if (typeof (value as Node).type === 'string') yield value as Node;
    for (const inner of Object.values(value)) yield* nodesOf(inner);
  }
}

/** Whether a pattern repeats a group without a bound: the engine remembers each turn, and its stack ends at some million. */
export function repeatsGroup(source: string): boolean {
  const bare = source.replace(/\\./gs, '_').replace(/\[[^\]]*\]/g, '_');
  return /\)(?:[*+]|\{\d+,\})/.test(bare);
}
