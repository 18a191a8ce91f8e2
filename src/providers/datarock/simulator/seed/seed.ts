/**
 * An invented world with the manners of drill core: rock is weak near the surface and in fault zones, neighbours are
 * alike, some core is lost. Everything follows from names and a seeded generator, so every run sees the same numbers.
 */
export interface SeedProject {
  uuid: string;
  name: string;
  holes: readonly SeedHole[];
  /** Keys of the artefacts that exist in it. */
  artefacts: readonly string[];
}

export interface SeedHole {
  id: string;
  endOfHoleM: number;
  /** Unix seconds, oldest first: when the pipeline runs over it started. */
  runs: readonly number[];
  /** A further run started some days before the sandbox did. */
  isRecent?: true;
}

export interface SeedArtefact {
  key: string;
  name: string;
  description: string;
  product: string;
  productCategory: string;
  versions: Readonly<Record<string, SeedTable>>;
}

/** Columns of a file and its rows for one hole. An undefined cell is empty in the file. */
export interface SeedTable {
  columns: readonly string[];
  rows(hole: SeedHole): Iterable<readonly (string | number | undefined)[]>;
}

/** One metre of core, or the rest at the end of the hole. */
export interface RqdInterval {
  fromM: number;
  toM: number;
  recoveredM: number;
  /** 0-100, one decimal; absent where no core was recovered. */
  rqd: number | undefined;
  fractures: number;
}

const day = 86_400;
const quarterlyRuns = [Date.UTC(2026, 2, 3), Date.UTC(2026, 5, 2), Date.UTC(2026, 8, 1)].map(ms => ms / 1000);

const round = (value: number, digits: number): number => Number(value.toFixed(digits));

// Every hole has the first run, two in three the second, every other one the third.
function hole(id: string, endOfHoleM: number, index: number): SeedHole {
  const has = [true, index % 3 !== 0, index % 2 === 0];
  const runs = quarterlyRuns.filter((_, run) => has[run]).map(start => start + ((index * 660) % day));
  return { id, endOfHoleM, runs };
}

const numbered = (prefix: string, digits: number, count: number, endOfHole: (index: number) => number): SeedHole[] =>
  Array.from({ length: count }, (_, index) =>
    hole(prefix + String(index + 1).padStart(digits, '0'), endOfHole(index), index),
  );

const oddNames = ['TT 01', 'TT/02-A', 'TT+03', 'Ñandú-04', 'TT#05 100%', 'TT"06, wedge'];
const everyArtefact = [
  'depth_registration',
  'rqd',
  'lithology',
  'fracture_frequency',
  'jrc_proxy',
  'weathering_intensity',
];

export const projects: readonly SeedProject[] = [
  {
    uuid: '7c0d3a52-5b1e-4a57-9d36-2f1f0c6e8a11',
    name: 'Copperhead North',
    holes: numbered('DDH', 3, 40, index => round(82.4 + ((index * 37) % 40) * 6.7, 1)).map((one, index) =>
      index < 32 ? one : { ...one, isRecent: true },
    ),
    artefacts: everyArtefact,
  },
  {
    uuid: 'e2b7f0c4-90aa-4d0b-8c53-6b1d5a7e4c22',
    name: 'Tinkers Trial',
    holes: oddNames.map((id, index) => hole(id, round(24.6 + index * 5.3, 1), index)),
    artefacts: ['depth_registration', 'rqd', 'jrc_proxy'],
  },
  {
    uuid: '1f94ab6d-3c72-4e8e-b0f5-d08c1b2a9e33',
    name: 'Iron Knoll Grade Control',
    holes: numbered('GC', 4, 620, index => 6 + (index % 7)),
    artefacts: ['depth_registration', 'rqd'],
  },
  {
    // Each hole has 10,000 squares of weathering: one export of all is 250,000 rows and about 60 MB.
    uuid: 'a85e1c07-d4f9-4b63-a7e2-93c0f6d1b544',
    name: 'Deepwater Deeps',
    holes: numbered('DW-', 3, 25, () => 500),
    artefacts: everyArtefact,
  },
];

