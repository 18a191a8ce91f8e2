import { Fault } from './errors.ts';
import { type Operation, platformOf } from './operation.ts';
import type { Provider } from './providers/provider.ts';
import { nearest } from './references.ts';
import { uriTemplate } from './resources/uri.ts';
import type { RunKind } from './runs/run.ts';

export interface Selection {
  /** `all`, `<platform>:all`, `<platform>:<toolset>`; added to the defaults of every platform. */
  toolsets?: readonly string[] | undefined;
  readOnly: boolean;
}

/** Every operation of the connected platforms, and which of them are tools of their own. */
export interface Catalog {
  operations: readonly Operation[];
  /** Tools of their own. */
  listed: readonly Operation[];
  /** Reached through `find_operation` and the dispatchers. */
  unlisted: readonly Operation[];
  /** @throws Fault `unknown_operation` */
  get(name: string): Operation;
  /** Best matches first. */
  search(query: string): Operation[];
  /** The run a URI names, or undefined. */
  run(uri: string): { kind: RunKind; variables: Record<string, string>; platform: string } | undefined;
  runs: readonly RunKind[];
}

/** @throws Fault `not_configured` for a toolset that does not exist */
export function createCatalog(providers: readonly Provider[], all: readonly Provider[], selection: Selection): Catalog {
  const chosen = chosenToolsets(all, selection.toolsets ?? []);
  const operations = providers
    .flatMap(provider => provider.operations)
    .filter(({ effect }) => !selection.readOnly || effect === 'read');
  const isListed = (operation: Operation) => chosen.has(`${platformOf(operation)}:${operation.toolset}`);
  const listed = operations.filter(isListed);
  const unlisted = operations.filter(operation => !isListed(operation));
  const byName = new Map(operations.map(operation => [operation.name, operation]));
  const runs = providers.flatMap(provider => provider.runs.map(kind => ({ kind, platform: provider.name })));
  return {
    operations,
    listed,
    unlisted,
    runs: runs.map(({ kind }) => kind),
    get(name) {
      const found = byName.get(name);
      if (found) return found;
      const near = nearest(name, byName.keys());
      throw new Fault({
        code: 'unknown_operation',
        message: `There is no operation "${name}" here.`,
        hint: near ? `Did you mean ${near}?` : 'find_operation searches all of them.',
      });
    },
    search: query => search(unlisted, query),
    run(uri) {
      for (const { kind, platform } of runs) {
        const variables = uriTemplate(kind.uri).match(uri);
        if (variables) return { kind, variables, platform };
      }
      return undefined;
    },
  };
}

function chosenToolsets(providers: readonly Provider[], wanted: readonly string[]): ReadonlySet<string> {
  const existing = providers.flatMap(({ name, operations }) => operations.map(({ toolset }) => `${name}:${toolset}`));
  const chosen = new Set(
    providers.flatMap(({ name, defaultToolsets }) => defaultToolsets.map(set => `${name}:${set}`)),
  );
  for (const toolset of wanted) {
    const [platform] = toolset.split(':', 1);
    const matches = existing.filter(
      one => toolset === 'all' || one === toolset || (toolset === `${platform}:all` && one.startsWith(`${platform}:`)),
    );
    if (matches.length === 0) {
      const near = nearest(toolset, existing);
      throw new Fault({
        code: 'not_configured',
        message: `There is no toolset "${toolset}".`,
        hint: near ? `Did you mean ${near}?` : `There are: all, ${[...new Set(existing)].join(', ')}.`,
      });
    }
    for (const match of matches) chosen.add(match);
  }
  return chosen;
}

// Words of the query against words of the record; a hit in the name counts most. Enough for some hundred records.
function search(operations: readonly Operation[], query: string): Operation[] {
  const words = query
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
  const scored = operations.map(operation => {
    const name = operation.name.toLowerCase();
    const text = `${operation.summary} ${operation.toolset} ${operation.route}`.toLowerCase();
    const score = words.reduce((sum, word) => sum + (name.includes(word) ? 3 : 0) + (text.includes(word) ? 1 : 0), 0);
    return { operation, score };
  });
  return scored
    .filter(({ score }) => score > 0 || words.length === 0)
    .sort((a, b) => b.score - a.score)
    .map(({ operation }) => operation);
}
