import { isRow } from '../../base/json-value.ts';
/*
 * What a task left behind. The vendor's page calls it encrypted; the published source of the server and the vendor's
 * own interface only encode it in Base64 (github.com/ylem-co/ylem), so nothing is decrypted here.
 */

import { parseJson } from '../../base/json.ts';

/** A task's output, as far as its bytes tell what it is. */
export type Output =
  | { kind: 'empty' }
  | { kind: 'json'; value: unknown }
  | { kind: 'text'; value: string }
  /** Older servers: the data source whose query failed. */
  | { kind: 'data_source_uuid'; value: string }
  | { kind: 'binary'; base64: string; byte_length: number }
  /** Not Base64: as received. */
  | { kind: 'raw'; text: string };

interface Task {
  type: string;
  ok: boolean;
}

/** Never throws: one odd output must not lose the log it stands in. */
export function decodeOutput(encoded: unknown, task: Task): Output {
  if (encoded === null || encoded === undefined || encoded === '') return { kind: 'empty' };
  const base64 = String(encoded);
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64) || base64.length % 4 !== 0) return { kind: 'raw', text: base64 };
  const bytes = Buffer.from(base64, 'base64');
  const text = utf8(bytes);
  if (text !== undefined) {
    const value = json(text);
    return value === undefined ? { kind: 'text', value: text } : { kind: 'json', value: unwrapped(value, task) };
  }
  if (bytes.length === 16 && !task.ok && task.type === 'query' && isUuid(bytes))
    return { kind: 'data_source_uuid', value: uuidOf(bytes) };
  return { kind: 'binary', base64, byte_length: bytes.length };
}

// A condition hands its input on, once more in Base64.
function unwrapped(value: unknown, { type }: Task): unknown {
  if (type !== 'condition' || typeof value !== 'object' || value === null || !('original_input' in value)) return value;
  const inner = decodeOutput((value as { original_input: unknown }).original_input, { type: '', ok: true });
  return {
    ...value,
    original_input: 'value' in inner ? inner.value : (value as { original_input: unknown }).original_input,
  };
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function json(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

/** By its version and variant bits (RFC 9562). */
const isUuid = (bytes: Buffer) =>
  ((bytes[6] ?? 0) & 0xf0) >> 4 >= 1 && ((bytes[6] ?? 0) & 0xf0) >> 4 <= 8 && ((bytes[8] ?? 0) & 0xc0) === 0x80;

const uuidOf = (bytes: Buffer) => bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');

/** Rows, where a JSON output is a list of objects. */
export function tableOf(output: Output): Record<string, unknown>[] | undefined {
  if (output.kind !== 'json' || !Array.isArray(output.value) || output.value.length === 0) return undefined;
  const rows = output.value.every(row => isRow(row));
  return rows ? output.value : undefined;
}
