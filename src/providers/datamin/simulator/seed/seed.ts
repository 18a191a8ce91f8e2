import {
  averageOf,
  bookRevenue,
  checkOrder,
  customersAtRisk,
  customersOf,
  documentedOutputs,
  isBelowTarget,
  joinTickets,
  letterTo,
  ordersOf,
  revenueByCountry,
  revenueOf,
  rowsIn,
  type Scene,
  stockFeed,
  stockTaking,
  ticketsOf,
} from './data.ts';

/**
 * The automations of an invented kitchenware shop. Everything follows from the time of a run and a seeded generator, so
 * every look at the past sees the same numbers, however far back it goes.
 */
export interface SeedPipeline {
  uuid: string;
  name: string;
  /** In a metric pipeline outputs are never kept. A template cannot be run. */
  kind: 'generic' | 'metric' | 'template';
  /** Absent: it runs only when it is told to. */
  schedule?: Schedule;
  tasks: readonly SeedTask[];
}

/** Runs in every period since the epoch, so many ms after its start. */
export interface Schedule {
  everyMs: number;
  atMs: readonly number[];
}

export interface SeedTask {
  uuid: string;
  name: string;
  type: string;
  /** What has to be done first, by name; absent: it starts with the run. Only a merge has more than one. */
  after?: readonly { task: string; when?: boolean }[];
  /** Typical duration. */
  ms: number;
  /** How often it fails in scheduled runs, 0 to 1. */
  fails?(at: number): number;
  /**
   * What it makes of its input: bytes or a JSON value. A condition answers with a boolean, "for each" with a list; a
   * merge gets a list with one input for each task that it waits for. A SyntaxError: the input could not be read.
   */
  work(input: unknown, scene: Scene): unknown;
  /** Pipeline that it starts. */
  starts?: string;
  /** What happens in its runs, one after the other and then again; instead of `work`. */
  script?: readonly { ok: boolean; ms: number; output: Buffer }[];
}

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

const nothing = (): Buffer => Buffer.alloc(0);
const copy = (input: unknown): unknown => input;

const nightly: SeedPipeline = {
  uuid: '5b7e0c1d-8a34-4f62-9d1b-3c6f2e90a711',
  name: 'Nightly revenue sync',
  kind: 'generic',
  schedule: { everyMs: day, atMs: [2 * hour + 15 * minute] },
  tasks: [
    {
      uuid: '0d3c8a57-11e6-4c0b-b7f4-6a92d5e83c01',
      name: 'orders',
      type: 'query',
      ms: 1240,
      fails: stockTaking,
      work: ordersOf,
    },
    {
      uuid: '1e4d9b68-22f7-4d1c-8805-7ba3e6f94d12',
      name: 'revenue',
      type: 'aggregator',
      after: [{ task: 'orders' }],
      ms: 105,
      work: revenueOf,
    },
    {
      uuid: '2f5eac79-3308-4e2d-9916-8cb4f70a5e23',
      name: 'by country',
      type: 'transformer',
      after: [{ task: 'orders' }],
      ms: 60,
      work: revenueByCountry,
    },
    {
      uuid: '306fbd8a-4419-4f3e-aa27-9dc5081b6f34',
      name: 'below target',
      type: 'condition',
      after: [{ task: 'revenue' }],
      ms: 12,
      work: isBelowTarget,
    },
    {
      uuid: '4170ce9b-552a-4a4f-bb38-aed6192c7045',
      name: 'warn the owner',
      type: 'notification',
      after: [{ task: 'below target', when: true }],
      ms: 420,
      work: nothing,
    },
    {
      uuid: '5281dfac-663b-4b50-8c49-bfe72a3d8156',
      name: 'book in ledger',
      type: 'api_call',
      after: [{ task: 'below target', when: false }],
      ms: 880,
      fails: () => 0.02,
      work: bookRevenue,
    },
  ],
};

const churn: SeedPipeline = {
  uuid: '6c8f1d2e-9b45-4073-ae2c-4d703fa1b822',
  name: 'Hourly churn risk',
  kind: 'generic',
  schedule: { everyMs: hour, atMs: [58 * minute] },
  tasks: [
    {
      uuid: '6392e0bd-774c-4c61-9d5a-c0f83b4e9267',
      name: 'customers',
      type: 'query',
      ms: 340,
      fails: stockTaking,
      work: customersOf,
    },
    {
      uuid: '74a3f1ce-885d-4d72-ae6b-d1094c5fa378',
      name: 'open tickets',
      type: 'query',
      ms: 210,
      work: ticketsOf,
    },
    {
      uuid: '85b402df-996e-4e83-bf7c-e21a5d60b489',
      name: 'customers with tickets',
      type: 'merge',
      after: [{ task: 'customers' }, { task: 'open tickets' }],
      ms: 25,
      work: joinTickets,
    },
    {
      uuid: '96c513e0-aa7f-4f94-808d-f32b6e71c59a',
      name: 'at risk',
      type: 'filter',
      after: [{ task: 'customers with tickets' }],
      ms: 15,
      work: customersAtRisk,
    },
    {
      uuid: 'a7d624f1-bb80-40a5-919e-043c7f82d6ab',
      name: 'each customer',
      type: 'for_each',
      after: [{ task: 'at risk' }],
      ms: 10,
      work: rowsIn,
    },
    {
      uuid: 'b8e73502-cc91-41b6-a2af-154d8093e7bc',
      name: 'letter',
      type: 'gpt',
      after: [{ task: 'each customer' }],
      ms: 1900,
      fails: () => 0.03,
      work: letterTo,
    },
  ],
};

