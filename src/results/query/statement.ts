import { resultId } from '../result.ts';
import { objectionInWords } from './faults.ts';

/** A node of what DuckDB's `json_serialize_sql` makes of a statement. */
type Node = Record<string, unknown>;

/** They make rows out of their arguments alone. */
const tableFunctions = new Set([
  'range',
  'generate_series',
  'unnest',
  'repeat',
  'repeat_row',
  'json_each',
  'json_tree',
]);

/** They tell of the engine instead of computing, or leave something behind in it. */
const withheld =
  /^(current_setting|getvariable|getenv|write_log|nextval|currval|in_search_path|current_(database|schemas?|catalog|role|user|query)|user|session_user|version|(pg|duckdb|pragma|inet|has|read|parquet|json_(de)?serialize|json_execute)_.*)$/;

/** What may follow `SHOW_REF`: `DESCRIBE` and `SUMMARIZE` of a table. */
const shown = new Set(['DESCRIBE', 'SUMMARY']);

/**
 * Why a statement may not run; undefined when it may. An allow list of what it reads from: named results, its own
 * common table expressions, and functions that make rows of their arguments. The engine is locked besides; this says
 * in plain words what the lock would refuse, and keeps out what the lock lets through, such as reading its settings.
 */
export function objection(serialized: string): string | undefined {
  const { error, error_type, error_message, statements } = JSON.parse(serialized) as {
    error: boolean;
    error_type?: string;
    error_message?: string;
    statements?: Node[];
  };
  if (error && error_type === 'not implemented') return 'Only a SELECT can be run.';
  if (error) return objectionInWords(`Parser Error: ${error_message ?? ''}`);
  if (statements?.length !== 1) return `It has ${statements?.length ?? 0} statements; one can be run.`;
  const nodes = [...within(statements[0])];
  const own = new Set(nodes.flatMap(commonTables));
  for (const node of nodes) {
    const found = objectionTo(node, own);
    if (found) return found;
  }
  return undefined;
}

function objectionTo(node: Node, own: ReadonlySet<string>): string | undefined {
  const name = String(node['table_name'] ?? '');
  switch (node['type']) {
    case 'BASE_TABLE':
      return isNamed(node) && (resultId(name) !== undefined || own.has(name.toLowerCase())) ? undefined : unknown(name);
    case 'SHOW_REF':
      return shown.has(String(node['show_type'])) && name === '' ? undefined : 'Only a SELECT can be run.';
    case 'TABLE_FUNCTION': {
      const called = nameOf(node['function'] as Node);
      return tableFunctions.has(called) ? undefined : `${called}(...) is not allowed as a table.`;
    }
    default: {
      const called = nameOf(node);
      return withheld.test(called) ? `${called}(...) is not allowed.` : undefined;
    }
  }
}

const nameOf = (node: Node) => String(node['function_name'] ?? '').toLowerCase();
const isNamed = (node: Node) => node['schema_name'] === '' && node['catalog_name'] === '';
const unknown = (name: string) => `There is no table "${name}".`;

/** Names that the node's `WITH` declares. */
function commonTables(node: Node): string[] {
  const { map } = (node['cte_map'] ?? {}) as { map?: { key: string }[] };
  return (map ?? []).map(({ key }) => key.toLowerCase());
}

function* within(value: unknown): Generator<Node> {
  if (Array.isArray(value)) for (const item of value) yield* within(item);
  else if (typeof value === 'object' && value !== null) {
    yield value as Node;
    for (const inner of Object.values(value)) yield* within(inner);
  }
}
