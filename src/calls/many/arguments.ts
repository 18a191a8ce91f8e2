import type * as z from 'zod';
import type { Row } from '../../base/json-value.ts';
import { fieldMeta, fieldOf, type Operation } from '../../operations/operation.ts';
import { accepts } from '../soften.ts';

/** Added to the description of an argument that takes many. The instructions say what that means. */
export const manyMark = 'or many';

/** The arguments that name one thing of a listing each, and so may name many. */
export function manyArguments(operation: Operation, accepted: Row): string[] {
  const properties = (accepted['properties'] ?? {}) as Record<string, Row>;
  return Object.keys(operation.input.shape).filter(name => {
    const property = properties[name] ?? {};
    const isOneName = accepts(property, 'string') && !accepts(property, 'array') && !accepts(property, 'object');
    return isOneName && namesThing(fieldOf(operation.input, name));
  });
}

function namesThing(field: z.core.$ZodType | undefined): boolean {
  const { reference, foundIn } = fieldMeta(field);
  return (reference ?? foundIn) !== undefined;
}
