import { Fault } from '../errors.ts';
import { issueWords } from '../issues.ts';
import { fieldMeta, fieldOf } from '../operation.ts';
import { nearest } from '../references.ts';
import type { ToolInput } from './schema.ts';

type JsonSchema = Record<string, unknown>;

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
  const parsed = schema.safeParse(gentle, { error: issueWords });
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map(issue => {
    const where = issue.path.join('.');
    if (issue.path.length !== 1 || gentle[where] !== undefined) return `${where}: ${issue.message}`;
    const { description, ...property } = properties[where] ?? {};
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

function soften(value: unknown, property: JsonSchema): unknown {
  if (typeof value !== 'string') {
    // One value where a list belongs.
    if (accepts(property, 'array') && !accepts(property, typeof value) && isScalar(value)) return [value];
    // An id that happens to be a figure.
    if (typeof value === 'number' && accepts(property, 'string') && !accepts(property, 'number')) return String(value);
    return value;
  }
  const text = value.trim();
  if (text === 'null' && !accepts(property, 'string')) return null;
  if (accepts(property, 'array') || accepts(property, 'object')) {
    if (/^[[{]/.test(text)) {
      const parsed = tryJson(text);
      if (typeof parsed === 'object') return parsed;
    }
    if (accepts(property, 'array') && !accepts(property, 'string')) return withCommas(text);
    if (accepts(property, 'array') && !choices(property).includes(text) && choices(property).length)
      return withCommas(text);
    return value;
  }
  if (accepts(property, 'string') && choices(property).length === 0) return value;
  if (accepts(property, 'number') && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (accepts(property, 'boolean') && /^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
  return value;
}

/** Whether a JSON Schema lets a value of this type through, in any of its alternatives. */
function accepts(property: JsonSchema, type: string): boolean {
  const alternatives = [property['anyOf'], property['oneOf']].filter(Array.isArray).flat() as JsonSchema[];
  if (alternatives.length) return alternatives.some(one => accepts(one, type));
  const types = [property['type']].flat();
  return types.includes(type) || (type === 'number' && types.includes('integer'));
}

/** The fixed words among the alternatives, for example "all". */
function choices(property: JsonSchema): unknown[] {
  const alternatives = [property['anyOf'], property['oneOf']].filter(Array.isArray).flat() as JsonSchema[];
  return [property, ...alternatives]
    .flatMap(one => [one['const'], one['enum']].flat())
    .filter(one => one !== undefined);
}

const withCommas = (text: string) =>
  text
    .split(',')
    .map(part => part.trim())
    .filter(Boolean);

const isScalar = (value: unknown) => ['string', 'number', 'boolean'].includes(typeof value);

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export function unknownArgument(tool: string, name: string, valid: readonly string[]): Fault {
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
