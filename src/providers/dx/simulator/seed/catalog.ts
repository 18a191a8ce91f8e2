import { chance } from '../chance.ts';
import { encodeId } from '../paging.ts';
import { type Edge, type Entity, type EntityType, inverses, type Property, type Relation } from '../things/catalog.ts';
import type { Check, Initiative, Scorecard } from '../things/scorecards.ts';
import type { Workflow } from '../things/workflows.ts';
import { iso } from '../world.ts';
import type { People } from './people.ts';

/** A service: its team, its language, how often it is deployed in a week, and what it reads from. */
export interface SeedService {
  identifier: string;
  team: string;
  language: string;
  tier: number;
  perWeek: number;
  uses: readonly string[];
}

const service = (
  identifier: string,
  team: string,
  [language, tier, perWeek]: readonly [string, number, number],
  ...uses: string[]
): SeedService => ({ identifier, team, language, tier, perWeek, uses });

export const services: readonly SeedService[] = [
  service('booking-api', 'kf-booking', ['Kotlin', 1, 9], 'booking-db', 'quote-rest'),
  service('booking-web', 'kf-booking', ['TypeScript', 1, 12], 'booking-rest'),
  service('carrier-gateway', 'kf-booking', ['Kotlin', 1, 4], 'carrier-cache'),
  service('document-store', 'kf-booking', ['Kotlin', 2, 2]),
  service('tracking-ingest', 'kf-tracking', ['Rust', 1, 6], 'events-log'),
  service('tracking-api', 'kf-tracking', ['Kotlin', 1, 7], 'tracking-db'),
  service('tracking-web', 'kf-tracking', ['TypeScript', 2, 8], 'tracking-rest'),
  service('eta-predictor', 'kf-tracking', ['Python', 2, 3], 'tracking-db'),
  service('quote-api', 'kf-pricing', ['Kotlin', 1, 5], 'rates-db'),
  service('rates-engine', 'kf-pricing', ['Rust', 1, 3], 'rates-db'),
  service('invoice-api', 'kf-pricing', ['Kotlin', 2, 2], 'quote-rest'),
  service('driver-app', 'kf-mobile', ['Kotlin', 2, 1], 'tracking-rest'),
  service('customer-app', 'kf-mobile', ['Swift', 2, 1], 'booking-rest'),
  service('notify', 'kf-mobile', ['TypeScript', 2, 4], 'identity-rest'),
  service('identity', 'kf-security', ['Kotlin', 1, 2]),
  service('feature-flags', 'kf-delivery', ['Go', 2, 3], 'carrier-cache'),
  service('ci-runners', 'kf-delivery', ['Go', 3, 2]),
  service('lake-loader', 'kf-data', ['Python', 3, 5], 'events-log'),
];

const datastores = ['booking-db', 'tracking-db', 'rates-db', 'carrier-cache', 'events-log'];
const apis = ['booking-rest', 'tracking-rest', 'quote-rest', 'identity-rest'];
const topics = ['logging', 'metrics', 'money', 'geo', 'units', 'retry', 'forms', 'maps', 'pdf', 'auth', 'csv', 'clock'];
const libraries = topics.flatMap(topic => ['ts', 'kt', 'py'].map(language => `lib-${topic}-${language}`));

const property = (identifier: string, type: string, ordering: number, definition: object = {}): Property => ({
  identifier,
  name: identifier.replaceAll('_', ' '),
  description: null,
  type,
  ordering,
  definition,
  is_required: identifier === 'tier',
  visibility: 'visible',
});

const tiers = ['1', '2', '3'].map((value, index) => ({ value, color: ['#dc2626', '#d97706', '#16a34a'][index] }));
const properties = [
  property('tier', 'select', 0, { options: tiers }),
  property('language', 'text', 1),
  property('repository_url', 'url', 2),
  property('on_call', 'slack_channel', 3),
  property('deploys_last_30_days', 'computed', 4, { sql: 'SELECT count(*) FROM deployments', output_type: 'number' }),
];

function entityTypes(created: string): EntityType[] {
  const names = { service: 'Service', datastore: 'Datastore', api: 'API', library: 'Library' };
  return Object.entries(names).map(([identifier, name], ordering) => ({
    identifier,
    name,
    description: null,
    icon: null,
    ordering,
    properties: identifier === 'service' ? properties.map(one => ({ ...one })) : [property('language', 'text', 0)],
    aliases: { github_repo: identifier !== 'datastore', pagerduty_service: identifier === 'service' },
    created_at: created,
    updated_at: created,
  }));
}

