import type * as z from 'zod';
import { isDue, type Steps } from '../base/bounded/turns.ts';
import { isRow, type Row } from '../base/json-value.ts';
import { isListing, type Operation } from '../operations/operation.ts';
import { textIds } from './text-ids.ts';

/** A platform's answer as its record has it. */
interface Reading {
  value: unknown;
  /** Where it differs from what is documented. */
  warnings: string[];
}

/**
 * Reads a platform's answer by the record, loosely: what differs is kept under `unexpected` and told as a warning. An
 * answer is never refused for its form, and published schemas stay true. What is as documented is not copied.
 */
export function* readOutput(operation: Operation, value: unknown): Steps<Reading> {
  const { output } = operation;
  const differences = new Map<string, number>();
  let read: unknown;
  if (isListing(operation)) {
    const rows: unknown[] = [];
    for (const one of value as unknown[]) rows.push(yield* readOne(one, output, differences));
    read = rows;
  } else read = yield* readOne(value, output, differences);
  const warnings = [...differences].map(
    ([what, times]) =>
      `The platform's answer differs from its documentation (${what}${times > 1 ? `, ${times} times` : ''}).`,
  );
  return { value: read, warnings };
}

function* readOne(one: unknown, output: z.ZodType, differences: Map<string, number>): Steps<unknown> {
  const count = (what: string) => differences.set(what, (differences.get(what) ?? 0) + 1);
  if (isDue()) yield;
  if (!isRow(one)) {
    count('not an object');
    return { unexpected: one };
  }
  const { shape = {} } = output._zod.def as unknown as Definition;
  const unexpected: Row = {};
  for (const [field, schema] of Object.entries(shape)) {
    const message = yield* difference(one[field], schema);
    if (message === undefined) continue;
    count(`${field}: ${message}`);
    if (field in one) unexpected[field] = one[field];
  }
  if (Object.keys(unexpected).length === 0) return yield* textIds(one, output);
  const row = Object.fromEntries(Object.entries(one).filter(([field]) => !Object.hasOwn(unexpected, field)));
  return { ...((yield* textIds(row, output)) as Row), unexpected };
}

/**
 * What is different first, in a value that may be large: by zod, thing by thing. It says all that is wrong with a list,
 * and a million of wrong items would be as many sentences.
 */
function* difference(value: unknown, schema: z.core.$ZodType): Steps<string | undefined> {
  if (isDue()) yield;
  const { innerType, element, shape } = schema._zod.def as unknown as Definition;
  const isLeft = value === undefined || value === null || typeof value !== 'object';
  if (innerType && !isLeft) return yield* difference(value, innerType);
  if (element && Array.isArray(value)) return yield* differenceInList(value, element);
  if (shape && isRow(value)) return yield* differenceInRow(value, shape);
  return (schema as z.ZodType).safeParse(value).error?.issues[0]?.message;
}

function* differenceInList(list: readonly unknown[], element: z.core.$ZodType): Steps<string | undefined> {
  for (const one of list) {
    const found = yield* difference(one, element);
    if (found !== undefined) return found;
  }
  return undefined;
}

function* differenceInRow(row: Row, shape: Shape): Steps<string | undefined> {
  for (const name of Object.keys(shape)) {
    const found = yield* difference(row[name], shape[name] as z.core.$ZodType);
    if (found !== undefined) return found;
  }
  return undefined;
}

type Shape = Readonly<Record<string, z.core.$ZodType>>;

interface Definition {
  innerType?: z.core.$ZodType;
  element?: z.core.$ZodType;
  shape?: Shape;
}
