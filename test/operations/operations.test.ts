import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { toolOutput } from '../../src/answers/schema.ts';
import { toolInput } from '../../src/calls/tool-input.ts';
import { jsonSchema } from '../../src/operations/json-schema.ts';
import { fieldMeta, type Operation, platformOf, routeOf } from '../../src/operations/operation.ts';
import { uriTemplate } from '../../src/operations/uri-template.ts';
import { providers } from '../../src/providers/index.ts';

interface Contract {
  endpoints: {
    method: string;
    path: string | null;
    parameters: { name: string; in: string }[];
    words: { word: string }[];
  }[];
}

const contracts = new Map<string, Contract>();
function contractOf(platform: string): Contract {
  const path = new URL(`../../src/providers/${platform}/contract.json`, import.meta.url);
  const contract = contracts.get(platform) ?? (JSON.parse(readFileSync(path, 'utf8')) as Contract);
  contracts.set(platform, contract);
  return contract;
}

const shapeOf = (path: string) => path.replace(/\{[^}]*\}/g, '{}');

/** The vendor's description of the route, found by its shape: parameter names may differ, positions may not. */
function endpointOf(operation: Operation) {
  const { method, path } = routeOf(operation);
  return contractOf(platformOf(operation)).endpoints.find(
    one => one.method === method && one.path !== null && shapeOf(one.path) === shapeOf(path),
  );
}

const code = await Promise.all(providers.map(async provider => ({ provider, ...(await provider.load()) })));
const operations = code.flatMap(one => one.operations);
const pathNames = (operation: Operation) =>
  [...routeOf(operation).path.matchAll(/\{(\w+)\*?\}/g)].map(([, name]) => name);

describe.each(operations.map(operation => [operation.name, operation] as const))('%s', (name, operation) => {
  it('has a name that every host takes, after its platform', () => {
    expect(name).toMatch(/^[a-z0-9_]{1,40}$/);
    expect(providers.map(provider => provider.name)).toContain(platformOf(operation));
  });

  it('says what it does in a sentence or two', () => {
    expect(operation.summary).toMatch(/^[A-Z].*\.$/s);
    expect(operation.summary.length).toBeLessThanOrEqual(400);
  });

  // What the platform cannot list comes from the configuration, and has no route.
  if (!operation.configured)
    it('has a route that the contract knows', () => {
      expect(endpointOf(operation), operation.route).toBeDefined();
    });

  it('sends only parameters that the contract knows', () => {
    if (operation.configured) return expect(operation.input.shape).toEqual({});
    const known = endpointOf(operation)?.parameters.map(parameter => parameter.name) ?? [];
    const inPath = pathNames(operation);
    const sent = Object.entries(operation.input.shape)
      .filter(([field, schema]) => !inPath.includes(field) && fieldMeta(schema as z.ZodType).in !== 'local')
      .map(([field, schema]) => fieldMeta(schema as z.ZodType).wire ?? field);
    expect(known).toEqual(expect.arrayContaining(sent));
  });

  it('describes every argument', () => {
    for (const [field, schema] of Object.entries(operation.input.shape))
      expect(fieldMeta(schema as z.ZodType).description, field).toBeTruthy();
  });

  it('has an example that its input takes', () => {
    expect(operation.input.safeParse(operation.example.arguments).error).toBeUndefined();
  });

  it('says where its facts come from', () => {
    const { level, source, checked } = operation.evidence;
    expect(['documented', 'observed', 'inferred']).toContain(level);
    expect(URL.canParse(source)).toBe(true);
    expect(checked).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  });

  it('publishes schemas with object roots, strict in and open out', () => {
    const input = toolInput(operation).published;
    expect(input).toMatchObject({ type: 'object', additionalProperties: false });
    expect(z.fromJSONSchema(input as never)).toBeDefined();
    const output = JSON.stringify(jsonSchema(toolOutput(operation), 'output'));
    expect(output).not.toContain('"additionalProperties":false');
  });

  it('answers in one way only', () => {
    const ways = [operation.paging, operation.starts, operation.collect].filter(Boolean);
    expect(ways.length).toBeLessThanOrEqual(1);
    if (operation.paging) expect(operation.send).toBeUndefined();
  });

  const { resource } = operation;
  if (!resource) return;
  it('has a resource whose variables are arguments', () => {
    const { variables } = uriTemplate(resource.uri);
    expect(Object.keys(operation.input.shape)).toEqual(expect.arrayContaining([...variables]));
    const required = Object.entries(operation.input.shape).filter(
      ([, schema]) => !(schema as z.ZodType).safeParse(undefined).success,
    );
    expect([...variables]).toEqual(expect.arrayContaining(required.map(([field]) => field)));
  });
});

describe.each(code.map(one => [one.provider.name, one] as const))('%s', (name, { provider, operations, runs }) => {
  it('names each operation once', () => {
    const names = operations.map(operation => operation.name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('has default toolsets that exist', () => {
    const toolsets = operations.map(operation => operation.toolset);
    expect(toolsets).toEqual(expect.arrayContaining([...provider.defaultToolsets]));
  });

  it('knows only status words that the contract has', () => {
    const words = contractOf(name).endpoints.flatMap(endpoint => endpoint.words.map(({ word }) => word));
    for (const run of runs) expect(words).toEqual(expect.arrayContaining(Object.keys(run.words)));
  });

  it("cancels a run by an operation of its own that takes the run's variables", () => {
    for (const { cancel, uri } of runs.filter(run => run.cancel !== undefined)) {
      const found = operations.find(operation => operation.name === cancel);
      expect(found, cancel).toBeDefined();
      expect(Object.keys(found?.input.shape ?? {})).toEqual([...uriTemplate(uri).variables]);
    }
  });

  it('needs code of its own in less than a third of its operations', () => {
    const own = operations.filter(({ send, collect }) => send ?? collect);
    expect(own.length).toBeLessThan(operations.length / 3);
  });
});
