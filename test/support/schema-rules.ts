/** How somebody who serves models takes the schema of a tool's arguments. */
export interface SchemaRules {
  name: string;
  source: string;
  /** What the usual converters change on the way, before the schema is judged. */
  convert?: (schema: JsonSchema) => JsonSchema;
  /** Keywords that mean something there. */
  keywords: readonly string[];
  /** Of the other keywords those that are ignored or taken off; the rest is refused. Each has its reason. */
  dropped: Readonly<Record<string, string>>;
  toolName: RegExp;
  mostDepth?: number;
  mostProperties?: number;
  mostOptional?: number;
  /** Every object names all it holds, and says so. */
  closed?: true;
  /** Every property of an object is required. */
  allRequired?: true;
  /** An object without properties is refused, but for the root of a tool without arguments. */
  fullObjects?: true;
}

export type JsonSchema = Record<string, unknown>;

const basics = ['type', 'description', 'properties', 'required', 'items', 'enum'];
const bounds = ['minimum', 'maximum', 'minItems', 'maxItems'];

/** Adds what strict mode demands, as the converters of agent frameworks do: what was optional may be null. */
function strict(schema: JsonSchema): JsonSchema {
  const {
    properties,
    items,
    required = [],
  } = schema as { properties?: Record<string, JsonSchema>; items?: JsonSchema } & {
    required?: string[];
  };
  if (items) return { ...schema, items: strict(items) };
  if (!properties) return schema;
  const nullable = (one: JsonSchema) =>
    typeof one['type'] === 'string' ? { ...one, type: [one['type'], 'null'] } : one;
  const members = Object.entries(properties).map(([name, one]) => [
    name,
    required.includes(name) ? strict(one) : nullable(strict(one)),
  ]);
  return {
    ...schema,
    properties: Object.fromEntries(members),
    required: Object.keys(properties),
    additionalProperties: false,
  };
}

/** Looked up on 2026-12-01. */
export const rules: readonly SchemaRules[] = [
  {
    name: 'OpenAI functions',
    source: 'https://platform.openai.com/docs/guides/function-calling',
    keywords: [...basics, ...bounds, 'additionalProperties', 'anyOf', 'const', 'format', 'pattern', 'default'],
    dropped: {},
    toolName: /^[a-zA-Z0-9_-]{1,64}$/,
  },
  {
    name: 'OpenAI functions, strict',
    source: 'https://platform.openai.com/docs/guides/structured-outputs/supported-schemas',
    convert: strict,
    keywords: [...basics, ...bounds, 'additionalProperties', 'anyOf', 'const', 'format', 'pattern'],
    dropped: {},
    toolName: /^[a-zA-Z0-9_-]{1,64}$/,
    mostDepth: 10,
    mostProperties: 5000,
    closed: true,
    allRequired: true,
  },
  {
    name: 'Gemini parameters',
    source: 'https://ai.google.dev/api/caching#Schema',
    keywords: [...basics, ...bounds, 'title', 'nullable', 'minLength', 'maxLength', 'pattern', 'anyOf'],
    dropped: {
      additionalProperties:
        'The schema has no such field, so every converter takes it off; the server refuses such names.',
      'object without properties': 'Converters leave the parameters of a tool without arguments out.',
    },
    toolName: /^[a-zA-Z_][a-zA-Z0-9_.-]{0,63}$/,
    fullObjects: true,
  },
  {
    name: 'Gemini parametersJsonSchema',
    source: 'https://ai.google.dev/gemini-api/docs/structured-output#json_schema_support',
    keywords: [...basics, ...bounds, 'title', 'additionalProperties', 'anyOf', 'format', 'prefixItems'],
    dropped: {},
    toolName: /^[a-zA-Z_][a-zA-Z0-9_.-]{0,63}$/,
  },
  {
    name: 'Anthropic tools',
    source: 'https://platform.claude.com/docs/en/agents-and-tools/tool-use/define-tools',
    keywords: [...basics, ...bounds, 'additionalProperties', 'anyOf', 'const', 'format', 'pattern', 'default'],
    dropped: {},
    toolName: /^[a-zA-Z0-9_-]{1,64}$/,
  },
  {
    name: 'Anthropic tools, strict',
    source: 'https://platform.claude.com/docs/en/build-with-claude/structured-outputs#json-schema-limitations',
    keywords: [...basics, 'additionalProperties', 'anyOf', 'const', 'format'],
    dropped: {},
    toolName: /^[a-zA-Z0-9_-]{1,64}$/,
    mostOptional: 24,
    closed: true,
  },
];

/**
 * What a set of rules says against a schema: what would be refused, and what would only be dropped. A property has one
 * type and a list one kind of items everywhere, also where a provider would take more: some client between loses it.
 */
export function judge(tool: { name: string; schema: JsonSchema }, by: SchemaRules) {
  const refused: string[] = [];
  const dropped = new Set<string>();
  const counted = { properties: 0, optional: 0 };
  const say = (path: string, what: string) => refused.push(`${tool.name}${path}: ${what}`);
  if (!by.toolName.test(tool.name)) say('', 'its name');

  function look(schema: JsonSchema, path: string, depth: number): void {
    const types = [schema['type']].flat();
    if (schema['type'] === undefined) say(path, 'no type');
    if (types.length > 1 && !(by.convert && types.length === 2 && types[1] === 'null')) say(path, 'several types');
    for (const keyword of Object.keys(schema)) {
      if (by.keywords.includes(keyword)) continue;
      if (keyword in by.dropped) dropped.add(keyword);
      else say(path, keyword);
    }
    if (by.mostDepth !== undefined && depth > by.mostDepth) say(path, 'too deep');
    const { enum: words, items } = schema;
    if (Array.isArray(words) && !words.every(word => typeof word === 'string')) say(path, 'a word that is no text');
    if (types.includes('array')) {
      if (typeof items === 'object' && items !== null) look(items as JsonSchema, `${path}[]`, depth + 1);
      else say(path, 'a list of anything');
    }
    if (types.includes('object')) lookInside(schema, path, depth);
  }

  function lookInside(schema: JsonSchema, path: string, depth: number): void {
    const { required = [] } = schema as { required?: string[] };
    const members = Object.entries((schema['properties'] ?? {}) as Record<string, JsonSchema>);
    const names = members.map(([name]) => name);
    const isRoot = path === '';
    if (members.length === 0 && by.fullObjects && isRoot) dropped.add('object without properties');
    else if (members.length === 0 && !isRoot) say(path, 'an object of anything');
    if (by.closed && schema['additionalProperties'] !== false) say(path, 'an open object');
    if (!required.every(name => names.includes(name))) say(path, 'something required that is not there');
    if (by.allRequired && required.length < names.length) say(path, 'something optional');
    counted.properties += names.length;
    counted.optional += names.length - required.length;
    for (const [name, member] of members) look(member, `${path}.${name}`, depth + 1);
  }

  look(by.convert ? by.convert(tool.schema) : tool.schema, '', 0);
  if (by.mostProperties !== undefined && counted.properties > by.mostProperties) say('', 'too many properties');
  if (by.mostOptional !== undefined && counted.optional > by.mostOptional) say('', 'too many optional arguments');
  return { refused, dropped: [...dropped] };
}
