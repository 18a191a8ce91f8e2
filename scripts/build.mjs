// Builds dist/: the executable (bin.cjs, main.cjs), the library (index.js, types/) and the notices of what they contain.
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { executable } from './build/executable.mjs';
import { library, types } from './build/library.mjs';
import { writeFacts } from './build/manifest.mjs';
import { dist, root } from './build/options.mjs';
import { pages } from './build/pages.mjs';
import { writePartLocks } from './build/part-locks.mjs';
import { workerFiles } from './build/workers.mjs';
import { notices } from './notices.mjs';

await rm(dist, { recursive: true, force: true });
const [ofExecutable, ofWorkers] = await Promise.all([
  executable(),
  workerFiles(),
  library(),
  types(),
  writeFacts(),
  writePartLocks(),
  pages(),
]);
await writeFile(join(dist, 'THIRD-PARTY-NOTICES.txt'), notices(root, [...ofExecutable, ofWorkers]));
