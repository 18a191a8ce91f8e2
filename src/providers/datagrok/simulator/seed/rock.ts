import { createHash } from 'node:crypto';

/** Drill holes of the Copperhead North deposit. Everything follows from the number of the hole. */
export interface Hole {
  id: string;
  easting: number;
  northing: number;
  elevation: number;
  depthM: number;
  azimuth: number;
  dip: number;
}

/** A number in [0, 1) that belongs to a text. */
const chance = (text: string): number => createHash('md5').update(text).digest().readUInt32BE(0) / 2 ** 32;
const round = (value: number, digits: number): number => Number(value.toFixed(digits));

export const holes: readonly Hole[] = Array.from({ length: 40 }, (_, index) => {
  const id = `DDH${String(index + 1).padStart(3, '0')}`;
  return {
    id,
    easting: round(612_400 + (index % 8) * 50 + chance(`${id} e`) * 6, 2),
    northing: round(7_458_200 + Math.floor(index / 8) * 50 + chance(`${id} n`) * 6, 2),
    elevation: round(412 + chance(`${id} z`) * 9, 2),
    depthM: round(82.4 + ((index * 37) % 40) * 6.7, 1),
    azimuth: Math.round(80 + chance(`${id} a`) * 20),
    dip: -Math.round(55 + chance(`${id} d`) * 10),
  };
});

type Cell = string | number | undefined;

const cellText = (cell: Cell): string => {
  const text = String(cell ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
const line = (cells: readonly Cell[]): string => `${cells.map(cellText).join(',')}\n`;

export const csv = (columns: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  [columns, ...rows].map(line).join('');

export const collarsCsv = (): string =>
  csv(
    ['hole_id', 'easting', 'northing', 'elevation', 'depth_m', 'azimuth', 'dip', 'remark'],
    holes.map(({ id, easting, northing, elevation, depthM, azimuth, dip }, index) => [
      id,
      easting,
      northing,
      elevation,
      depthM,
      azimuth,
      dip,
      ['', 'Re-entered, see "wedge" log', 'Rig 2, night shift', '≈ 3 m of core lost'][index % 4],
    ]),
  );

export interface Assay {
  hole: string;
  fromM: number;
  toM: number;
  cuPercent: number;
  /** Absent: below detection. */
  auGpt: number | undefined;
}

/** Samples of two metres down a hole. */
export function assaysOf({ id, depthM }: Hole): Assay[] {
  return Array.from({ length: Math.floor(depthM / 2) }, (_, index) => {
    const depth = index * 2;
    const lode = Math.exp(-(((depth - depthM * 0.6) / 18) ** 2));
    const cuPercent = round(0.05 + lode * 2.4 * (0.6 + 0.8 * chance(`${id} cu ${index}`)), 3);
    const gold = round(cuPercent * 0.3 * chance(`${id} au ${index}`), 3);
    return { hole: id, fromM: depth, toM: depth + 2, cuPercent, auGpt: gold < 0.01 ? undefined : gold };
  });
}

export const assayColumns = ['hole_id', 'depth_from', 'depth_to', 'cu_percent', 'au_gpt'];
export const assayRow = ({ hole, fromM, toM, cuPercent, auGpt }: Assay): Cell[] => [hole, fromM, toM, cuPercent, auGpt];
export const assaysCsv = (): string => csv(assayColumns, holes.flatMap(assaysOf).map(assayRow));

/** A block model of 120,000 blocks, bench by bench. */
export function* blockModel(): Generator<string> {
  yield line(['x', 'y', 'z', 'cu_percent', 'density', 'class']);
  for (let bench = 0; bench < 40; bench += 1) {
    const rows: string[] = [];
    for (let cell = 0; cell < 3000; cell += 1) {
      const [column, row] = [cell % 60, Math.floor(cell / 60)];
      const ore = Math.exp(-(((column - 30 - bench / 4) / 9) ** 2) - ((row - 25) / 14) ** 2);
      const cells = [612_400 + column * 5, 7_458_200 + row * 5, 420 - bench * 5, round(0.04 + ore * 1.9, 3)];
      rows.push(
        line([...cells, round(2.68 + ore * 0.3, 2), ore > 0.5 ? 'measured' : ore > 0.2 ? 'indicated' : 'inferred']),
      );
    }
    yield rows.join('');
  }
}

/** Bytes that are no text, the same for the same name. */
export function noise(name: string, size: number): Buffer {
  const chunks: Buffer[] = [];
  for (let index = 0; index * 32 < size; index += 1) {
    chunks.push(createHash('sha256').update(`${name} ${index}`).digest());
  }
  return Buffer.concat(chunks).subarray(0, size);
}

/** A gamma log of a hole as the field software writes it. */
export function lasOf(id: string, depthM: number): string {
  const samples = Array.from({ length: Math.floor(depthM) }, (_, depth) => {
    return `${depth.toFixed(2).padStart(10)}${(40 + 80 * chance(`${id} gamma ${depth}`)).toFixed(2).padStart(12)}`;
  });
  return `~VERSION\r\n VERS. 2.0 :\r\n~WELL\r\n WELL. ${id} :\r\n~ASCII\r\n${samples.join('\r\n')}\r\n`;
}
