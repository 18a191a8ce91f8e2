import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { toolOutput } from '../../src/answers/schema.ts';
import { toolInput } from '../../src/calls/tool-input.ts';
import { jsonSchema } from '../../src/operations/json-schema.ts';
import { fieldMeta, type Operation, platformOf, routeOf, toolset } from '../../src/operations/operation.ts';
import { publishedInput } from '../../src/operations/published-input.ts';
import { uriTemplate } from '../../src/operations/uri-template.ts';
import { type Contract, type Endpoint, endpointOf, evidenceOf } from '../../src/providers/contract.ts';
import { providers } from '../../src/providers/index.ts';
import { operationsOf } from '../../src/providers/provider.ts';
import { readContract } from '../../src/server/manifest.ts';

interface FullContract extends Contract {
  endpoints: (Endpoint & { parameters: { name: string; in: string }[]; words: { word: string }[] })[];
}

const code = await Promise.all(
  providers.map(async provider => {
    const [loaded, contract] = await Promise.all([provider.load(), readContract(provider.name)]);
    return { provider, ...loaded, operations: operationsOf(loaded), contract: contract as FullContract };
  }),
);
const operations = code.flatMap(one => one.operations);
const contracts = new Map(code.map(({ provider, contract }) => [provider.name, contract]));
const contractOf = (platform: string) => contracts.get(platform) as FullContract;
const endpointIn = (operation: Operation) => endpointOf(contractOf(platformOf(operation)), operation);
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
      expect(endpointIn(operation), operation.route).toBeDefined();
    });

  it('sends only parameters that the contract knows', () => {
    if (operation.configured) return expect(operation.input.shape).toEqual({});
    const known = endpointIn(operation)?.parameters.map(parameter => parameter.name) ?? [];
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
    const { level, source, checked } = evidenceOf(contractOf(platformOf(operation)), operation);
    expect(['documented', 'observed', 'inferred']).toContain(level);
    expect(URL.canParse(source)).toBe(true);
    expect(checked).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  });

  it('publishes schemas with object roots, strict in and open out', () => {
    const input = publishedInput(toolInput(operation).accepted);
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

describe.each(code.map(one => [one.provider.name, one] as const))(
  '%s',
  (platform, { provider, operations, toolsets, runs, contract }) => {
    it('offers every operation that a file of its folder exports', async () => {
      const folder = new URL(`../../src/providers/${platform}/operations/`, import.meta.url);
      const files = await Promise.all((await readdir(folder)).map(name => import(new URL(name, folder).href)));
      // The records themselves: a file that was left behind exports others of the same names.
      const exported = toolset('all', ...files).operations;
      expect(exported.filter(one => !operations.includes(one)).map(({ name }) => name)).toEqual([]);
    });

    it('has no toolset twice, and none without operations', () => {
      const names = toolsets.map(toolset => toolset.name);
      expect(new Set(names).size).toBe(names.length);
      for (const toolset of toolsets) expect(toolset.operations, toolset.name).not.toEqual([]);
    });

    it('names each operation once', () => {
      const names = operations.map(operation => operation.name);
      expect(new Set(names).size).toBe(names.length);
    });

    it('has default toolsets that exist', () => {
      expect(toolsets.map(toolset => toolset.name)).toEqual(expect.arrayContaining([...provider.defaultToolsets]));
    });

    it('knows only status words that the contract has', () => {
      const words = contract.endpoints.flatMap(endpoint => endpoint.words.map(({ word }) => word));
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
  },
);
