import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { isMainThread } from 'node:worker_threads';
import { brotliDecompressSync } from 'node:zlib';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import { width } from './channel.ts';
import type { Drawing } from './job.ts';
import { systemFonts } from './system-fonts.ts';

/** Beside this file, put there by the build. */
const read = (file: string) => readFileSync(join(import.meta.dirname, file));

// One picture is drawn and the process ends: V8's better compiler takes 1.3 s of a processor for code that then runs a
// quarter of a second. In a thread the flag would be the whole application's.
if (isMainThread) setFlagsFromString('--liftoff-only');

/** Compiling it takes a while, and happens while the worker waits for its job. */
const ready = initWasm(brotliDecompressSync(read('resvg.wasm.br')));

/** Each point takes four bytes of a memory that has an end. */
const tallest = 8_192;

/** What Inter has no letters for: everything but Latin, Greek, Cyrillic and signs. */
const otherScripts = /[\u0530-\u1dff\u2300-\uffff]/;

/**
 * The picture of an SVG. In WebAssembly, because a native library would be one file for each system, and applications
 * refuse those of others; the pictures are the same, byte for byte.
 */
export async function rasterize(svg: string, background: string): Promise<Pick<Drawing, 'png' | 'width' | 'height'>> {
  await ready;
  const own = ['Inter_400Regular.ttf.br', 'Inter_600SemiBold.ttf.br'].map(file => brotliDecompressSync(read(file)));
  const fonts = otherScripts.test(svg) ? [...own, ...systemFonts()] : own;
  const { width: natural, height } = new Resvg(svg);
  const isTall = height * Math.min(1, width / natural) > tallest;
  const isWide = natural > width;
  const image = new Resvg(svg, {
    background,
    ...(isTall
      ? { fitTo: { mode: 'height', value: tallest } }
      : isWide
        ? { fitTo: { mode: 'width', value: width } }
        : {}),
    font: { fontBuffers: fonts, defaultFontFamily: 'Inter', sansSerifFamily: 'Inter' },
  }).render();
  return { png: Buffer.from(image.asPng()).toString('base64'), width: image.width, height: image.height };
}
