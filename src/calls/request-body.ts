import { nodeCrypto } from '../base/crypto.ts';
import type { Row } from '../base/json-value.ts';
import type { FormField } from '../http/multipart/multipart.ts';
import type { HttpRequest } from '../http/request.ts';
import type { StreamBody } from '../http/stream-body.ts';
import { fieldMeta, type Operation, type OperationContext } from '../operations/operation.ts';

/** A source as the whole body, a form where a source is one of its fields, otherwise JSON. */
export async function bodyOf(
  operation: Operation,
  content: unknown,
  context: OperationContext,
): Promise<Pick<HttpRequest, 'json' | 'body'>> {
  if (content === undefined) return {};
  const [field] = sourcesOf(operation);
  if (!field || field.place === 'local') return { json: content };
  const { form, place, wire } = field;
  if (place === 'payload') return { body: (await context.source(content)).body(form) };
  const { [wire]: given, ...texts } = content as Row;
  if (given === undefined) return { json: content };
  const { formBody } = await import('../http/multipart/multipart.ts');
  const fields: FormField[] = Object.entries(texts).map(([name, text]) => ({ name, text: textOf(text) }));
  const found = await context.source(given);
  return { body: formBody([...fields, { name: wire, fileName: found.name, file: found.body(form) }]) };
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

/** The arguments that bring data in. */
function sourcesOf({ input }: Operation) {
  return Object.entries(input.shape).flatMap(([name, schema]) => {
    const { source: form, in: place, wire = name } = fieldMeta(schema);
    return form === undefined ? [] : [{ name, form, place, wire }];
  });
}

/** Looks at the data that would be sent, so that nobody is asked to agree to what cannot be. @throws Fault */
export async function findSources(operation: Operation, args: Row, context: OperationContext): Promise<void> {
  for (const { name, form, place } of sourcesOf(operation)) {
    if (args[name] === undefined) continue;
    const found = await context.source(args[name]);
    if (place !== 'local') found.body(form);
  }
}

/** Which bytes would be sent: somebody may put others in their place under the same name. */
export async function sourceDigests(operation: Operation, args: Row, context: OperationContext): Promise<string[]> {
  const given = sourcesOf(operation).filter(({ name }) => args[name] !== undefined);
  return Promise.all(given.map(async ({ name, form }) => digestOf((await context.source(args[name])).body(form))));
}

async function digestOf({ open }: StreamBody): Promise<string> {
  const hash = nodeCrypto().createHash('sha256');
  let size = 0;
  for await (const piece of open()) {
    hash.update(piece as Uint8Array);
    size += (piece as Uint8Array).length;
  }
  return `${size} ${hash.digest('base64url')}`;
}

/** The arguments without the data, and the data in words: no person reads 500 rows. */
export function withoutSources(operation: Operation, args: Row): { named: string[]; others: Row } {
  const sources = sourcesOf(operation).filter(({ name }) => args[name] !== undefined);
  const others = Object.fromEntries(
    Object.entries(args).filter(([name]) => !sources.some(source => source.name === name)),
  );
  return { named: sources.map(({ name }) => `with ${inWords(args[name])}`), others };
}

/** Characters of a handle or a path in a question. */
const mostShown = 200;

function inWords(given: unknown): string {
  if (Array.isArray(given)) return `${given.length} row${given.length === 1 ? '' : 's'}`;
  const text = String(given);
  const isShort = text.length <= mostShown && !/[\r\n]/.test(text);
  return isShort ? text : `a text of ${text.length} characters`;
}
