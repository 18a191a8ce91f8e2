import { parseJson } from '../base/json.ts';
import { isRow, type Row } from '../base/json-value.ts';

type JsonSchema = Row;

/**
 * A value as the schema would have it, where the caller plainly means that: JSON in strings, numbers in strings, one
 * value for a list, a list of pairs for a map. What is not plain stays as it is, and is judged by the schema.
 */
export function soften(value: unknown, schema: JsonSchema): unknown {
  const soft = typeof value === 'string' ? softText(value, schema) : softValue(value, schema);
  if (Array.isArray(soft)) return softList(soft, schema);
  return typeof soft === 'object' && soft !== null ? softMembers(soft, schema) : soft;
}

function softText(value: string, schema: JsonSchema): unknown {
  const text = value.trim();
  if (text === 'null' && !accepts(schema, 'string')) return null;
  // Anything may stand here, so it is published as JSON in a text; a text that is none stands for itself.
  if (isOpen(schema)) return tryJson(text);
  const words = choices(schema);
  if (accepts(schema, 'array') || accepts(schema, 'object')) {
    if (/^[[{]/.test(text)) {
      const parsed = tryJson(text);
      if (typeof parsed === 'object') return softValue(parsed, schema);
    }
    const named = assignments(text, schema);
    if (named) return softMembers(named, schema);
    const word = wordOf(text, schema);
    if (word !== undefined) return word;
    return takesSeveral(schema) && !takesAnyText(schema) ? withCommas(text) : value;
  }
  if (accepts(schema, 'string') && words.length === 0) return value;
  if (accepts(schema, 'number') && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (accepts(schema, 'boolean') && /^(true|false|yes|no)$/i.test(text)) return /^(true|yes)$/i.test(text);
  return wordOf(text, schema) ?? value;
}

/** The fixed word that was meant, in whatever case. */
const wordOf = (text: string, schema: JsonSchema): unknown =>
  choices(schema).find(word => String(word).toLowerCase() === text.trim().toLowerCase());

/** The schema says nothing of a type: every value is right. */
const isOpen = (schema: JsonSchema): boolean =>
  ['type', 'anyOf', 'oneOf', 'enum', 'const'].every(keyword => schema[keyword] === undefined);

/** `NAME=value`, a line each, where texts by name are wanted. */
function assignments(text: string, schema: JsonSchema): Row | undefined {
  if (!alternatives(schema).some(one => isRow(one['additionalProperties']))) return undefined;
  const lines = text.split('\n').filter(line => line.trim() !== '');
  const pairs = lines.map(line => /^\s*([\w.-]+)=(.*?)\r?$/.exec(line));
  return pairs.length > 0 && pairs.every(pair => pair !== null)
    ? Object.fromEntries(pairs.map(([, name, value]) => [name, value]))
    : undefined;
}

function softValue(value: unknown, schema: JsonSchema): unknown {
  const kind = typeof value;
  // The word for all of them, as the list that is published has it.
  if (Array.isArray(value) && value.length === 1 && typeof value[0] === 'string') {
    const word = wordOf(value[0], schema);
    if (word !== undefined) return word;
  }
  // One value where a list belongs.
  if (takesSeveral(schema) && !accepts(schema, kind) && (isScalar(value) || isRow(value))) return [value];
  // An id that happens to be a figure, a variable that happens to be true.
  if (isScalar(value) && accepts(schema, 'string') && !accepts(schema, kind)) return String(value);
  return value;
}

/** One text is as good as a list: what its commas mean is for whoever knows the names. */
const takesAnyText = (schema: JsonSchema): boolean =>
  alternatives(schema).some(one => accepts(one, 'string') && choices(one).length === 0 && one['type'] === 'string');

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
    Object.entries(value)
      .map(([name, one]) => {
        const member = of(name);
        return [name, isRow(member) ? soften(one, member) : one] as const;
      })
      .filter(([name, one]) => !isAbsent(one, of(name))),
  );
}

/** Null for a member that cannot be null is a member that is not there. */
const isAbsent = (value: unknown, member: unknown): boolean =>
  value === null && isRow(member) && !isOpen(member) && !accepts(member, 'null');

/** Whether a JSON Schema lets a value of this type through, in any of its alternatives. */
export const accepts = (schema: JsonSchema, type: string): boolean =>
  alternatives(schema).some(one => {
    const types = [one['type']].flat();
    return types.includes(type) || (type === 'number' && types.includes('integer'));
  });

/** The fixed words among the alternatives, for example "all". */
export const choices = (schema: JsonSchema): unknown[] =>
  alternatives(schema)
    .flatMap(one => [one['const'], one['enum']].flat())
    .filter(one => one !== undefined);

// Published schemas stay as they are, and every argument of every call asks several times.
const flattened = new WeakMap<JsonSchema, readonly JsonSchema[]>();

export function alternatives(schema: JsonSchema): readonly JsonSchema[] {
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

export function tryJson(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}