/** mulberry32, seeded by a text. Numbers in [0, 1). */
function randomOf(text: string): () => number {
  let state = 2166136261;
  for (const character of text) state = Math.imul(state ^ (character.codePointAt(0) ?? 0), 16777619);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** How sound the rock is at a depth, 0 (rubble) to 1 (massive). */
function soundnessOf({ id, endOfHoleM }: SeedHole): (depthM: number) => number {
  const random = randomOf(`ground of ${id}`);
  const weatheredToM = 6 + random() * 18;
  const faults = Array.from({ length: Math.floor(1 + endOfHoleM / 90) }, () => ({
    centreM: (0.15 + random() * 0.8) * endOfHoleM,
    halfWidthM: 1.5 + random() * 5,
  }));
  return depthM => {
    const sound = 1 - 0.85 * Math.exp(-depthM / weatheredToM);
    return faults.reduce((least, { centreM, halfWidthM }) => {
      const distance = Math.abs(depthM - centreM) / halfWidthM;
      return distance < 1 ? Math.min(least, sound * (0.12 + 0.88 * distance ** 2)) : least;
    }, sound);
  };
}

/** The rock quality of a hole, metre by metre down to its end. */
export function* rqdIntervals(hole: SeedHole): Generator<RqdInterval> {
  const random = randomOf(`rqd of ${hole.id}`);
  const soundness = soundnessOf(hole);
  let drift = 0;
  for (let fromM = 0; fromM < hole.endOfHoleM - 1e-9; fromM += 1) {
    const toM = round(Math.min(fromM + 1, hole.endOfHoleM), 2);
    const sound = soundness((fromM + toM) / 2);
    drift = 0.75 * drift + 9 * (random() - 0.5);
    const quality = Math.min(Math.max(96 * sound + drift, 0), 100);
    const lost = sound < 0.25 ? random() * 0.5 : random() * 0.02;
    const recoveredM = sound < 0.2 && random() < 0.25 ? 0 : round((toM - fromM) * (1 - lost), 2);
    // The linear form of Priest and Hudson (1976) ties fractures per metre to RQD.
    const fractures = Math.round(Math.max((110.4 - quality) / 3.68, 0) * (toM - fromM));
    yield { fromM, toM, recoveredM, rqd: recoveredM > 0 ? round(quality, 1) : undefined, fractures };
  }
}

const intervalColumns = ['hole_id', 'depth_from', 'depth_to'];
const rqdColumns = [...intervalColumns, 'recovered_m', 'rqd_percent', 'fracture_count'];

function* rqdRows(hole: SeedHole) {
  for (const { fromM, toM, recoveredM, rqd, fractures } of rqdIntervals(hole)) {
    yield [hole.id, fromM, toM, recoveredM, rqd, fractures];
  }
}

function* rqdRowsWithSecondMethod(hole: SeedHole) {
  for (const { fromM, toM, recoveredM, rqd, fractures } of rqdIntervals(hole)) {
    const twoDiameters = rqd === undefined ? undefined : round(rqd * 0.93, 1);
    yield [hole.id, fromM, toM, recoveredM, rqd, twoDiameters, fractures, 'pieces_over_10_cm'];
  }
}

function* fractureRows(hole: SeedHole) {
  const random = randomOf(`fractures of ${hole.id}`);
  for (const { fromM, toM, fractures } of rqdIntervals(hole)) {
    const displaced = Math.floor(fractures * random() * 0.3);
    const jigsawM = fractures > 18 ? round(random() * 0.4, 2) : 0;
    yield [hole.id, fromM, toM, fractures - displaced, displaced, jigsawM, round(fractures / (toM - fromM), 2)];
  }
}

function* roughnessRows(hole: SeedHole) {
  const random = randomOf(`roughness of ${hole.id}`);
  for (const { fromM, toM, fractures } of rqdIntervals(hole)) {
    if (fractures === 0) continue;
    const depthM = round(fromM + random() * (toM - fromM), 3);
    const scores = [0, 0, 0, 0].map(() => round(20 * random() * random(), 1));
    yield [hole.id, depthM, round(depthM * 3.28084, 3), ...scores];
  }
}

function* registrationRows(hole: SeedHole) {
  for (let row = 0; row < hole.endOfHoleM; row += 1) {
    const [tray, rowOfTray] = [Math.floor(row / 5) + 1, (row % 5) + 1];
    const toM = round(Math.min(row + 1, hole.endOfHoleM), 2);
    yield [hole.id, tray, rowOfTray, row, toM, `${hole.id}_T${tray}_R${rowOfTray}.jpg`];
  }
}

const rocks = ['Basalt', 'Andesite', 'Dolerite', 'Sandstone', 'Shale', 'Conglomerate'];

/** Below the weathered ground, beds of some metres to some tens of metres; a vein where the rock is broken. */
function* lithologyRows(hole: SeedHole) {
  const random = randomOf(`lithology of ${hole.id}`);
  const soundness = soundnessOf(hole);
  let fromM = 0;
  while (fromM < hole.endOfHoleM - 1e-9) {
    const bed = round(4 + random() * 28, 1);
    const rock = rocks[Math.floor(random() * rocks.length)];
    let toM = fromM;
    const kindAt = (depthM: number) => (depthM < 12 ? 'Saprolite' : soundness(depthM) < 0.3 ? 'Quartz vein' : rock);
    const kind = kindAt(fromM + 0.5);
    while (toM < fromM + bed && toM < hole.endOfHoleM - 1e-9 && kindAt(toM + 0.5) === kind)
      toM = round(Math.min(toM + 1, hole.endOfHoleM), 2);
    yield [hole.id, fromM, toM, kind, round(0.6 + random() * 0.39, 2)];
    fromM = toM;
  }
}

const weatheringClasses = ['Fresh', 'Slightly', 'Moderately', 'Highly', 'Completely', 'Residual Soil'];
const weatheringColumns = ['p_fresh', 'p_slightly', 'p_moderately', 'p_highly', 'p_completely', 'p_residual_soil'];
const model = 'sandbox-weathering-2026.3-not-a-real-model-of-the-vendor';
// Hundreds of thousands of these rows are made in one go; formatting numbers would cost more than all the rest.
const hundredths = Array.from({ length: 100 }, (_, n) => String(n).padStart(2, '0'));
const tenThousandths = Array.from({ length: 10_001 }, (_, n) => (n / 10_000).toFixed(4));

function* weatheringRows(hole: SeedHole) {
  const random = randomOf(`weathering of ${hole.id}`);
  const soundness = soundnessOf(hole);
  const metres = (cm: number): string => `${Math.floor(cm / 100)}.${hundredths[cm % 100]}`;
  const squares = Math.round(hole.endOfHoleM * 20);
  for (let square = 0; square < squares; square += 1) {
    const level = Math.min(Math.floor((1 - soundness(square / 20)) * 5 + random() * 0.9), 5);
    const certain = 5_500 + Math.floor(random() * 4_000);
    const others = Math.floor((10_000 - certain) / 5);
    const shares = weatheringClasses.map((_, n) => tenThousandths[n === level ? 10_000 - 5 * others : others]);
    const metre = Math.floor(square / 20);
    const image = `${hole.id}_tray_${Math.floor(metre / 5) + 1}_row_${(metre % 5) + 1}_dry_cropped_registered.jpg`;
    const at = [metres(square * 5), metres(square * 5 + 5)];
    const place = [image, square % 20, `${hole.id}-square-${square}`];
    yield [
      hole.id,
      ...at,
      ...place,
      weatheringClasses[level],
      ...shares,
      tenThousandths[certain],
      square * 48,
      square * 48 + 47,
      'raw_square',
      model,
    ];
  }
}

const geotechnical = { product: 'Geotechnical Suite', productCategory: 'Geotechnical' };

/** Only `depth_registration` is a key that the vendor is known to use; the others and all columns are invented. */
export const artefacts: readonly SeedArtefact[] = [
  {
    key: 'depth_registration',
    name: 'Depth Registration',
    description: 'Depth of every core row image',
    product: 'Depth Registration',
    productCategory: 'Image Preparation',
    versions: {
      v1: { columns: ['hole_id', 'tray', 'row', 'depth_from', 'depth_to', 'image_name'], rows: registrationRows },
    },
  },
  {
    key: 'rqd',
    name: 'RQD',
    description: 'Rock quality designation by 1 m intervals (invented artefact)',
    ...geotechnical,
    versions: {
      v1: { columns: rqdColumns, rows: rqdRows },
      v2: {
        columns: [...rqdColumns.slice(0, 5), 'rqd_two_diameters_percent', 'fracture_count', 'method'],
        rows: rqdRowsWithSecondMethod,
      },
    },
  },
  {
    key: 'lithology',
    name: 'Lithology',
    description: 'Rock types by interval (invented artefact)',
    product: 'Geology Suite',
    productCategory: 'Geology',
    versions: { v1: { columns: [...intervalColumns, 'rock_type', 'confidence'], rows: lithologyRows } },
  },
  {
    key: 'fracture_frequency',
    name: 'Fracture Frequency',
    description: 'Fractures by class and 1 m interval (invented artefact)',
    ...geotechnical,
    versions: {
      v1: { columns: [...intervalColumns, 'measurable', 'displaced', 'jigsaw_m', 'per_metre'], rows: fractureRows },
    },
  },
  {
    key: 'jrc_proxy',
    name: 'JRC Proxy',
    description: 'Joint roughness of single fractures (invented artefact)',
    ...geotechnical,
    versions: {
      v1: {
        columns: ['hole_id', 'depth_m', 'depth_ft', 'jrc_left_s', 'jrc_left_u', 'jrc_right_s', 'jrc_right_u'],
        rows: roughnessRows,
      },
    },
  },
  {
    key: 'weathering_intensity',
    name: 'Geotechnical Weathering Intensity',
    description: 'Weathering of 5 cm squares (invented artefact)',
    ...geotechnical,
    versions: {
      v1: {
        columns: [
          ...intervalColumns,
          'image_name',
          'square',
          'square_id',
          'weathering_class',
          ...weatheringColumns,
          'confidence',
          'pixel_from',
          'pixel_to',
          'composite',
          'model',
        ],
        rows: weatheringRows,
      },
    },
  },
];

const chunkLength = 64 * 1024;

/** The file of one hole as pieces of text, RFC 4180. Nothing but the current piece is held in memory. */
export function* csvOf(table: SeedTable, hole: SeedHole, withoutColumn?: string): Generator<string> {
  const skipped = withoutColumn === undefined ? -1 : table.columns.indexOf(withoutColumn);
  const line = (cells: readonly (string | number | undefined)[]): string =>
    `${(skipped < 0 ? cells : cells.filter((_, index) => index !== skipped)).map(cellOf).join(',')}\r\n`;
  let piece = line(table.columns);
  for (const row of table.rows(hole)) {
    piece += line(row);
    if (piece.length < chunkLength) continue;
    yield piece;
    piece = '';
  }
  if (piece) yield piece;
}

function cellOf(value: string | number | undefined): string | number {
  if (typeof value !== 'string') return value ?? '';
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
