import { Fault } from '../base/errors.ts';
import { parseJson } from '../base/json.ts';
import { isRow, type Row } from '../base/json-value.ts';
import { nearest } from '../base/nearest.ts';
import { zodMessage } from '../base/zod-messages.ts';
import { fieldMeta, fieldOf } from '../operations/operation.ts';
import type { ToolInput } from './tool-input.ts';

type JsonSchema = Row;

/**
 * Reads a tool's arguments the way a patient colleague would: JSON in strings, numbers in strings, null for absent, a
 * pasted address where an id belongs. What it cannot read is refused with what to change; unknown names always are.
 * @throws Fault `bad_arguments`
 */
export function parseArguments(
  tool: string,
  { schema, published, connections = [] }: ToolInput,
  given: unknown,
): Record<string, unknown> {
  const raw = typeof given === 'string' ? tryJson(given) : given;
  if (raw !== undefined && raw !== null && (typeof raw !== 'object' || Array.isArray(raw)))
    throw badArguments(tool, 'the arguments must be an object', published);
  const properties = (published['properties'] ?? {}) as Record<string, JsonSchema>;
  const gentle: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(raw ?? {})) {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (!property && name === 'connection' && connections.includes(String(value))) continue;
    if (!property) throw unknownArgument(tool, name, Object.keys(properties));
    const soft = soften(value, property);
    if (soft === null && !accepts(property, 'null')) continue;
    const { fromUri } = fieldMeta(fieldOf(schema, name));
    const isUri = typeof soft === 'string' && soft.includes('://');
    gentle[name] = isUri ? (fromUri?.(soft) ?? soft) : soft;
    if (isUri && properties['connection']) gentle['connection'] ??= connectionIn(soft);
  }
  const parsed = schema.safeParse(gentle, { error: zodMessage });
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(issue => {
    const where = issue.path.join('.');
    if (issue.path.length !== 1) return `${where}: ${issue.message}`;
    const { description, ...property } = properties[where] ?? {};
    // A pattern without words of its own says less than what the argument is.
    if (gentle[where] !== undefined)
      return description && issue.code === 'invalid_format' && issue.message.startsWith('Invalid')
        ? `${where} must be: ${String(description)}`
        : `${where}: ${issue.message}`;
    const meaning = description ?? choices(property).join(', ');
    return `"${where}" is missing${meaning ? ` (${String(meaning)})` : ''}`;
  });
  throw badArguments(tool, issues.join('; '), published);
}

/** Our own URIs say it; what is in somebody else's address chooses no account. */
function connectionIn(uri: string): string | undefined {
  const { protocol, searchParams } = URL.canParse(uri) ? new URL(uri) : {};
  return protocol?.startsWith('http') ? undefined : (searchParams?.get('connection') ?? undefined);
}

function soften(value: unknown, schema: JsonSchema): unknown {
  const soft = typeof value === 'string' ? softText(value, schema) : softValue(value, schema);
  if (Array.isArray(soft)) return softList(soft, schema);
  return typeof soft === 'object' && soft !== null ? softMembers(soft, schema) : soft;
}

