import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startProgram } from '../support/process.ts';

/** Counts what zod has made of schemas, which it writes as functions, into a file. */
const counting = (file: string) => `
  const { appendFileSync } = require('node:fs');
  const Real = Function;
  globalThis.Function = new Proxy(Real, {
    construct(_, words) {
      if (String(words.at(-1)).includes('payload.value')) appendFileSync(${JSON.stringify(file)}, '.');
      return new Real(...words);
    },
  });`;

test('a start interprets schemas, and what goes on compiles them', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'data-platforms-schemas-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [preload, made] = [join(folder, 'preload.cjs'), join(folder, 'made')];
  writeFileSync(preload, counting(made));
  writeFileSync(made, '');
  const compiled = () => readFileSync(made, 'utf8').length;
  const server = startProgram(['--sandbox'], { NODE_OPTIONS: `--require "${preload}"`, XDG_CACHE_HOME: folder });
  const opening = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
  const answer = async (id: number, method: string, params: object) => {
    const answered = server.line(line => JSON.parse(line).id === id);
    server.send({ id, method, params });
    return JSON.parse(await answered).result;
  };
  const call = { name: 'datarock_list_projects', arguments: {} };
  await answer(1, 'initialize', opening);
  server.send({ method: 'notifications/initialized' });
  await answer(2, 'tools/list', {});
  const first = await answer(3, 'tools/call', call);
  expect(compiled()).toBe(0);
  const second = await answer(4, 'tools/call', call);
  expect(second.structuredContent).toEqual(first.structuredContent);
  expect(compiled()).toBeGreaterThan(5);
  server.child.stdin.end();
  expect((await server.ended).code).toBe(0);
});
