import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type * as z from 'zod';
import { fieldMeta, type Operation, routeOf } from '../../src/operation.ts';
import { dataopsCode } from '../../src/providers/dataops/operations.ts';

// GitLab's own description, where it lies beside the project: 870 KB that nobody else needs.
const file =
  process.env['GITLAB_OPENAPI'] ??
  fileURLToPath(new URL('../../../shared/contracts/gitlab-openapi.yaml', import.meta.url));

interface Endpoint {
  fields: Set<string>;
  body?: string;
}

const shapeOf = (path: string) => path.replace(/\{[^}]*\}/g, '{}');
const bare = (name: string) => name.replace(/\[.*$/, '');

/** Routes with the names of what they take. The file is machine-made, so that its indents say what is what. */
function readDescription(text: string): Map<string, Endpoint> {
  const endpoints = new Map<string, Endpoint>();
  const bodies = new Map<string, Set<string>>();
  let [path, schema] = ['', ''];
  let endpoint: Endpoint | undefined;
  let inProperties = false;
  for (const line of text.split('\n')) {
    const [, own] = /^ {2}'?(\/[^':]*)'?:$/.exec(line) ?? [];
    const [, method] = /^ {4}(get|post|put|patch|delete|head):$/.exec(line) ?? [];
    const [, parameter] = /^ {6}- name: '?([^']+)'?$/.exec(line) ?? [];
    const [, body] = /^ {14}\$ref: '#\/components\/schemas\/(Req_\w+)'$/.exec(line) ?? [];
    const [, component] = /^ {4}(\w+):$/.exec(line) ?? [];
    if (own) path = own;
    else if (method) {
      endpoint = { fields: new Set() };
      endpoints.set(`${method.toUpperCase()} ${shapeOf(path)}`, endpoint);
    } else if (parameter) endpoint?.fields.add(bare(parameter));
    else if (body && endpoint) endpoint.body = body;
    else if (component) [schema, inProperties] = [component, false];
    else if (/^ {6}\w+:/.test(line)) inProperties = line.trim() === 'properties:';
    const [, property] = (inProperties && /^ {8}'?([\w[\]]+)'?:/.exec(line)) || [];
    if (property) bodies.set(schema, (bodies.get(schema) ?? new Set()).add(bare(property)));
  }
  for (const one of endpoints.values()) for (const name of bodies.get(one.body ?? '') ?? []) one.fields.add(name);
  return endpoints;
}

function sentBy({ input, route }: Operation): string[] {
  return Object.entries(input.shape).flatMap(([name, schema]) => {
    const { in: place, wire = name } = fieldMeta(schema as z.ZodType);
    return place === 'local' || route.includes(`{${name}}`) || route.includes(`{${name}*}`) ? [] : [bare(wire)];
  });
}

describe.skipIf(!existsSync(file))("GitLab's description", () => {
  const endpoints = existsSync(file) ? readDescription(readFileSync(file, 'utf8')) : new Map<string, Endpoint>();
  const endpointOf = (operation: Operation) => {
    const { method, path } = routeOf(operation);
    return endpoints.get(`${method} ${shapeOf(path)}`);
  };

  it('has every route', () => {
    expect(endpoints.size).toBeGreaterThan(200);
    const start = endpoints.get('POST /projects/{}/pipeline');
    expect([...(start?.fields ?? [])]).toEqual(['id', 'ref', 'variables', 'inputs']);
    const unknown = dataopsCode.operations.filter(one => !endpointOf(one)).map(({ name, route }) => `${name} ${route}`);
    expect(unknown).toEqual([]);
  });

  it('has every parameter and every field of a body', () => {
    const unknown = dataopsCode.operations.flatMap(one => {
      const known = endpointOf(one)?.fields;
      return sentBy(one)
        .filter(field => known && !known.has(field))
        .map(field => `${one.name} ${field}`);
    });
    expect(unknown).toEqual([]);
  });
});
