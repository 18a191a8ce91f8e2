import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { createRedactor } from '../../src/base/redact.ts';
import { operationContext, requestLine } from '../../src/calls/execute.ts';
import { References } from '../../src/calls/names/references.ts';
import { findSources } from '../../src/calls/request-body.ts';
import { Connections } from '../../src/connections/connections.ts';
import type { HttpReply, HttpRequest } from '../../src/http/request.ts';
import { operation } from '../../src/operations/operation.ts';
import { sourceArgument } from '../../src/results/transfer/source.ts';
import { freshStore, origin, pieces } from '../support/folder.ts';
import { connectionTo, newCall } from '../support/upstream.ts';

const facts = {
  risk: 'replaces',
  question: 'Replace it?',
  summary: 'Put data there.',
  output: z.looseObject({}),
} as const;

const putTable = operation({
  ...facts,
  name: 'acme_put_table',
  route: 'POST /tables/{table}',
  input: z.strictObject({ table: z.string(), source: sourceArgument().meta({ in: 'payload', source: 'csv' }) }),
  example: { arguments: { table: 't', source: [{ a: 1 }] } },
});

const sendForm = operation({
  ...facts,
  name: 'acme_send_form',
  route: 'POST /upload',
  input: z.strictObject({
    kind: z.string(),
    dry: z.boolean().optional(),
    source: sourceArgument().optional().meta({ wire: 'file', source: 'csv' }),
  }),
  example: { arguments: { kind: 'team', source: [{ a: 1 }] } },
});

async function world() {
  const { store, clock } = await freshStore();
  const sent: HttpRequest[] = [];
  const http = {
    async send(_: unknown, request: HttpRequest): Promise<HttpReply> {
      sent.push(request);
      return { status: 200, headers: {}, url: request.url, body: undefined };
    },
  };
  const parts = { clock, http: http as never, results: store, redactor: createRedactor(), folders: [] };
  const connections = new Connections([], []);
  const runtime = { ...parts, catalog: { readingOf: () => undefined }, connections, references: new References(clock) };
  const context = operationContext(runtime, connectionTo('https://acme.example'), newCall(clock));
  return { store, context, sent };
}

test('a source is the body of a request, or a file of a form beside its fields', async () => {
  const { store, context, sent } = await world();
  const { uri } = await store.write(origin(), { bytes: pieces('hole,m\nDDH001,2.50\n') });
  await context.request(putTable, { table: 'Rock', source: uri });
  await context.request(sendForm, { kind: 'team', dry: true, source: uri });
  await context.request(sendForm, { kind: 'team' });
  const [put, form, plain] = sent;
  expect(put?.json).toBeUndefined();
  expect(put?.body).toMatchObject({ mediaType: 'text/csv; charset=utf-8', size: 19 });
  expect(await text(put?.body?.open() as never)).toBe('hole,m\nDDH001,2.50\n');
  const fields = await new Response(await text(form?.body?.open() as never), {
    headers: { 'content-type': form?.body?.mediaType ?? '' },
  }).formData();
  expect([fields.get('kind'), fields.get('dry')]).toEqual(['team', 'true']);
  const file = fields.get('file') as File;
  expect([file.name, file.type, await file.text()]).toEqual([
    'export.csv',
    'text/csv; charset=utf-8',
    'hole,m\nDDH001,2.50\n',
  ]);
  expect([plain?.json, plain?.body]).toEqual([{ kind: 'team' }, undefined]);
});

test('what would be sent is told without its rows; what cannot be sent is refused beforehand', async () => {
  const { store, context } = await world();
  const rows = [{ a: 1 }, { a: 2 }];
  expect(requestLine(putTable, { table: 'Rock', source: rows }, context)).toBe('POST /tables/Rock with 2 rows');
  expect(requestLine(sendForm, { kind: 'team', source: 'result://abcdefghijkl' }, context)).toBe(
    'POST /upload {"kind":"team"} with result://abcdefghijkl',
  );
  const photo = await store.write(origin({ name: 'a.jpg', mediaType: 'image/jpeg' }), { bytes: pieces('\0') });
  const refused = findSources(putTable, { table: 'Rock', source: photo.uri }, context);
  await expect(refused).rejects.toMatchObject({ code: 'bad_arguments', message: 'a.jpg is a file, not a table.' });
  await expect(findSources(putTable, { table: 'Rock', source: 'x.csv' }, context)).rejects.toMatchObject({
    code: 'not_configured',
  });
});
