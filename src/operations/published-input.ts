import { isRow } from '../base/json-value.ts';
import { isIdName, type JsonSchema } from './json-schema.ts';

/**
 * The arguments as models and clients see them, in the few keywords that no provider of models refuses: one type for
 * each property, closed objects with properties, lists of one kind, words to choose from. What has several forms is
 * published as text, and what is open as JSON in a text; calls are read gently (`parseArguments`), so that the other
 * forms are taken too. Bounds, patterns and defaults are checked here and told in words.
 */
export function publishedInput(accepted: JsonSchema): JsonSchema {
  return closedObject(accepted);
}

/** One property: its form, and its description with what the form does not say. */
function published(schema: JsonSchema, name: string): JsonSchema {
  const { notes = [], ...form } = formOf(schema, name);
  const description = described(schema, notes);
  return { ...form, ...(description ? { description } : {}) };
}

interface Form extends JsonSchema {
  /** What the description has to say besides. */
  notes?: string[];
}

function formOf(schema: JsonSchema, name: string): Form {
  const forms = alternativesOf(schema).filter(({ type }) => type !== 'null');
  const lists = forms.filter(({ type }) => type === 'array');
  const objects = forms.filter(one => one['type'] === 'object' || one['properties'] !== undefined);
  const [list] = lists;
  const [object] = objects;
  const scalars = forms.filter(one => !lists.includes(one) && !objects.includes(one));
  const isNamed = scalars.length > 0 && scalars.every(one => one['const'] !== undefined);
  if (list && objects.length === 0 && (scalars.length === 0 || isNamed)) return listForm(list, name);
  if (object && lists.length === 0 && scalars.length === 0) return objectForm(object);
  if (lists.length || objects.length) return textForm([...lists, ...objects], scalars.length > 0);
  return scalarForm(scalars, name);
}

/** The schema, or what it is one of; a list of types is several. */
function alternativesOf(schema: JsonSchema): JsonSchema[] {
  const inner = [schema['anyOf'], schema['oneOf']].filter(Array.isArray).flat() as JsonSchema[];
  if (inner.length > 0) return inner.flatMap(alternativesOf);
  const { type } = schema;
  return Array.isArray(type) ? type.map(one => ({ ...schema, type: one })) : [schema];
}

function listForm(list: JsonSchema, name: string): Form {
  const items = isRow(list['items']) ? list['items'] : {};
  const { notes = [], ...form } = formOf(items, name);
  // A list of texts that are each JSON would be harder to write than the list as JSON.
  if (notes.length > 0 && form['type'] === 'string') return { type: 'string', notes: ['JSON list'] };
  return { type: 'array', items: published(items, name) };
}

function objectForm(object: JsonSchema): Form {
  return Object.keys(object['properties'] ?? {}).length === 0
    ? { type: 'string', notes: ['JSON object'] }
    : closedObject(object);
}

function closedObject({ properties, required }: JsonSchema): JsonSchema {
  const members = Object.entries((properties ?? {}) as Record<string, JsonSchema>);
  return {
    type: 'object',
    properties: Object.fromEntries(members.map(([name, member]) => [name, published(member, name)])),
    ...(Array.isArray(required) && required.length > 0 ? { required } : {}),
    additionalProperties: false,
  };
}

/** Text for what may be a list or an object as well: several of the same are read at commas, the rest is JSON. */
function textForm(others: readonly JsonSchema[], isAlsoText: boolean): Form {
  const isSeveral = isAlsoText && others.every(({ items }) => isRow(items) && scalarTypes.has(String(items['type'])));
  if (isSeveral) return { type: 'string' };
  return { type: 'string', notes: [isAlsoText ? 'or JSON' : 'JSON'] };
}

const scalarTypes: ReadonlySet<string> = new Set(['string', 'number', 'integer', 'boolean']);

function scalarForm(scalars: readonly JsonSchema[], name: string): Form {
  const kinds = new Set(scalars.map(({ type }) => type));
  const [kind] = kinds;
  if (kinds.has(undefined)) return { type: 'string', notes: ['JSON'] };
  const isNumber = [...kinds].every(one => one === 'integer' || one === 'number');
  if (isNumber && !isIdName(name)) return { type: kinds.has('number') ? 'number' : 'integer' };
  if (kinds.size === 1 && kind === 'boolean') return { type: 'boolean' };
  const words = scalars.map(one => one['enum'] ?? (one['const'] === undefined ? undefined : [one['const']]));
  const choices = words.every(Array.isArray) ? { enum: [...new Set(words.flat())] } : {};
  return { type: 'string', ...choices };
}

/** How a format is told in a description that does not name it already. */
const formats: Readonly<Record<string, { words: string; told: RegExp }>> = {
  date: { words: 'YYYY-MM-DD', told: /YYYY/ },
  'date-time': { words: 'ISO 8601', told: /ISO 8601/ },
  email: { words: 'email address', told: /e-?mail/i },
  uri: { words: 'URL', told: /URL|address|link/i },
  uuid: { words: 'UUID', told: /UUID/i },
};

function described(schema: JsonSchema, notes: readonly string[]): string {
  const { description = '', format, default: fallback } = schema as { description?: string } & JsonSchema;
  const form = formats[String(format)];
  const told = [
    ...notes.filter(note => !description.includes('JSON') || note === 'or JSON'),
    ...(form && !form.told.test(description) ? [form.words] : []),
    ...(isTold(fallback, description) ? [] : [`default ${String(fallback)}`]),
  ];
  if (told.length === 0) return description;
  return description ? `${description} (${told.join('; ')})` : told.join('; ');
}

/** An empty default says nothing; one that the description has is not told again. */
function isTold(fallback: unknown, description: string): boolean {
  if (fallback === undefined || fallback === '' || typeof fallback === 'object') return true;
  return /default/i.test(description);
}
