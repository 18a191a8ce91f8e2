import type { Arguments, GrokFunction, Parameter } from '../world.ts';
import { type Common, entity, idOf } from './people.ts';
import { assayColumns, assayRow, assaysOf, csv, holes } from './rock.ts';

/** `x: double` is an input, `hole: string = DDH001` one that may be left out. */
const inputs = (...texts: string[]): Parameter[] =>
  texts.map(text => {
    const [, name = '', propertyType = '', initial] = /^(\w+): (\w+)(?: = (.*))?$/.exec(text) ?? [];
    const base = { name, propertyType, isInput: true };
    return initial === undefined ? base : { ...base, initialValue: JSON.parse(initial) };
  });
const outputs = (...texts: string[]): Parameter[] => inputs(...texts).map(one => ({ ...one, isInput: false }));

interface Recipe extends Common {
  parameters: Parameter[];
  work?: (given: Arguments) => Record<string, unknown>;
  tags?: string[];
  ms?: number;
  client?: boolean;
}

const number = (value: unknown): number => Number(value);

function builtIn({ parameters, work, tags = [], ...recipe }: Recipe): GrokFunction {
  const common = { ...entity('function', recipe), type: 'Func', source: 'function', tags, options: {}, parameters };
  return { ...common, ...(work && { work }), ...(recipe.client && { client: true }), ms: recipe.ms ?? 5 };
}

const builtIns: readonly GrokFunction[] = [
  { name: 'Sin', parameters: [...inputs('x: double'), ...outputs('result: double')], fn: Math.sin },
  { name: 'Cos', parameters: [...inputs('x: double'), ...outputs('result: double')], fn: Math.cos },
  { name: 'Abs', parameters: [...inputs('x: double'), ...outputs('result: double')], fn: Math.abs },
  { name: 'Sqrt', parameters: [...inputs('x: double'), ...outputs('result: double')], fn: rootOf },
]
  .map(({ fn, ...recipe }) =>
    builtIn({
      ...recipe,
      description: `${recipe.name} of x`,
      tags: ['math'],
      work: ({ x }) => ({ result: fn(number(x)) }),
    }),
  )
  .concat([
    builtIn({
      name: 'Add',
      tags: ['math'],
      parameters: [...inputs('a: double', 'b: double'), ...outputs('result: double')],
      work: ({ a, b }) => ({ result: number(a) + number(b) }),
    }),
    builtIn({
      name: 'Uppercase',
      tags: ['text'],
      parameters: [...inputs('s: string'), ...outputs('result: string')],
      work: ({ s }) => ({ result: String(s).toUpperCase() }),
    }),
    builtIn({
      name: 'IsEmpty',
      tags: ['text'],
      parameters: [...inputs('s: string'), ...outputs('result: bool')],
      work: ({ s }) => ({ result: s === '' }),
    }),
    // A name that is a word of the address as well.
    builtIn({
      name: 'functions',
      description: 'Number of functions of a package',
      parameters: [...inputs('package: string = "Chem"'), ...outputs('count: int')],
      work: () => ({ count: 42 }),
    }),
    builtIn({
      name: 'OpenCoreViewer',
      namespace: 'GeoTools:',
      client: true,
      description: 'Shows core photos, in the browser only',
      parameters: inputs('hole: string'),
    }),
    builtIn({
      name: 'smilesToMw',
      namespace: 'Chem:',
      description: 'Molecular weight of a molecule',
      parameters: [...inputs('smiles: string'), ...outputs('mw: double')],
      work: ({ smiles }) => ({ mw: weights[String(smiles)] ?? null }),
    }),
  ]);

const weights: Readonly<Record<string, number>> = { O: 18.015, CCO: 46.069, c1ccccc1: 78.114 };

function rootOf(x: number): number {
  if (x < 0) throw new RangeError('x is negative');
  return Math.sqrt(x);
}

function script({
  parameters,
  work,
  tags = [],
  ...recipe
}: Recipe & { language: string; script: string }): GrokFunction {
  const { language, script: text, ms = 1500 } = recipe;
  const common = { type: 'Script', source: 'script', tags, options: {}, parameters, language, script: text, ms };
  return { ...entity('function', recipe), ...common, ...(work && { work }) };
}

