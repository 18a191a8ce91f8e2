import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { chainSchema, readChain } from '../../src/chains/form.ts';
import { startWorld } from '../support/harness.ts';

const read = (path: string) => readFile(fileURLToPath(new URL(`../../docs/${path}`, import.meta.url)), 'utf8');

test('the form of a chain is published as it is read', async () => {
  expect(JSON.parse(await read('chain.schema.json'))).toEqual(chainSchema());
});

test('the chain of the guide is one, and runs', async () => {
  const [, text = ''] = /```json\n(\{\n {2}"chain".*?)```/s.exec(await read('chains.md')) ?? [];
  expect(readChain(text, 'docs/chains.md').name).toBe('lithology');
  const { call } = await startWorld();
  const seen = await call('run_chain', { chain: text });
  expect(seen.text, seen.text).toMatch(/2 of 2 steps done/);
  expect(seen.text).toContain('Deepwater Deeps');
});
