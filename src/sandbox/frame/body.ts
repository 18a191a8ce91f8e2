import type { SimulatorRequest } from '../router.ts';

/** What a request carries, by its content type. `unreadable`: it is not what it says. */
export type Body =
  | { kind: 'none' }
  | { kind: 'json'; value: unknown }
  | { kind: 'form'; entries: [name: string, value: string | File][] }
  | { kind: 'unreadable' }
  | { kind: 'other'; type: string };

const isJson = /^application\/json\b/i;
const isForm = /^(application\/x-www-form-urlencoded|multipart\/form-data)\b/i;

export async function readBody({ headers, bytes, json }: SimulatorRequest): Promise<Body> {
  const type = String(headers['content-type'] ?? '');
  if (bytes.length === 0) return { kind: 'none' };
  if (isJson.test(type)) {
    const value = json();
    return value === undefined ? { kind: 'unreadable' } : { kind: 'json', value };
  }
  if (!isForm.test(type)) return { kind: 'other', type };
  try {
    const form = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } }).formData();
    return { kind: 'form', entries: [...form] };
  } catch {
    return { kind: 'unreadable' };
  }
}
