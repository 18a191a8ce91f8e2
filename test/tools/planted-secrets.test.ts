import { expect, test } from 'vitest';
import { startWorld } from '../support/harness.ts';

const known = 'sk-planted/0123456789"abcdef';
const split = `${known.slice(0, 7)}\u200b${known.slice(7)}`;
const long = `${'x'.repeat(30)} ${known}`;
const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJwbGFudGVkIn0.cGxhbnRlZHNpZw';

/** Secrets of every kind, in every place where a table has texts. */
const rows = [
  {
    hole: 'A1',
    note: known,
    split,
    long,
    json: JSON.stringify({ token: 'pla"nted-hush' }),
    slashed: JSON.stringify({ body: known }).replaceAll('/', '\\/'),
    base64: Buffer.from(known).toString('base64'),
    jwt: token,
    link: 'https://planted:hush-pass@host.example/x',
    header: 'Authorization: Bearer planted-hush-123',
    api_key: 'planted-hush-key',
    nested: { [known]: 1, deep: { password: 'planted-hush-word' } },
    [`column ${known}`]: 'x',
    depth: 1,
  },
  { hole: 'B2', note: 'quartz', depth: 2 },
];

const shown = /0123456789|hush|planted-|cGxhbnRlZHNpZw|c2stcGxhbnRlZ/;

/** A table of rows, and the same as a CSV file of somebody. */
async function world() {
  const { call, server } = await startWorld();
  const { results, redactor } = server.shared;
  redactor.add(known);
  const source = { operation: 'x_list_y', arguments: { q: known }, connection: 'x', at: '2026-11-21' };
  const table = await results.write(
    { name: `assays ${known}`, mediaType: 'application/x-ndjson', source, warnings: [`of ${known}`] },
    { rows },
  );
  const names = Object.keys(rows[0] as object).filter(name => name !== 'nested');
  const cell = (value: unknown) => `"${String(value ?? '').replaceAll('"', '""')}"`;
  const lines = [names, ...rows.map(row => names.map(name => (row as Record<string, unknown>)[name]))];
  const csv = `${lines.map(line => line.map(cell).join(',')).join('\n')}\n`;
  const file = await results.write(
    { name: 'own.csv', mediaType: 'text/csv', source },
    {
      bytes: (async function* () {
        yield Buffer.from(csv);
      })(),
    },
  );
  return { call, server, uris: [table.uri, file.uri] };
}

test('no tool and no resource shows a secret that a stored result holds', async () => {
  const { call, server, uris } = await world();
  const { resources } = server.served(server.shared.caller);
  const told: { ask: string; text: string }[] = [];
  for (const uri of uris) {
    const asks: [string, object][] = [
      ['read_result', { result: uri }],
      ['read_result', { result: uri, columns: ['note', 'split', 'api_key'], sort: [{ column: 'note' }] }],
      ['read_result', { result: uri, where: [{ column: 'note', op: 'contains', value: 'sk-' }] }],
      ['describe_result', { result: uri }],
      ['describe_result', { result: uri, columns: ['note', 'long', 'api_key', 'jwt'] }],
      ['query_result', { sql: `SELECT * FROM "${uri}"` }],
      ['query_result', { sql: `SELECT note, split, "long", api_key, count(*) AS n FROM "${uri}" GROUP BY ALL` }],
      ['query_result', { sql: `SELECT CAST(note AS INTEGER) FROM "${uri}"` }],
      ['chart_result', { result: uri, type: 'bar', x: 'note', y: ['depth'] }],
      ['chart_result', { result: uri, type: 'bar', x: 'jwt', y: ['depth'] }],
      ['pin_result', { result: uri }],
      ['pin_result', { result: uri, pinned: false }],
      ['list_results', {}],
      ['read_result', { result: uri, columns: [known] }],
      ['export_result', { result: uri, format: 'csv' }],
    ];
    for (const [tool, args] of asks) {
      const { raw } = await call(tool, args);
      const text = JSON.stringify({ ...raw, content: raw.content.filter(({ type }) => type === 'text') });
      told.push({ ask: `${tool} ${JSON.stringify(args)}`, text });
    }
    told.push({ ask: `resource ${uri}`, text: JSON.stringify(await resources.read(uri)) });
  }
  told.push({ ask: 'resources', text: JSON.stringify(await resources.list()) });
  for (const { ask, text } of told) expect(text, ask).not.toMatch(shown);
  expect(told.filter(({ text }) => text.includes('[redacted]')).length).toBeGreaterThan(20);
}, 120_000);
