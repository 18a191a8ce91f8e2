// Has every regular expression of src that has no verdict yet analysed for backtracking, and notes the verdicts.
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { importSource } from './source.mjs';

const require = createRequire(import.meta.url);
const { check } = require('recheck');
const analyser = `recheck ${require('recheck/package.json').version}`;

const root = fileURLToPath(new URL('..', import.meta.url));
const path = `${root}test/support/pattern-verdicts.json`;
const { patternsOf } = await importSource('test/support/patterns.ts');

const before = JSON.parse(await readFile(path, 'utf8').catch(() => '{}'));
const known = before.analyser === analyser ? before.verdicts : {};
const verdicts = await Promise.all(
  patternsOf(root).patterns.map(async ({ text, source, flags, file }) => {
    if (known[text]) return [text, known[text]];
    const { status, complexity, error } = await check(source, flags, { timeout: 120_000 });
    const verdict = status === 'safe' ? status : (complexity?.summary ?? `unknown: ${error?.kind}`);
    console.log(`${verdict}: ${text} (${file})`);
    return [text, verdict];
  }),
);
const sorted = Object.fromEntries(verdicts.sort(([a], [b]) => (a < b ? -1 : 1)));
await writeFile(path, `${JSON.stringify({ analyser, verdicts: sorted }, undefined, 2)}\n`);
// The analyser's own process would keep this one.
process.exit();