const basket: SeedPipeline = {
  uuid: '7d902e3f-ac56-4184-bf3d-5e8140b2c933',
  name: 'Average basket',
  kind: 'metric',
  schedule: { everyMs: day, atMs: [6 * hour] },
  tasks: [
    { uuid: 'c9f84613-dda2-42c7-b3b0-265e91a4f8cd', name: 'baskets', type: 'query', ms: 410, work: ordersOf },
    {
      uuid: 'da095724-eeb3-43d8-84c1-376fa2b509de',
      name: 'mean',
      type: 'aggregator',
      after: [{ task: 'baskets' }],
      ms: 30,
      work: averageOf,
    },
  ],
};

const stock: SeedPipeline = {
  uuid: '8ea13f40-bd67-4295-804e-6f9251c3da44',
  name: 'Stock refresh',
  kind: 'generic',
  tasks: [
    {
      uuid: 'eb1a6835-ffc4-44e9-95d2-4870b3c61aef',
      name: 'feed',
      type: 'transformer',
      ms: 650,
      work: stockFeed,
    },
  ],
};

const webhook: SeedPipeline = {
  uuid: '9fb24051-ce78-43a6-915f-70a362d4eb55',
  name: 'Order webhook',
  kind: 'generic',
  tasks: [
    { uuid: 'fc2b7946-00d5-45fa-a6e3-5981c4d72b00', name: 'received', type: 'external_trigger', ms: 5, work: copy },
    {
      uuid: '0d3c8a57-11e6-460b-b7f4-6a92d5e83c11',
      name: 'check',
      type: 'code',
      after: [{ task: 'received' }],
      ms: 140,
      work: checkOrder,
    },
    {
      uuid: '1e4d9b68-22f7-471c-8805-7ba3e6f94d22',
      name: 'refresh stock',
      type: 'run_pipeline',
      after: [{ task: 'check' }],
      ms: 40,
      work: copy,
      starts: stock.uuid,
    },
  ],
};

const noon = 12 * hour + 56 * minute;

/** Fails twice in old ways and then works, as in the example on the vendor's page. */
const documented: SeedPipeline = {
  uuid: 'a0c35162-df89-44b7-a260-81b473e5fc66',
  name: 'Customer transfers',
  kind: 'generic',
  schedule: { everyMs: 7 * day, atMs: [noon + 38_000, noon + 62_000, noon + 109_000] },
  tasks: [
    {
      uuid: 'eff48172-2e75-4229-aff9-6c5d658db248',
      name: 'transfers',
      type: 'query',
      ms: 300,
      work: nothing,
      script: [
        { ok: false, ms: 294, output: documentedOutputs.nothing },
        { ok: false, ms: 1245, output: documentedOutputs.dataSource },
        { ok: true, ms: 105, output: documentedOutputs.rows },
      ],
    },
  ],
};

/** One query that answers nothing, for pipelines that are only there to be refused. */
const oneQuery = (uuid: string): SeedTask[] => [{ uuid, name: 'rows', type: 'query', ms: 200, work: () => [] }];

const newsletter: SeedPipeline = {
  uuid: 'b1d46273-e09a-45c8-b371-92c584f60d77',
  name: 'Old newsletter',
  kind: 'generic',
  tasks: oneQuery('2f5eac79-3308-482d-9916-8cb4f70a5e33'),
};

const crm: SeedPipeline = {
  uuid: 'c2e57384-f1ab-46d9-8482-a3d695071e88',
  name: 'CRM sync',
  kind: 'generic',
  tasks: oneQuery('306fbd8a-4419-493e-aa27-9dc5081b6f44'),
};

const draft: SeedPipeline = { uuid: 'd3f68495-02bc-47ea-9593-b4e7a6182f99', name: 'Draft', kind: 'generic', tasks: [] };

const template: SeedPipeline = {
  uuid: 'e40795a6-13cd-48fb-a6a4-c5f8b72930aa',
  name: 'Weekly digest (template)',
  kind: 'template',
  tasks: oneQuery('4170ce9b-552a-4a5f-bb38-aed6192c7055'),
};

const neighbours: SeedPipeline = {
  uuid: 'f518a6b7-24de-490c-b7b5-d609c83a41bb',
  name: 'Somebody else',
  kind: 'generic',
  schedule: { everyMs: day, atMs: [3 * hour] },
  tasks: oneQuery('5281dfac-663b-4b60-8c49-bfe72a3d8166'),
};

/** By what each is for in tests and stories. */
export const seed = {
  nightly,
  churn,
  basket,
  stock,
  webhook,
  documented,
  /** Paused. */
  newsletter,
  /** Lost its integration, so its runs never log anything. */
  crm,
  draft,
  template,
  /** Of another organisation. */
  neighbours,
} as const;

export const pipelines: readonly SeedPipeline[] = Object.values(seed);

/** The UUID of a task by its name. */
export function taskOf({ name, tasks }: SeedPipeline, wanted: string): string {
  const task = tasks.find(one => one.name === wanted);
  if (!task) throw new Error(`"${name}" has no task "${wanted}"`);
  return task.uuid;
}
