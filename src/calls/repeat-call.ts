import { type Catalog, dispatcherFor } from '../catalog/catalog.ts';
import type { Connections } from '../connections/connections.ts';
import type { Provenance } from '../results/result.ts';

/** The one call that makes a result again, as a caller of this server would write it. */
export function callAgain(
  { operation, connection, arguments: given }: Provenance,
  { catalog, connections }: { catalog: Catalog; connections: Connections },
): string {
  const facts = catalog.operations.find(({ name }) => name === operation);
  const choice =
    facts && connection !== undefined ? connections.argumentFor({ name: connection, platform: facts.platform }) : {};
  const args = { ...(given as object), ...choice };
  if (!facts || catalog.listed.includes(facts)) return `${operation} ${JSON.stringify(args)}`;
  const dispatcher = dispatcherFor(facts);
  return `${dispatcher} ${JSON.stringify({ operation, arguments: args })}`;
}
