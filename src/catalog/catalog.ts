import { Fault } from '../base/errors.ts';
import { suggestion } from '../base/nearest.ts';
import { type Connections, closedApi } from '../connections/connections.ts';
import { isReading, type Operation, platformOf, type RunKind } from '../operations/operation.ts';
import type { ShowField } from '../operations/shown-fields.ts';
import { uriTemplate } from '../operations/uri-template.ts';
import { operationsOf, type Provider } from '../providers/provider.ts';
import type { Manifest, OperationDetails, OperationManifest } from './manifest.ts';
import type { Search } from './search.ts';

export interface Selection {
  /** `all`, `<platform>:all`, `<platform>:<toolset>`; added to the defaults of every platform. */
  toolsets?: readonly string[] | undefined;
  readOnly: boolean;
  /** Operations that a connection's platform was found not to offer, by the connection's name. */
  notOffered?: ReadonlyMap<string, readonly string[]>;
}

/** Every operation of the connected platforms, and which of them are tools of their own. */
export interface Catalog {
  operations: readonly OperationManifest[];
  /** Tools of their own. */
  listed: readonly OperationManifest[];
  /** Reached through `find_operation` and the dispatchers. */
  unlisted: readonly OperationManifest[];
  /** @throws Fault `unknown_operation`, `read_only` or `not_configured`, saying where the operation is */
  get(name: string): OperationManifest;
  /** The record, with its code. */
  load(facts: OperationManifest): Promise<Operation>;
  /** What may be shown of its answer, where its platform has a rule for that. */
  showFieldOf(operation: Operation): Promise<ShowField | undefined>;
  /** What it takes and gives, and where that is known from. */
  details(facts: OperationManifest): Promise<OperationDetails>;
  /** The operation that shows the thing which another one changes, going by their names. */
  readingOf(name: string): string | undefined;
  /** What answers a wish, best first. */
  search(wish: string): Promise<Found>;
  /** Operations that are not listed because the platform of this connection was found not to offer them. */
  notOffered(connection: string): readonly string[];
  /** URI templates of the runs there are. */
  runs: readonly string[];
  /** The run a URI names, or undefined. */
  run(uri: string): Promise<{ kind: RunKind; variables: Record<string, string>; platform: string } | undefined>;
}

/** What a search came to. */
export interface Found {
  operations: readonly OperationManifest[];
  /** Tools of the server itself. */
  tools: readonly string[];
  /** Where nothing is offered: what would do it, and why it is not here. */
  withheld?: Fault;
}

export interface CatalogSources {
  /** Every platform. */
  providers: readonly Provider[];
  facts: Pick<Manifest, 'platforms' | 'details' | 'general' | 'words'>;
  connections: Pick<Connections, 'of' | 'states'>;
}

/** The tool that runs an operation which is no tool of its own. */
export const dispatcherFor = (operation: Pick<OperationManifest, 'risk'>) =>
  isReading(operation) ? 'call_read_operation' : 'call_write_operation';

/** @throws Fault `not_configured` for a toolset that does not exist */
export function createCatalog(sources: CatalogSources, selection: Selection): Catalog {
  const { providers, connections } = sources;
  const { platforms: facts, details } = sources.facts;
  const connected = providers.map(({ name }) => name).filter(name => connections.of(name).length > 0);
  const chosen = chosenToolsets(providers, facts, selection.toolsets ?? []);
  const everything = Object.values(facts).flatMap(({ operations }) => operations);
  const operations = connected
    .flatMap(platform => facts[platform]?.operations ?? [])
    .filter(({ platform, api }) => connections.of(platform, api).length > 0)
    .filter(operation => !selection.readOnly || isReading(operation));
  const lacking = selection.notOffered ?? new Map<string, readonly string[]>();
  // One that any connection of the platform may offer is there.
  const isOffered = ({ name, platform, api }: OperationManifest) =>
    connections.of(platform, api).some(connection => !lacking.get(connection)?.includes(name));
  const isListed = (operation: OperationManifest) =>
    chosen.has(`${operation.platform}:${operation.toolset}`) && isOffered(operation);
  const unlisted = operations.filter(operation => !isListed(operation) && isOffered(operation));
  const byName = new Map(operations.map(operation => [operation.name, operation]));
  const runs = connected.flatMap(platform => (facts[platform]?.runs ?? []).map(run => ({ ...run, platform })));
  async function runOfPage(url: string) {
    for (const platform of new Set(runs.map(run => run.platform)))
      for (const kind of (await code(platform)).runs) {
        const variables = kind.fromPage?.(url);
        if (variables) return { kind, variables, platform };
      }
    return undefined;
  }
  const code = (platform: string) => (providers.find(({ name }) => name === platform) as Provider).load();
  return {
    operations,
    listed: operations.filter(isListed),
    unlisted,
    get(name) {
      const found = byName.get(name);
      if (found) return found;
      const elsewhere = everything.find(operation => operation.name === name);
      throw elsewhere ? withheld(elsewhere, connections, providers) : unknown(name, byName.keys());
    },
    async load({ name, platform }) {
      return operationsOf(await code(platform)).find(record => record.name === name) as Operation;
    },
    showFieldOf: async operation => (await code(platformOf(operation))).showField,
    details,
    readingOf: name => readingNames(name).find(one => byName.get(one)?.risk === 'reads'),
    async search(wish) {
      const isFound = (name: string) => {
        const operation = byName.get(name);
        return operation !== undefined && isOffered(operation);
      };
      const search = await searchOf(sources.facts);
      const names = search(wish, name => isFound(name) || isGeneral(sources.facts, name));
      const found = names.flatMap(name => byName.get(name) ?? []);
      const [other] = names.length ? [] : search(wish, name => !byName.has(name));
      const elsewhere = everything.find(({ name }) => name === other);
      return {
        operations: found,
        tools: names.filter(name => !byName.has(name)),
        ...(elsewhere ? { withheld: withheld(elsewhere, connections, providers) } : {}),
      };
    },
    notOffered: connection => lacking.get(connection) ?? [],
    runs: runs.map(({ uri }) => uri),
    async run(uri) {
      for (const { uri: template, platform } of runs) {
        const variables = uriTemplate(template).match(uri);
        const kind = variables && (await code(platform)).runs.find(run => run.uri === template);
        if (kind) return { kind, variables, platform };
      }
      return /^https?:/.test(uri) ? runOfPage(uri) : undefined;
    },
  };
}

