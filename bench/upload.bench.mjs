// A large table to a platform and back, the sandbox in another process: memory that it takes, and whether the bytes are
// the same.
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { canObserve, peakUntil, residentMiB, say } from './baseline/measure.mjs';
import { inNewHome, onSandbox } from './baseline/world.mjs';

const wantedMiB = 60;
const bound = 150;

/** Assays with a remark in every way that CSV can hold one. */
function* assays() {
  yield 'sample,hole_id,depth_from,depth_to,cu_percent,au_gpt,remark\n';
  const remarks = ['', 'wet', '"3"" core lost"', '"re-assayed, see log"', 'Ñandú #4 ≈ 3 m'];
  for (let bytes = 0, sample = 0; bytes < wantedMiB * 2 ** 20; ) {
    let rows = '';
    for (const end = sample + 1000; sample < end; sample++) {
      const depth = (sample * 2) % 600;
      const grade = ((sample * 7919) % 10_000) / 1000;
      rows += `S${sample},DDH${sample % 400},${depth},${depth + 2},${grade},${sample % 3 ? grade / 7 : ''},${remarks[sample % 5]}\n`;
    }
    bytes += Buffer.byteLength(rows);
    yield rows;
  }
}

async function digestOf(path) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** One call, its time, and the memory it took the server at the most beyond what it had. */
async function measured(what, { server, call }, name, args) {
  const before = canObserve ? residentMiB(server.pid) : 0;
  const start = performance.now();
  const calling = call(name, args);
  const peak = canObserve ? peakUntil(server.pid, calling) : undefined;
  const { structuredContent } = await calling;
  const seconds = (performance.now() - start) / 1000;
  if (peak) say({ what: `${what}: added peak resident memory`, unit: 'MiB', value: (await peak) - before, bound });
  say({ what: `${what}: time`, unit: 's', value: seconds });
  return structuredContent;
}

await inNewHome(async place => {
  const folder = join(place.home, 'files');
  mkdirSync(folder);
  const file = join(folder, 'assays.csv');
  await pipeline(Readable.from(assays()), createWriteStream(file));
  const [digest, { size }] = [await digestOf(file), statSync(file)];
  const flags = ['--allow-dir', folder, '--yes'];
  const head = `${Math.round(size / 2 ** 20)} MiB of CSV`;
  await onSandbox(place, { speed: 1, flags }, async world => {
    const table = 'CopperheadNorth:LargeAssays';
    await measured(`${head} up from a file`, world, 'datagrok_upload_table', { table, source: file });
    const { result } = await measured(`${head} down into a stored table`, world, 'datagrok_download_table', { table });
    const again = { table: 'CopperheadNorth:Again', source: result.uri };
    await measured(`${head} up from a stored result`, world, 'datagrok_upload_table', again);
    const back = await world.call('datagrok_download_table', { table: again.table });
    const results = join(place.home, 'results');
    const stored = readdirSync(results).filter(name => name.endsWith('.csv'));
    const digests = await Promise.all(stored.map(name => digestOf(join(results, name))));
    if (digests.length !== 2 || back.isError) throw new Error(`${digests.length} tables came back`);
    const differing = digests.filter(one => one !== digest).length;
    say({ what: `${head}: tables that came back otherwise, of 2`, unit: 'tables', value: differing, bound: 0 });
  });
});
process.exit();