function softText(value: string, schema: JsonSchema): unknown {
  const text = value.trim();
  if (text === 'null' && !accepts(schema, 'string')) return null;
  const words = choices(schema);
  if (accepts(schema, 'array') || accepts(schema, 'object')) {
    if (/^[[{]/.test(text)) {
      const parsed = tryJson(text);
      if (typeof parsed === 'object') return softValue(parsed, schema);
    }
    const isOneText = accepts(schema, 'string') && (words.length === 0 || words.includes(text));
    return takesSeveral(schema) && !isOneText ? withCommas(text) : value;
  }
  if (accepts(schema, 'string') && words.length === 0) return value;
  if (accepts(schema, 'number') && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (accepts(schema, 'boolean') && /^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  return words.find(word => String(word).toLowerCase() === text.toLowerCase()) ?? value;
}

function softValue(value: unknown, schema: JsonSchema): unknown {
  const kind = typeof value;
  // One value where a list belongs.
  if (takesSeveral(schema) && !accepts(schema, kind) && (isScalar(value) || isRow(value))) return [value];
  // An id that happens to be a figure, a variable that happens to be true.
  if (isScalar(value) && accepts(schema, 'string') && !accepts(schema, kind)) return String(value);
  return value;
}

/** Several of a thing. Where a list is as good as an object, JSON is meant, and what is neither is not made a list of. */
const takesSeveral = (schema: JsonSchema) => accepts(schema, 'array') && !accepts(schema, 'object');

/** The values of a list, or of a map that is written as a list of pairs. */
function softList(values: unknown[], schema: JsonSchema): unknown {
  if (!accepts(schema, 'array')) return pairs(values, schema) ?? values;
  const items = alternatives(schema).find(({ type }) => type === 'array')?.['items'];
  return isRow(items) ? values.map(one => soften(one, items)) : values;
}

function pairs(values: unknown[], schema: JsonSchema): unknown {
  const isPair = (one: unknown) => isRow(one) && typeof one['key'] === 'string' && Object.keys(one).length === 2;
  if (!accepts(schema, 'object') || !values.every(one => isPair(one) && 'value' in (one as Row))) return undefined;
  return softMembers(Object.fromEntries((values as Row[]).map(({ key, value }) => [key, value])), schema);
}

function softMembers(value: object, schema: JsonSchema): unknown {
  const { properties, additionalProperties } =
    alternatives(schema).find(({ type, properties }) => type === 'object' || properties) ?? {};
  const of = (name: string) => (isRow(properties) && properties[name]) || additionalProperties;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => {
      const member = of(name);
      return [name, isRow(member) ? soften(one, member) : one];
    }),
  );
}

/** Whether a JSON Schema lets a value of this type through, in any of its alternatives. */
const accepts = (schema: JsonSchema, type: string): boolean =>
  alternatives(schema).some(one => {
    const types = [one['type']].flat();
    return types.includes(type) || (type === 'number' && types.includes('integer'));
  });

/** The fixed words among the alternatives, for example "all". */
const choices = (schema: JsonSchema): unknown[] =>
  alternatives(schema)
    .flatMap(one => [one['const'], one['enum']].flat())
    .filter(one => one !== undefined);

// Published schemas stay as they are, and every argument of every call asks several times.
const flattened = new WeakMap<JsonSchema, readonly JsonSchema[]>();

function alternatives(schema: JsonSchema): readonly JsonSchema[] {
  const known = flattened.get(schema);
  if (known) return known;
  const inner = [schema['anyOf'], schema['oneOf']].filter(Array.isArray).flat() as JsonSchema[];
  const all = [schema, ...inner.flatMap(alternatives)];
  flattened.set(schema, all);
  return all;
}

const withCommas = (text: string) =>
  text
    .split(',')
    .map(part => part.trim())
    .filter(Boolean);

const isScalar = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value);

function tryJson(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}

function unknownArgument(tool: string, name: string, valid: readonly string[]): Fault {
  const near = nearest(name, valid);
  return new Fault({
    code: 'bad_arguments',
    message: `${tool} has no argument "${name}".`,
    hint: `${near ? `Did you mean "${near}"? ` : ''}${valid.length ? `It takes: ${valid.join(', ')}.` : 'It takes none.'}`,
  });
}

function badArguments(tool: string, message: string, published: JsonSchema): Fault {
  const required = (published['required'] as string[] | undefined) ?? [];
  const names = Object.keys((published['properties'] ?? {}) as object).map(name =>
    required.includes(name) ? name : `${name} (optional)`,
  );
  return new Fault({
    code: 'bad_arguments',
    message: `Arguments of ${tool}: ${message}.`,
    hint: names.length ? `It takes: ${names.join(', ')}.` : 'It takes no arguments.',
  });
}
