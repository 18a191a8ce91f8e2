/** PostgreSQL's parser in WebAssembly. The package declares types for its other entry alone, which finds its file itself. */
declare module 'libpg-query/wasm/libpg-query.js' {
  export interface Parser {
    lengthBytesUTF8(text: string): number;
    stringToUTF8(text: string, pointer: number, bytes: number): void;
    UTF8ToString(pointer: number): string;
    getValue(pointer: number, type: 'i32'): number;
    _malloc(bytes: number): number;
    _free(pointer: number): void;
    _wasm_parse_query_raw(text: number): number;
    _wasm_free_parse_result(result: number): void;
    _wasm_scan(text: number): number;
    _wasm_free_string(text: number): void;
  }
  function createParser(options: {
    instantiateWasm(imports: object, done: (instance: object) => void): object;
  }): Promise<Parser>;

  // biome-ignore lint/style/noDefaultExport: it is that of the package
  export { createParser as default };
}
