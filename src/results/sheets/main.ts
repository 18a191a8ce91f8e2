import { readFile } from 'node:fs/promises';
import { unzipSync } from 'fflate';
import readWorkbook from 'read-excel-file/universal';
import { Fault } from '../../base/errors.ts';
import { give, runJob } from '../worker-main.ts';
import { type Cell, type Grid, gridOf, textOf } from './grid.ts';
import type { SheetHead, SheetJob } from './job.ts';

/** Unpacked: what is in memory as XML, and again as cells. */
const mostBytes = 268_435_456;
const rowsAtOnce = 1_000;

void runJob<SheetJob>(async ({ path, sheet }) => {
  const file = await readFile(path);
  refuseHuge(file);
  const sheets = await readSheets(file);
  const found = sheets.find(one => sheet === undefined || one.sheet === sheet);
  if (!found) throw noSheet();
  const { grid } = found;
  const others = sheet === undefined ? sheets.filter(one => one !== found).map(one => one.sheet) : [];
  const head: SheetHead = { sheet: found.sheet, others, notes: grid.notes };
  await give(`${JSON.stringify(head)}\n`);
  for (let at = 0; at < grid.rows.length; at += rowsAtOnce) {
    const lines = grid.rows.slice(at, at + rowsAtOnce).map(row => {
      return JSON.stringify(Object.fromEntries(grid.names.map((name, place) => [name, textOf(row[place] ?? null)])));
    });
    await give(`${lines.join('\n')}\n`);
  }
});

async function readSheets(file: Buffer): Promise<{ sheet: string; grid: Grid }[]> {
  try {
    const sheets = await readWorkbook(new Uint8Array(file).buffer);
    return sheets.flatMap(({ sheet, data }) => {
      const grid = gridOf(data as Cell[][]);
      return grid ? [{ sheet, grid }] : [];
    });
  } catch (error) {
    throw unreadable(error instanceof Error ? error.message : String(error));
  }
}

function refuseHuge(file: Buffer): void {
  let bytes = 0;
  const filter = ({ originalSize }: { originalSize: number }) => {
    bytes += originalSize;
    return false;
  };
  try {
    unzipSync(file, { filter });
  } catch {
    throw unreadable('It is no workbook in the form .xlsx.');
  }
  if (bytes > mostBytes) throw unreadable(`Unpacked it has ${Math.round(bytes / 1_048_576)} MiB; 256 can be read.`);
}

const unreadable = (message: string) =>
  new Fault({ code: 'bad_arguments', message, hint: 'Save the sheet as CSV, and use that.' });

const noSheet = () => unreadable('No sheet of it has a header and rows.');
