import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { memoryOf, withBoundedMemory } from '../../../scripts/build/wasm-memory.mjs';

const page = 65_536;
/** (module (memory (export "m") 1)) */
const small = Buffer.from('0061736d010000000503010001070501016d0200', 'hex');

const { WebAssembly } = globalThis as unknown as {
  WebAssembly: {
    Module: new (bytes: Uint8Array) => object;
    Instance: new (module: object) => { exports: unknown };
    validate(bytes: Uint8Array): boolean;
  };
};

interface Growing {
  m: { grow(pages: number): number; buffer: ArrayBuffer };
}

const instance = (bytes: Buffer) =>
  new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(bytes))).exports as Growing;

it('a module that names no maximum gets one, and cannot grow beyond it', () => {
  expect(memoryOf(small)).toMatchObject({ initial: 1, most: undefined });
  expect(instance(small).m.grow(300)).toBe(1);
  const bounded = withBoundedMemory(small, 200);
  expect(memoryOf(bounded)).toMatchObject({ initial: 1, most: 200 });
  const { m } = instance(bounded);
  expect(m.grow(199)).toBe(1);
  expect(m.buffer.byteLength).toBe(200 * page);
  expect(() => m.grow(1)).toThrow(RangeError);
});

it('what draws pictures has 512 MiB at the most, in a thread of an application too', async () => {
  const file = join(import.meta.dirname, '../../../dist/resvg.wasm.br');
  const module = brotliDecompressSync(await readFile(file));
  expect(memoryOf(module).most).toBe((512 * 2 ** 20) / page);
  expect(WebAssembly.validate(new Uint8Array(module))).toBe(true);
});
