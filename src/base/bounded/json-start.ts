/** Without what JSON.stringify leaves out. */
const isWritten = (part: unknown): boolean =>
  part !== undefined && typeof part !== 'function' && typeof part !== 'symbol';

/**
 * The beginning of a value as JSON, of `most` characters or somewhat more. It takes as long as that is, whatever the
 * value holds. What is shorter comes whole.
 */
export function jsonStart(value: unknown, most: number): string {
  if (typeof value === 'string') return JSON.stringify(value.length > most ? value.slice(0, most + 1) : value);
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return JSON.stringify(value) ?? '';
  return Array.isArray(value) ? listStart(value, most) : objectStart(value as Record<string, unknown>, most);
}

function listStart(list: readonly unknown[], most: number): string {
  let text = '[';
  for (const [index, part] of list.entries()) {
    if (text.length > most) return text;
    if (index > 0) text += ',';
    text += isWritten(part) ? jsonStart(part, most - text.length) : 'null';
  }
  return `${text}]`;
}

function objectStart(object: Record<string, unknown>, most: number): string {
  let text = '{';
  for (const name in object) {
    const part = object[name];
    if (!Object.hasOwn(object, name) || !isWritten(part)) continue;
    if (text.length > most) return text;
    if (text.length > 1) text += ',';
    text += `${jsonStart(name, most - text.length)}:${jsonStart(part, most - text.length)}`;
  }
  return `${text}}`;
}