const scripts: readonly GrokFunction[] = [
  script({
    name: 'RockQuality',
    friendlyName: 'Rock quality',
    namespace: 'MaraOkafor:',
    by: 'mara.okafor',
    made: 45,
    description: 'RQD of a core run and its class',
    tags: ['geotech'],
    language: 'python',
    script: '#name: RockQuality\n#language: python\nrqd = 100 * long_pieces / (to_m - from_m)\n',
    parameters: [
      ...inputs('from_m: double', 'to_m: double', 'long_pieces: double'),
      ...outputs('rqd: double', 'rock_class: string', 'note: string'),
    ],
    work({ from_m, to_m, long_pieces }) {
      const length = number(to_m) - number(from_m);
      if (length <= 0) throw new RangeError('ZeroDivisionError: to_m must be greater than from_m');
      const rqd = (100 * number(long_pieces)) / length;
      return { rqd, rock_class: rqd >= 75 ? 'good' : rqd >= 50 ? 'fair' : 'poor' };
    },
  }),
  script({
    name: 'Composite',
    namespace: 'Geology:',
    by: 'tomas.lindqvist',
    made: 120,
    description: 'Assays of a hole, averaged over intervals of equal length',
    tags: ['geology'],
    language: 'r',
    script: '#name: Composite\n#language: r\ncomposites <- aggregate(assays, length)\n',
    parameters: [...inputs('hole: string', 'length_m: double = 10'), ...outputs('composites: dataframe')],
    ms: 9000,
    work: ({ hole, length_m }) => ({ composites: compositesOf(String(hole), number(length_m)) }),
  }),
  script({
    name: 'KrigeBlocks',
    friendlyName: 'Krige blocks',
    namespace: 'Geology:',
    by: 'mara.okafor',
    made: 150,
    description: 'Estimates copper in every block; takes minutes',
    tags: ['geology', 'slow'],
    language: 'python',
    script: '#name: KrigeBlocks\n#language: python\nblocks = krige(variogram, search_m)\n',
    parameters: [...inputs('search_m: double = 60', 'dry_run: bool = false'), ...outputs('blocks: int')],
    ms: 4 * 60_000,
    work: () => ({ blocks: 120_000 }),
  }),
  script({
    name: 'CountRows',
    namespace: 'Geology:',
    by: 'mara.okafor',
    made: 152,
    description: 'Rows of a table',
    language: 'nodejs',
    script: '//name: CountRows\n//language: nodejs\nrows = table.rowCount;\n',
    parameters: [...inputs('table: dataframe'), ...outputs('rows: int')],
    work: ({ table }) => ({ rows: Math.max(String(table).trim().split('\n').length - 1, 0) }),
  }),
  script({
    name: 'Draft',
    namespace: 'TomasLindqvist:',
    by: 'tomas.lindqvist',
    made: 200,
    description: 'Not shared with anybody',
    language: 'octave',
    script: '#name: Draft\n',
    parameters: [],
  }),
] satisfies GrokFunction[];

function compositesOf(id: string, lengthM: number): string {
  const hole = holes.find(one => one.id === id);
  if (!hole) throw new Error(`KeyError: no hole ${id}`);
  const rows: (string | number)[][] = [];
  for (let from = 0; from < hole.depthM; from += lengthM) {
    const within = assaysOf(hole).filter(({ fromM }) => fromM >= from && fromM < from + lengthM);
    const mean = within.reduce((sum, { cuPercent }) => sum + cuPercent, 0) / Math.max(within.length, 1);
    rows.push([id, from, Math.min(from + lengthM, hole.depthM), Number(mean.toFixed(3))]);
  }
  return csv(['hole_id', 'depth_from', 'depth_to', 'cu_percent'], rows);
}

const laboratory = idOf('connection Geology:Laboratory');

function query({ parameters, work, tags = [], ...recipe }: Recipe & { sql: string }): GrokFunction {
  const { sql, ms = 800 } = recipe;
  const common = { type: 'DataQuery', source: 'data-query', tags, options: {}, parameters, connection: laboratory, ms };
  return { ...entity('function', recipe), ...common, query: sql, ...(work && { work }) };
}

const queries: readonly GrokFunction[] = [
  query({
    name: 'AssaysByHole',
    friendlyName: 'Assays by hole',
    namespace: 'Geology:Laboratory:',
    by: 'mara.okafor',
    made: 60,
    description: 'Certified assays of a hole from a copper grade on',
    tags: ['assays'],
    sql: 'select * from assays where hole_id = @hole and cu_percent >= @min_cu order by depth_from',
    parameters: [...inputs('hole: string', 'min_cu: double = 0'), ...outputs('result: dataframe')],
    work({ hole, min_cu }) {
      const found = holes.filter(({ id }) => id === hole).flatMap(assaysOf);
      return { result: csv(assayColumns, found.filter(({ cuPercent }) => cuPercent >= number(min_cu)).map(assayRow)) };
    },
  }),
  query({
    name: 'LatestBatch',
    friendlyName: 'Latest batch',
    namespace: 'Geology:Laboratory:',
    by: 'mara.okafor',
    made: 61,
    description: 'Number of the last batch that the laboratory certified',
    sql: 'select max(batch) from batches where certified_on <= @until',
    parameters: [...inputs('until: datetime = "2026-11-01"'), ...outputs('batch: string')],
    work: () => ({ batch: 'CHN-2026-0412' }),
  }),
];

export const functions: readonly GrokFunction[] = [...builtIns, ...scripts, ...queries];
