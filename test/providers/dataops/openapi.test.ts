import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type * as z from 'zod';
import { fieldMeta, type Operation, routeOf } from '../../../src/operations/operation.ts';
import { dataopsCode } from '../../../src/providers/dataops/operations/index.ts';
import { operationsOf } from '../../../src/providers/provider.ts';

// GitLab's own description, where it lies beside the project: 870 KB that nobody else needs.
const file =
  process.env['GITLAB_OPENAPI'] ??
  fileURLToPath(new URL('../../../../shared/contracts/gitlab-openapi.yaml', import.meta.url));

interface Schema {
  $ref?: string;
  properties?: Record<string, Schema>;
}
interface Route {
  parameters?: { name: string }[];
  requestBody?: { content?: Record<string, { schema?: Schema }> };
}

const shapeOf = (path: string) => path.replace(/\{[^}]*\}/g, '{}');
const bare = (name: string) => name.replace(/\[.*$/, '');

/** Routes with the names of what they take. */
function readDescription(text: string): Map<string, Set<string>> {
  const { paths, components } = parse(text) as {
    paths: Record<string, Record<string, Route>>;
    components: { schemas: Record<string, Schema> };
  };
  const fieldsOf = ({ $ref, properties = {} }: Schema = {}): string[] =>
    $ref ? fieldsOf(components.schemas[$ref.split('/').at(-1) as string]) : Object.keys(properties);
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody }]): [string, Set<string>] => {
      const inBody = Object.values(requestBody?.content ?? {}).flatMap(({ schema }) => fieldsOf(schema));
      const names = [...parameters.map(({ name }) => name), ...inBody].map(bare);
      return [`${method.toUpperCase()} ${shapeOf(path)}`, new Set(names)];
    }),
  );
  return new Map(routes);
}

function sentBy({ input, route }: Operation): string[] {
  return Object.entries(input.shape).flatMap(([name, schema]) => {
    const { in: place, wire = name } = fieldMeta(schema as z.ZodType);
    return place === 'local' || route.includes(`{${name}}`) || route.includes(`{${name}*}`) ? [] : [bare(wire)];
  });
}

describe.skipIf(!existsSync(file))("GitLab's description", () => {
  const endpoints = existsSync(file) ? readDescription(readFileSync(file, 'utf8')) : new Map<string, Set<string>>();
  const fieldsOf = (operation: Operation) => {
    const { method, path } = routeOf(operation);
    return endpoints.get(`${method} ${shapeOf(path)}`);
  };

  it('has every route', () => {
    expect(endpoints.size).toBeGreaterThan(200);
    const start = endpoints.get('POST /projects/{}/pipeline');
    expect([...(start ?? [])]).toEqual(['id', 'ref', 'variables', 'inputs']);
    const unknown = operationsOf(dataopsCode)
      .filter(one => !fieldsOf(one))
      .map(({ name, route }) => `${name} ${route}`);
    expect(unknown).toEqual([]);
  });

  it('has every parameter and every field of a body', () => {
    const unknown = operationsOf(dataopsCode).flatMap(one => {
      const known = fieldsOf(one);
      return sentBy(one)
        .filter(field => known && !known.has(field))
        .map(field => `${one.name} ${field}`);
    });
    expect(unknown).toEqual([]);
  });
});
