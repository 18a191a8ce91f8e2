import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type * as z from 'zod';
import { fieldMeta, type Operation, routeOf } from '../../../src/operations/operation.ts';
import { dataopsCode } from '../../../src/providers/dataops/operations/index.ts';
import { operationsOf } from '../../../src/providers/provider.ts';

/** GitLab's own description of the families that a data engineer uses: each route with the names of what it takes. */
const described = JSON.parse(readFileSync(new URL('cases/described-routes.json', import.meta.url), 'utf8')) as Readonly<
  Record<string, string>
>;

const shapeOf = (path: string) => path.replace(/\{[^}]*\}/g, '{}');
const bare = (name: string) => name.replace(/\[.*$/, '');
const shaped = new Map(Object.entries(described).map(([line, names]) => [shapeOf(line), new Set(names.split(' '))]));

const records = operationsOf(dataopsCode);
const fieldsOf = (operation: Operation) => {
  const { method, path } = routeOf(operation);
  return shaped.get(`${method} ${shapeOf(path)}`);
};

function sentBy({ input, route }: Operation): string[] {
  return Object.entries(input.shape).flatMap(([name, schema]) => {
    const { in: place, wire = name } = fieldMeta(schema as z.ZodType);
    return place === 'local' || route.includes(`{${name}}`) || route.includes(`{${name}*}`) ? [] : [bare(wire)];
  });
}

/** What is described and is no operation here, and why not. */
const notOffered: Readonly<Record<string, string>> = {
  'POST /users': 'Administrators of the whole platform alone.',
  'PUT /users/{id}': 'Administrators of the whole platform alone.',
  'DELETE /users/{id}': 'Administrators of the whole platform alone.',
  'PUT /namespaces/{id}': 'Administrators of the whole platform alone: quotas that are paid for.',
  'GET /projects/{id}/issues/{issue_iid}/user_agent_detail': 'Administrators of the whole platform alone.',
  'POST /projects/{id}/issues/{issue_iid}/metric_images/authorize': "A step of the browser's own upload.",
  'GET /groups/{id}/-/search': 'The same as /groups/{id}/search.',
  'GET /projects/{id}/-/search': 'The same as /projects/{id}/search.',
  'POST /projects/{id}/ref/{ref}/trigger/pipeline': 'The same as /projects/{id}/trigger/pipeline with ref.',
  'HEAD /projects/{id}/repository/branches/{branch}': 'The same as GET, which tells more.',
  'HEAD /projects/{id}/repository/files/{file_path}/blame': 'The same as HEAD of the file itself.',
  'PUT /projects/{id}/repository/branches/{branch}/protect': 'An older form of /projects/{id}/protected_branches.',
  'PUT /projects/{id}/repository/branches/{branch}/unprotect': 'An older form of /projects/{id}/protected_branches.',
  'PUT /user/status': 'The same as PATCH, but empties what is not sent.',
  'POST /projects/{id}/merge_requests/{merge_request_iid}/approvals':
    'Deprecated since 16.0: approval rules took its place.',
};

describe("GitLab's description", () => {
  it('has every route', () => {
    expect(shaped.size).toBeGreaterThan(300);
    const unknown = records.filter(one => !fieldsOf(one)).map(({ name, route }) => `${name} ${route}`);
    expect(unknown).toEqual([]);
  });

  it('has every parameter and every field of a body', () => {
    const unknown = records.flatMap(one => {
      const known = fieldsOf(one);
      return sentBy(one)
        .filter(field => known && !known.has(field))
        .map(field => `${one.name} ${field}`);
    });
    expect(unknown).toEqual([]);
  });

  it('is offered whole, but for a short list', () => {
    const offered = new Set(records.map(one => `${routeOf(one).method} ${shapeOf(routeOf(one).path)}`));
    const left = Object.keys(described).filter(line => !offered.has(shapeOf(line)));
    expect(left.sort()).toEqual(Object.keys(notOffered).sort());
  });
});

// The description itself has 870 kB that nobody else needs. Whoever has it checks with it what is kept here:
// GITLAB_OPENAPI=gitlab-openapi.yaml npx vitest run test/providers/dataops/openapi.test.ts
const file = process.env['GITLAB_OPENAPI'];

interface Schema {
  $ref?: string;
  properties?: Record<string, Schema>;
}
interface Route {
  parameters?: { name: string }[];
  requestBody?: { content?: Record<string, { schema?: Schema }> };
}

function factsOf(text: string): Record<string, string> {
  const { paths, components } = parse(text) as {
    paths: Record<string, Record<string, Route>>;
    components: { schemas: Record<string, Schema> };
  };
  const inSchema = ({ $ref, properties = {} }: Schema = {}): string[] =>
    $ref ? inSchema(components.schemas[$ref.split('/').at(-1) as string]) : Object.keys(properties);
  const routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody }]): [string, string] => {
      const inBody = Object.values(requestBody?.content ?? {}).flatMap(({ schema }) => inSchema(schema));
      const names = [...parameters.map(({ name }) => name), ...inBody].map(bare);
      const own = names.filter(name => !path.includes(`{${name}}`));
      return [`${method.toUpperCase()} ${path}`, [...new Set(own)].sort().join(' ')];
    }),
  );
  return Object.fromEntries(routes);
}

it.runIf(file)('says what is kept of it', () => {
  expect(factsOf(readFileSync(file ?? '', 'utf8'))).toEqual(described);
});
