import { Fault } from './errors.ts';
import { addCommand, findPart, loadPart, type OptionalPart } from './optional-part.ts';

export const sqlPart: OptionalPart = {
  name: 'sql',
  package: '@duckdb/node-api',
  title: 'DuckDB (70 MB)',
  opens: 'query_result works from its next call on.',
};

/** What a person runs to have it, wherever this program came from. */
export const addSqlCommand = addCommand(sqlPart);

/** Folder of packages that has DuckDB; undefined where it is not installed. Loads nothing. */
export const findDuckdb = () => findPart(sqlPart);

/** @throws Fault `not_configured` */
export async function requireDuckdb(): Promise<string> {
  const found = await findDuckdb();
  if (found === undefined) throw noDuckdb();
  return found;
}

/** Loads it into this process. @throws Fault `not_configured` where it is not installed */
export async function loadDuckdb(): Promise<typeof import('@duckdb/node-api')> {
  return loadPart(sqlPart, await requireDuckdb()) as typeof import('@duckdb/node-api');
}

const noDuckdb = () =>
  new Fault({
    code: 'not_configured',
    message: 'SQL needs DuckDB (70 MB), which is not installed on this computer.',
    hint: `Have the person run "${addSqlCommand}" in a terminal, once; then repeat this call, no restart is needed. read_result filters and sorts without it.`,
  });
