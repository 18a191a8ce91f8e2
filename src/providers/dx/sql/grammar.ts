import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import createParser, { type Parser } from 'libpg-query/wasm/libpg-query.js';

/** Node's types leave it to those of browsers. */
const { WebAssembly } = globalThis as unknown as {
  WebAssembly: {
    compile(bytes: Uint8Array): Promise<object>;
    instantiate(module: object, imports: object): Promise<object>;
  };
};

/** A statement that PostgreSQL's parser refuses, in its words. */
export class SqlSyntaxError extends Error {}

/** A node of a statement: an object with one key, its type, and under it an object of what it consists of. */
export type SqlNode = Record<string, unknown>;

/** The statements of a text. `$name` is a value, as it is to the Data Studio. @throws SqlSyntaxError */
export type ParseSql = (sql: string) => Promise<SqlNode[]>;

/**
 * PostgreSQL's own parser (libpg_query, in WebAssembly).
 * @param wasm path of the module, compressed with brotli
 */
export async function loadGrammar(wasm: string): Promise<ParseSql> {
  const compiled = await WebAssembly.compile(await promisify(brotliDecompress)(await readFile(wasm)));
  const create = () =>
    createParser({
      instantiateWasm(imports, done) {
        void WebAssembly.instantiate(compiled, imports).then(done);
        return {};
      },
    });
  let parser: Promise<Parser> | undefined;
  return async sql => {
    parser ??= create();
    try {
      const own = await parser;
      return parse(own, withNumbers(own, sql));
    } catch (error) {
      if (error instanceof SqlSyntaxError) throw error;
      // Nested deeper than a stack is: nobody knows in what state it was left.
      parser = undefined;
      throw new SqlSyntaxError('it is nested too deep to be read');
    }
  };
}

function parse(parser: Parser, sql: string): SqlNode[] {
  return withText(parser, sql, text => {
    const result = parser._wasm_parse_query_raw(text);
    try {
      const error = parser.getValue(result + 8, 'i32');
      if (error) throw new SqlSyntaxError(parser.UTF8ToString(parser.getValue(error, 'i32')));
      const { stmts } = JSON.parse(parser.UTF8ToString(parser.getValue(result, 'i32'))) as {
        stmts: { stmt?: SqlNode }[];
      };
      return stmts.map(({ stmt = {} }) => stmt);
    } finally {
      parser._wasm_free_parse_result(result);
    }
  });
}

interface Token {
  /** Bytes from the beginning. */
  start: number;
  end: number;
  text: string;
}

/** `$team` as `$1`: to PostgreSQL it is a stray sign and a name. Its own scanner says where that is no text or comment. */
function withNumbers(parser: Parser, sql: string): string {
  if (!sql.includes('$')) return sql;
  const { tokens } = withText(parser, sql, text => {
    const result = parser._wasm_scan(text);
    try {
      return JSON.parse(parser.UTF8ToString(result)) as { tokens: Token[] };
    } finally {
      parser._wasm_free_string(result);
    }
  });
  const bytes = Buffer.from(sql);
  const parts: string[] = [];
  let done = 0;
  for (const [at, { start, end, text }] of tokens.entries()) {
    const name = tokens[at + 1];
    if (text !== '$' || name?.start !== end || !/^[a-z_]/i.test(name.text)) continue;
    parts.push(bytes.toString('utf8', done, start), '$1');
    done = name.end;
  }
  return parts.join('') + bytes.toString('utf8', done);
}

function withText<Outcome>(parser: Parser, text: string, use: (pointer: number) => Outcome): Outcome {
  const bytes = parser.lengthBytesUTF8(text) + 1;
  const pointer = parser._malloc(bytes);
  try {
    parser.stringToUTF8(text, pointer, bytes);
    return use(pointer);
  } finally {
    parser._free(pointer);
  }
}