type SearchedFacts = Pick<Manifest, 'platforms' | 'general' | 'words'>;

/** One index for all callers: what differs between them is what they may see of it. */
const indexes = new WeakMap<SearchedFacts['platforms'], Promise<Search>>();

function searchOf(facts: SearchedFacts): Promise<Search> {
  const { platforms } = facts;
  const known = indexes.get(platforms);
  if (known) return known;
  const made = buildSearch(facts);
  indexes.set(platforms, made);
  return made;
}

async function buildSearch({ platforms, general, words }: SearchedFacts): Promise<Search> {
  // Not imported: most sessions search for nothing, and the index brings its library along.
  const [{ createSearch }, known] = await Promise.all([import('./search.ts'), words()]);
  const operations = Object.values(platforms).flatMap(one => one.operations);
  const tools = general
    .filter(({ name }) => isGeneral({ general }, name))
    .map(({ name, description, annotations }) => ({
      name,
      summary: description,
      risk: annotations.readOnlyHint ? ('reads' as const) : ('edits' as const),
    }));
  return createSearch([...operations, ...tools].map(one => ({ ...one, words: known[one.name] ?? '' })));
}

/** A tool that does something by itself, which those that reach operations do not. */
const isGeneral = ({ general }: Pick<Manifest, 'general'>, name: string): boolean =>
  general.some(one => one.name === name && !one.needs?.startsWith('unlisted'));

/** Names that the reading of what `<platform>_<verb>_<noun>` is about may have, the closest first. */
function readingNames(name: string): string[] {
  const [platform, , ...words] = name.split('_');
  const noun = words.join('_');
  const nouns = [`get_${noun}`, `list_${noun}s`, `list_${noun}`, `list_${noun.replace(/y$/, 'ie')}s`, `list_${noun}es`];
  return [...nouns, `get_${noun.replace(/s$/, '')}`].map(one => `${platform}_${one}`);
}

function withheld(
  { name, platform, api }: OperationManifest,
  connections: CatalogSources['connections'],
  providers: readonly Provider[],
): Fault {
  const provider = providers.find(one => one.name === platform) as Provider;
  if (connections.of(platform, api).length > 0)
    return new Fault({
      code: 'read_only',
      message: `${name} changes something, and this server is read-only.`,
      hint: 'Ask the operator to start it without --read-only.',
    });
  if (api !== undefined && connections.of(platform).length > 0) return closedApi(provider, api);
  const broken = connections.states.find(state => state.provider.name === platform)?.fault;
  if (broken) return broken;
  return new Fault({
    code: 'not_configured',
    message: `${provider.title} is not connected.`,
    hint: 'check_connections says what is missing.',
  });
}

const giving = /_(add|create|upsert|save|set|protect|approve|block|archive|play|run|start)_/;
const taking = /_(remove|delete|revoke|drop|unprotect|unapprove|unblock|unarchive|cancel|stop)_/;

/** Two names of which one undoes what the other does: nobody who asked for the one means the other. */
const areOpposite = (one: string, other: string): boolean =>
  (giving.test(one) && taking.test(other)) || (taking.test(one) && giving.test(other));

function unknown(name: string, known: Iterable<string>): Fault {
  const offered = [...known].filter(one => !areOpposite(name, one));
  return new Fault({
    code: 'unknown_operation',
    message: `There is no operation "${name}" here.`,
    hint: suggestion(name, offered, 'find_operation searches all that are not tools of their own.'),
  });
}

function chosenToolsets(
  providers: readonly Provider[],
  facts: Manifest['platforms'],
  wanted: readonly string[],
): ReadonlySet<string> {
  const existing = Object.entries(facts).flatMap(([platform, { operations }]) =>
    operations.map(({ toolset }) => `${platform}:${toolset}`),
  );
  const chosen = new Set(
    providers.flatMap(({ name, defaultToolsets }) => defaultToolsets.map(set => `${name}:${set}`)),
  );
  for (const toolset of wanted) {
    const [platform = ''] = toolset.split(':', 1);
    const whole = toolset === `${platform}:all` ? `${platform}:` : undefined;
    const matches = existing.filter(one => toolset === 'all' || one === toolset || (whole && one.startsWith(whole)));
    if (matches.length === 0) throw noToolset(toolset, platform, Object.keys(facts), existing);
    for (const match of matches) chosen.add(match);
  }
  return chosen;
}

function noToolset(given: string, platform: string, platforms: readonly string[], existing: readonly string[]): Fault {
  const wholes = platforms.map(name => `${name}:all`);
  const own = existing.filter(one => one.startsWith(`${platform}:`));
  const there = own.length ? [`${platform}:all`, ...new Set(own)] : ['all', ...wholes];
  return new Fault({
    code: 'not_configured',
    message: `There is no toolset "${given}".`,
    hint: suggestion(given, ['all', ...wholes, ...existing], `There are: ${there.join(', ')}.`),
  });
}
