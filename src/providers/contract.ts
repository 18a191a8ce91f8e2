import { isListing, isReading, type Operation, routeOf } from '../operations/operation.ts';

/** The vendor's facts of one platform, as its `contract.json` has them: written from documents, never from records. */
export interface Contract {
  /** The page that describes the API as a whole. */
  source: string;
  /** ISO date. */
  checked: string;
  /** What the platform's own words for where a fact is from come to, where they are other words. */
  levels?: Readonly<Record<string, Level>>;
  endpoints: readonly Endpoint[];
}

export interface Endpoint {
  method: string;
  /** Null: the address comes whole from another answer. */
  path: string | null;
  evidence: string;
  source: string;
  /** ISO date. */
  checked: string;
  parameters: readonly { name: string }[];
  /** Fixed words of a field of the answer, or of a parameter. `[]` stands for each item of a list. */
  words?: readonly { word: string; field: string }[];
  /** What an account showed, where that is otherwise than described. */
  observed?: { at: string; release?: string; differs?: readonly string[] };
}

/** `documented` by the vendor, `observed` on a live host, or `inferred` from something near. */
export type Level = 'documented' | 'observed' | 'inferred';

/** Where the facts of a record come from, and when somebody last looked. */
export interface Evidence {
  level: Level;
  source: string;
  /** ISO date. */
  checked: string;
}

/** The vendor's description of a route, found by its shape: names of parameters may differ, positions may not. */
export function endpointOf<One extends Endpoint>(
  { endpoints }: { endpoints: readonly One[] },
  operation: Operation,
): One | undefined {
  const { method, path } = routeOf(operation);
  return endpoints.find(one => one.method === method && one.path !== null && shapeOf(one.path) === shapeOf(path));
}

const shapeOf = (path: string) => path.replace(/\{[^{}]*\}/g, '{}');

/** The vendor's fixed words in what a reading answers, by the path of their field in it; in a row for listings. */
export function answerWords(contract: Contract, operation: Operation): Record<string, string[]> | undefined {
  const { words = [], parameters = [] } = (isReading(operation) && endpointOf(contract, operation)) || {};
  const known: Record<string, string[]> = {};
  for (const { word, field } of words) {
    if (parameters.some(({ name }) => name === field)) continue;
    const path = isListing(operation) ? field.replace(/^[^[]{0,100}\[\]\./, '') : field;
    known[path] = [...(known[path] ?? []), word];
  }
  return Object.keys(known).length > 0 ? known : undefined;
}

/** What an operation rests on. One that is answered from the configuration rests on the API as a whole having no such route. */
export function evidenceOf(contract: Contract, operation: Operation): Evidence {
  if (operation.configured) return { level: 'documented', source: contract.source, checked: contract.checked };
  const endpoint = endpointOf(contract, operation);
  if (!endpoint) throw new Error(`${operation.name} has a route that contract.json does not know.`);
  const { evidence, source, checked } = endpoint;
  return { level: contract.levels?.[evidence] ?? (evidence as Level), source, checked };
}
