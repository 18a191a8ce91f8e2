import type { Row } from '../../base/json-value.ts';
import { fieldMeta, fieldOf, isReading, type Operation } from '../../operations/operation.ts';
import { accepts } from '../soften.ts';

/** Added to the description of an argument that takes many. The instructions say what that means. */
export const manyMark = 'or many';

/** The arguments of a reading that name one thing of a listing each, and so may name many. */
export function manyArguments(operation: Operation, accepted: Row): string[] {
  if (!isReading(operation)) return [];
  const properties = (accepted['properties'] ?? {}) as Record<string, Row>;
  return Object.keys(operation.input.shape).filter(name => {
    const property = properties[name] ?? {};
    const isOneName = accepts(property, 'string') && !accepts(property, 'array') && !accepts(property, 'object');
    return isOneName && fieldMeta(fieldOf(operation.input, name)).reference !== undefined;
  });
}
