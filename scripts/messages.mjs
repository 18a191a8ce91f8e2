// Every message of a fault once, as it is written in the source: what docs/messages.md is made of.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from 'oxc-parser';

/** The document. A change of a word that people read is seen in review. */
export function messages(root) {
  const found = new Map();
  for (const file of sourceFiles(root))
    for (const { code, text, hint } of faultsOf(file, readFileSync(join(root, file), 'utf8'))) {
      const rows = found.get(code) ?? new Map();
      const key = `${text}\n${hint}`;
      found.set(code, rows.set(key, { text, hint, files: [...(rows.get(key)?.files ?? []), file] }));
    }
  const parts = [...found].sort(([one], [other]) => (one < other ? -1 : 1)).map(([code, rows]) => section(code, rows));
  return `<!-- Written by npm run docs. -->\n\n# Messages\n\nWhat people and models read when something cannot be done, once each, by code; \`…\` stands for what is put in. [errors.md](errors.md) says what the codes mean.\n\n${parts.join('\n')}`;
}

function section(code, rows) {
  const lines = [...rows.values()]
    .sort((one, other) => (one.text < other.text ? -1 : 1))
    .map(
      ({ text, hint, files }) => `| ${cell(text)} | ${cell(hint)} | ${[...new Set(files)].map(shortName).join(', ')} |`,
    );
  return `## ${code === '' ? 'By the cause' : `\`${code}\``}\n\n| message | next | from |\n| --- | --- | --- |\n${lines.join('\n')}\n`;
}

const cell = text => text.replaceAll('|', '\\|').replaceAll('\n', ' ').replaceAll('<', '&lt;');
const shortName = file => `\`${file.replace(/^src\//, '')}\``;

const sourceFiles = root =>
  readdirSync(join(root, 'src'), { recursive: true })
    .map(name => `src/${name.replaceAll('\\', '/')}`)
    .filter(name => name.endsWith('.ts') && !name.includes('/simulator/'))
    .sort();

/** Objects with a `message` and a `hint`, and what `configFault` is given. */
function* faultsOf(file, source) {
  for (const node of nodesOf(parseSync(file, source).program)) {
    if (node.type === 'CallExpression' && node.callee.name === 'configFault')
      yield { code: 'not_configured', text: wordsOf(node.arguments[0]), hint: wordsOf(node.arguments[1]) };
    if (node.type !== 'NewExpression' || node.callee.name !== 'Fault') continue;
    const [details] = node.arguments;
    if (details?.type !== 'ObjectExpression') continue;
    const field = name => details.properties.find(one => one.key?.name === name)?.value;
    const code = field('code');
    yield {
      code: code?.type === 'Literal' ? code.value : '',
      text: wordsOf(field('message')),
      hint: wordsOf(field('hint')),
    };
  }
}

/** A text as it is written, with `…` for what is put in. */
function wordsOf(node) {
  switch (node?.type) {
    case 'Literal':
      return String(node.value);
    case 'TemplateLiteral':
      return node.quasis.map(({ value }) => value.cooked).join('…');
    case 'BinaryExpression':
      return wordsOf(node.left) + wordsOf(node.right);
    case 'ConditionalExpression':
      return `${wordsOf(node.consequent)} / ${wordsOf(node.alternate)}`;
    default:
      return '…';
  }
}

function* nodesOf(value) {
  if (Array.isArray(value)) for (const one of value) yield* nodesOf(one);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  if (typeof value.type === 'string') yield value;
  for (const one of Object.values(value)) yield* nodesOf(one);
}
