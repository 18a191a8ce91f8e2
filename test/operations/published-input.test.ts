import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseArguments } from '../../src/calls/arguments.ts';
import { toolInput } from '../../src/calls/tool-input.ts';
import { jsonSchema } from '../../src/operations/json-schema.ts';
import { publishedInput } from '../../src/operations/published-input.ts';
import { providers } from '../../src/providers/index.ts';
import { operationsOf } from '../../src/providers/provider.ts';
import { loadManifest } from '../../src/server/manifest.ts';
import { generalTools } from '../../src/tools/general.ts';
import { type JsonSchema, judge, rules } from '../support/schema-rules.ts';

interface Published {
  name: string;
  schema: JsonSchema;
  output?: JsonSchema;
  isDefault: boolean;
}

let tools: Published[];
beforeAll(async () => {
  const { platforms, general, details } = await loadManifest();
  const operations = Object.values(platforms).flatMap(one => one.operations);
  const isDefault = ({ platform, toolset }: (typeof operations)[number]) =>
    providers.some(({ name, defaultToolsets }) => name === platform && defaultToolsets.includes(toolset));
  tools = [
    ...general.map(({ name, input, output }) => ({
      name,
      schema: input,
      isDefault: true,
      ...(output ? { output } : {}),
    })),
    ...(await Promise.all(
      operations.map(async one => {
        const { input, output } = await details(one);
        return { name: one.name, schema: input, output, isDefault: isDefault(one) };
      }),
    )),
  ];
}, 120_000);

describe.each(rules)('$name', by => {
  it('refuses no schema of the default tools, nor of any other', () => {
    expect(tools.filter(one => one.isDefault).length).toBeGreaterThan(50);
    expect(tools.length).toBeGreaterThan(400);
    expect(tools.flatMap(tool => judge(tool, by).refused)).toEqual([]);
  });

  it('drops only what the table has a reason for', () => {
    const dropped = new Set(tools.flatMap(tool => judge(tool, by).dropped));
    expect([...dropped].sort()).toEqual(Object.keys(by.dropped).sort());
  });
});

it('loses at most a dozen things on the way to all of them', () => {
  expect(rules.flatMap(({ dropped }) => Object.values(dropped)).length).toBeLessThanOrEqual(12);
});

it('would find each thing that a provider refuses', () => {
  const of = (property: JsonSchema) => ({
    name: 'tool',
    schema: { type: 'object', properties: { one: property }, additionalProperties: false },
  });
  const wrong = (property: JsonSchema) => rules.filter(by => judge(of(property), by).refused.length > 0).length;
  expect(wrong({ type: 'string' })).toBe(0);
  for (const property of [
    { description: 'anything' },
    { type: ['string', 'number'] },
    { type: 'array' },
    { type: 'array', items: {} },
    { type: 'object' },
    { type: 'object', properties: {}, additionalProperties: { type: 'string' } },
    { type: 'integer', enum: [1, 2] },
    { anyOf: [{ type: 'integer' }, { type: 'string', const: 'all' }], description: 'Rows' },
  ])
    expect(wrong(property), JSON.stringify(property)).toBe(rules.length);
  for (const property of [
    { type: 'string', minLength: 1 },
    { type: 'string', format: 'uuid' },
    { type: 'string', default: 'x' },
    { type: 'string', const: 'x' },
    { type: 'integer', minimum: 1 },
  ])
    expect(wrong(property), JSON.stringify(property)).toBeGreaterThan(0);
});

it('publishes schemas that a validator without formats takes, arguments and answers', () => {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
  for (const { name, schema, output } of tools) {
    expect(() => ajv.compile(schema), name).not.toThrow();
    if (output) expect(() => ajv.compile(output), name).not.toThrow();
  }
});

/** A value as the published schema has it: ids and mixed things as text, what is open as JSON in a text. */
function respelt(value: unknown, schema: JsonSchema | undefined): unknown {
  const { type, items, properties } = (schema ?? {}) as { type?: string; items?: JsonSchema } & {
    properties?: Record<string, JsonSchema>;
  };
  if (type === 'string') return typeof value === 'string' ? value : JSON.stringify(value);
  if (type === 'array') return [value].flat().map(one => respelt(one, items));
  if (type !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value as object).map(([name, one]) => [name, respelt(one, properties?.[name])]),
  );
}

it('takes what it publishes: the example of every record, spelt as its schema says', async () => {
  const ajv = new Ajv2020({ strict: true });
  const loaded = await Promise.all(providers.map(one => one.load()));
  for (const record of loaded.flatMap(operationsOf)) {
    const input = toolInput(record);
    const published = publishedInput(input.accepted);
    const spelt = respelt(record.example.arguments, published) as JsonSchema;
    expect(ajv.validate(published, spelt), `${record.name} ${JSON.stringify(spelt)}`).toBe(true);
    const read = (given: unknown) => parseArguments(record.name, input, given).values;
    expect(read(spelt), record.name).toEqual(read(record.example.arguments));
  }
});

it('takes from general tools what they publish', () => {
  const read = generalTools.find(({ name }) => name === 'read_result');
  if (!read) throw new Error('read_result is gone');
  const input = { schema: read.input, accepted: jsonSchema(read.input, 'input'), risk: 'reads' } as const;
  const parsed = (given: unknown) => parseArguments('read_result', input, given).values;
  const where = (value: unknown) => ({ result: 'result://a', where: [{ column: 'hole', op: 'in', value }] });
  expect(parsed(where('["1E5", "DDH2"]'))).toEqual(where(['1E5', 'DDH2']));
  // A value keeps its spelling: it may be an id that looks like a number.
  expect(parsed(where('1E5'))).toEqual(where('1E5'));
});
