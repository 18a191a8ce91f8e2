import { buildFile } from '../../../base/build-files.ts';
import { isRow } from '../../../base/json-value.ts';
import { changingFunctions, readingFunctions } from './functions.ts';
import type { ParseSql, SqlNode } from './grammar.ts';

let grammar: Promise<{ parse: ParseSql; SqlSyntaxError: new () => Error }> | undefined;

/** Loaded with the first statement. */
const loadOnce = () => {
  grammar ??= import('./grammar.ts').then(async ({ loadGrammar, SqlSyntaxError }) => ({
    parse: await loadGrammar(buildFile('postgres.wasm.br')),
    SqlSyntaxError,
  }));
  return grammar;
};

/**
 * Why a text is not one statement that only reads, as the rest of a sentence; undefined where it is, by PostgreSQL's own
 * grammar. `strict`: a function that PostgreSQL does not bring may do anything, and is refused as well.
 */
export async function whyNotReading(sql: string, { strict }: { strict: boolean }): Promise<string | undefined> {
  const { parse, SqlSyntaxError } = await loadOnce();
  try {
    const [statement, ...others] = await parse(sql);
    if (statement === undefined) return 'there is no statement in it';
    if (others.length > 0) return 'it is more than one statement';
    return whyNot(bareStatement(statement), strict);
  } catch (error) {
    if (!(error instanceof SqlSyntaxError)) throw error;
    return `PostgreSQL cannot read it: ${error.message}`;
  }
}

/** What EXPLAIN explains, or runs with ANALYZE, is judged as if it stood alone. */
function bareStatement(statement: SqlNode): SqlNode {
  const explained = statement['ExplainStmt'];
  return isRow(explained) && isRow(explained['query']) ? explained['query'] : statement;
}

/** Looks at every node, without a stack of calls: a statement may be nested as deep as its text is long. */
function whyNot(statement: SqlNode, strict: boolean): string | undefined {
  const open: unknown[] = [statement];
  while (open.length > 0) {
    const node = open.pop();
    if (Array.isArray(node)) open.push(...node);
    if (!isRow(node)) continue;
    for (const [type, content] of Object.entries(node)) {
      const why = isRow(content) || Array.isArray(content) ? whyNotNode(type, content, strict) : undefined;
      if (why !== undefined) return why;
      open.push(content);
    }
  }
  return undefined;
}

function whyNotNode(type: string, content: SqlNode | unknown[], strict: boolean): string | undefined {
  if (/Stmt$/.test(type) && type !== 'SelectStmt') return `${wordsOf(type)} is no reading`;
  if (type === 'intoClause') return 'SELECT INTO makes a table';
  if (type === 'lockingClause') return 'FOR UPDATE and FOR SHARE lock what they read';
  if (Array.isArray(content)) return undefined;
  if (type === 'FuncCall') return whyNotFunction(namesIn(content['funcname']), strict);
  const operator = type === 'A_Expr' ? namesIn(content['name']) : [];
  const isForeign = operator.length > 1 && operator[0] !== 'pg_catalog';
  return strict && isForeign ? `the operator ${operator.join('.')} is not one of PostgreSQL's own` : undefined;
}

/** Names come as they are found: without quotes in small letters. */
function whyNotFunction(path: readonly string[], strict: boolean): string | undefined {
  const [name = '', schema = 'pg_catalog'] = path.toReversed();
  const isOwn = schema === 'pg_catalog';
  if (isOwn && changingFunctions.has(name)) return `the function ${name} does more than read`;
  if (!strict || (isOwn && readingFunctions.has(name))) return undefined;
  return `the function ${path.join('.')} is not one that PostgreSQL knows to read only`;
}

const namesIn = (list: unknown): string[] =>
  (Array.isArray(list) ? list : []).map(one => {
    const text = isRow(one) ? one['String'] : undefined;
    return isRow(text) ? String(text['sval']) : '';
  });

/** `DeleteStmt` as "DELETE", `CreateTableAsStmt` as "CREATE TABLE AS". */
const wordsOf = (type: string) =>
  type
    .replace(/Stmt$/, '')
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase();