const titled = (identifier: string): string =>
  identifier.replace(/(^|-)(\w)/g, (_, dash: string, letter: string) => (dash ? ' ' : '') + letter.toUpperCase());

function entities({ teams, users }: People, created: string): Entity[] {
  const make = (identifier: string, type: string, team: string | undefined, more: Partial<Entity> = {}): Entity => {
    const owner = teams.find(({ reference_id }) => reference_id === team);
    return {
      identifier,
      name: titled(identifier),
      type,
      created_at: created,
      updated_at: created,
      description: null,
      owner_teams: owner ? [{ id: owner.id, name: owner.name }] : [],
      owner_users: users.filter(({ id }) => id === owner?.lead_id).map(({ id, name }) => ({ id, name })),
      properties: {},
      aliases: {},
      domain: null,
      ...more,
    };
  };
  const ownerOf = (used: string) => services.find(({ uses }) => uses.includes(used))?.team;
  return [
    ...services.map(({ identifier, team, language, tier }) =>
      make(identifier, 'service', team, {
        description: `${titled(identifier)} of Kestrel Freight`,
        properties: {
          tier: String(tier),
          language,
          repository_url: `https://github.com/kestrel/${identifier}`,
          on_call: `#oncall-${team.slice(3)}`,
        },
        aliases: { github_repo: [{ identifier: String(chanceId(identifier)), lookup: `kestrel/${identifier}` }] },
        domain: team.slice(3),
      }),
    ),
    ...datastores.map(name => make(name, 'datastore', ownerOf(name))),
    ...apis.map(name => make(name, 'api', ownerOf(name))),
    ...libraries.map(name => make(name, 'library', 'kf-delivery', { properties: { language: name.slice(-2) } })),
  ];
}

const chanceId = (identifier: string): number => Math.floor(chance('repository', identifier) * 9e8) + 1e8;

function relations(created: string): Relation[] {
  const relation = (identifier: string, type: Relation['type'], target: string): Relation => ({
    identifier,
    type,
    inverse_type: inverses[type],
    cardinality: 'many_to_many',
    description: null,
    source_entity_type_identifier: 'service',
    target_entity_type_identifier: target,
    created_at: created,
    updated_at: created,
  });
  return [
    relation('service-consumes-api', 'consumes', 'api'),
    relation('service-depends-on-datastore', 'depends on', 'datastore'),
    relation('service-depends-on-library', 'depends on', 'library'),
  ];
}

function edges(): Edge[] {
  const used = services.flatMap(({ identifier: source, uses }) =>
    uses.map(target => ({
      relation_identifier: apis.includes(target) ? 'service-consumes-api' : 'service-depends-on-datastore',
      source,
      target,
    })),
  );
  // One service leans on everything, so that its edges need more than one page.
  const built = libraries.map(target => ({
    relation_identifier: 'service-depends-on-library',
    source: 'booking-api',
    target,
  }));
  return [...used, ...built];
}

const check = (id: number, name: string, days: number, where: Partial<Check>): Check => ({
  id: encodeId(id),
  name,
  description: null,
  ordering: id % 10,
  sql: `SELECT 'PASS' AS status -- ${name}`,
  filter_sql: null,
  filter_message: null,
  output_enabled: false,
  output_type: null,
  output_custom_options: null,
  output_aggregation: null,
  external_url: `https://wiki.kestrel.example/checks/${id}`,
  estimated_dev_days: days,
  published: true,
  scorecard_level_key: null,
  scorecard_check_group_key: null,
  points: null,
  ...where,
});

