import { applyEdits, modify, type ParseError, parse, printParseErrorCode } from 'jsonc-parser';

/** What a JSON text says; comments and a comma behind the last item are allowed. @throws where it is malformed */
export function parseJson(text: string): unknown {
  // An empty file is how some programs begin.
  if (text.trim() === '') return {};
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (!first) return value;
  throw new Error(`${printParseErrorCode(first.error)} in line ${text.slice(0, first.offset).split('\n').length}`);
}

/** The text with `value` at the path, or (undefined) without what stands there; comments and order stay. */
export function editJson(text: string, path: readonly string[], value: unknown): string {
  const [, indent = '  '] = /\n([ \t]+)"/.exec(text) ?? [];
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const formattingOptions = { insertSpaces: !indent.includes('\t'), tabSize: indent.length, eol };
  const whole = text.trim() === '' ? `{}${eol}` : text;
  return applyEdits(whole, modify(whole, [...path], value, { formattingOptions }));
}