function scorecards({ users }: People): Scorecard[] {
  const admins = users.slice(0, 2).map(({ id, email }) => ({ id, email }));
  const common = {
    published: true,
    entity_filter_type: 'entity_types',
    entity_filter_sql: null,
    evaluation_frequency_hours: 24,
    entity_filter_type_identifiers: ['service'],
    editors: [],
    admins,
    sql_errors: [],
  } as const;
  const ranks = ['bronze', 'silver', 'gold'];
  const levels = ranks.map((key, index) => ({
    id: encodeId(2300 + index),
    key,
    name: titled(key),
    color: ['#b45309', '#9ca3af', '#eab308'][index] ?? '#000000',
    rank: index + 1,
  }));
  const readiness: Scorecard = {
    ...common,
    entity_filter_type_identifiers: ['service'],
    editors: [],
    sql_errors: [],
    id: encodeId(2100),
    name: 'Production readiness',
    description: 'What a service needs before it may wake somebody up.',
    type: 'LEVEL',
    tags: [{ value: 'reliability', color: '#2563eb' }],
    levels,
    check_groups: [],
    empty_level_label: 'Not ready',
    empty_level_color: '#6b7280',
    checks: [
      check(2201, 'Has an owner on call', 0.5, { scorecard_level_key: 'bronze' }),
      check(2202, 'Has a runbook', 1, { scorecard_level_key: 'bronze' }),
      check(2203, 'Alerts on its error budget', 2, { scorecard_level_key: 'silver' }),
      check(2204, 'Restores from a backup every quarter', 4, { scorecard_level_key: 'gold' }),
    ],
  };
  const security: Scorecard = {
    ...common,
    entity_filter_type_identifiers: ['service', 'library'],
    editors: [],
    sql_errors: [],
    id: encodeId(2101),
    name: 'Security basics',
    description: null,
    type: 'POINTS',
    tags: [{ value: 'security', color: '#dc2626' }],
    levels: [],
    check_groups: [{ id: encodeId(2400), key: 'supply', name: 'Supply chain', ordering: 0 }],
    empty_level_label: null,
    empty_level_color: null,
    checks: [
      check(2211, 'No critical advisories', 1, { scorecard_check_group_key: 'supply', points: 50 }),
      check(2212, 'Dependencies are pinned', 0.5, { scorecard_check_group_key: 'supply', points: 20 }),
      check(2213, 'Secrets come from the vault', 3, { scorecard_check_group_key: 'supply', points: 30 }),
    ],
  };
  const draft: Scorecard = {
    ...readiness,
    id: encodeId(2102),
    name: 'Cost awareness (draft)',
    published: false,
    checks: [],
  };
  return [readiness, security, draft];
}

function initiatives({ users }: People, today: number): Initiative[] {
  const day = 86_400_000;
  const owner = (index: number) => {
    const { id = '', name = '', email = '' } = users[index] ?? {};
    return { id, name, email };
  };
  const initiative = (index: number, name: string, scorecard: number, days: number): Initiative => ({
    id: encodeId(2500 + index),
    name,
    description: `${name}, everywhere.`,
    scorecard_id: encodeId(scorecard),
    priority: index,
    published: index < 3,
    complete_by: iso(today + days * day).slice(0, 10),
    owner: owner(index),
    tags: [{ value: index === 0 ? 'security' : 'reliability', color: '#2563eb' }],
  });
  return [
    initiative(0, 'Close critical advisories', 2101, 9),
    initiative(1, 'Every service on call by winter', 2100, 40),
    initiative(2, 'Backups that restore', 2100, -12),
    initiative(3, 'Cheaper nights', 2102, 120),
  ];
}

function workflows(): Workflow[] {
  const workflow = (identifier: string, name: string, more: Pick<Workflow, 'scope' | 'execution_type'>): Workflow => ({
    identifier,
    name,
    description: null,
    ...more,
    trigger_type: 'ANY',
    entity_filter_type: 'ENTITY_TYPES',
    entity_type_identifiers: more.scope === 'ENTITY' ? ['service'] : [],
    http_request: { method: 'POST', url: `https://hooks.kestrel.example/${identifier}` },
    icon: null,
    color: null,
  });
  return [
    workflow('create-repository', 'Create a repository', { scope: 'GLOBAL', execution_type: 'SIMPLE' }),
    workflow('rollback-service', 'Roll a service back', { scope: 'ENTITY', execution_type: 'EVENT_DRIVEN' }),
    workflow('rotate-secrets', 'Rotate secrets', { scope: 'ENTITY', execution_type: 'SIMPLE' }),
  ];
}

/** What the company has built and what it expects of it, as of a day. */
export function seedCatalog(people: People, today: number) {
  const created = iso(today - 400 * 86_400_000);
  return {
    entityTypes: entityTypes(created),
    entities: entities(people, created),
    relations: relations(created),
    edges: edges(),
    scorecards: scorecards(people),
    initiatives: initiatives(people, today),
    workflows: workflows(),
  };
}
