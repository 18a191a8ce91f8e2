import type * as z from 'zod';
import type { Row } from '../base/json-value.ts';
import { type FieldMeta, fieldMeta, type Operation } from '../operations/operation.ts';

/** Reads the first rows of a listing, each listing once; undefined where there is no such listing. */
export type FirstRows = (listing: string) => Promise<{ rows: readonly Row[]; asked: Row } | undefined>;

/** Things that one listing is tried for, where it may be empty for the first. */
const mostThings = 3;

/**
 * Arguments for an operation, the likeliest first: keys of rows of the listings that they come from, the first of fixed
 * choices, and a window of days. Or the argument that nobody can fill without guessing.
 */
export async function samplesOf(operation: Operation, firstRows: FirstRows): Promise<Row[] | { lacks: string }> {
  const open = Object.entries(operation.input.shape).filter(([, field]) => !isOptional(field));
  const chosen: Row = latestFirst(operation);
  const belonging: Row = {};
  let varying: { name: string; values: unknown[] } | undefined;
  for (const [name, field] of open) {
    const place = placeOf(field);
    if (!place) continue;
    const found = await firstRows(place.listing);
    const keys = (found?.rows ?? [])
      .filter(row => Object.entries(place.only ?? {}).every(([field, value]) => row[field] === value))
      .map(row => row[place.key])
      .filter(key => key !== undefined && key !== null);
    if (!found || keys.length === 0) return { lacks: name };
    const values = [...new Set(keys)].slice(0, mostThings).map(key => written(field, key));
    chosen[name] = values[0];
    varying ??= { name, values };
    const own = Object.entries(found.asked).filter(([asked]) => open.some(([one]) => one === asked));
    Object.assign(belonging, Object.fromEntries(own));
  }
  for (const [name, field] of open) {
    if (name in chosen || name in belonging) continue;
    const value = plainChoice(field);
    if (value === undefined) return { lacks: name };
    chosen[name] = value;
  }
  // A pipeline says of which project it is: what its listing was asked with goes along.
  const first = { ...chosen, ...belonging };
  if (!varying || varying.name in belonging) return [first];
  const { name, values } = varying;
  return values.map(value => ({ ...first, [name]: value }));
}

const activity = /^(last_activity_at|updated_at|updatedOn)$/;

/** What something happened to lately has most to show: the order for it, where the listing has one. */
function latestFirst({ input }: Operation): Row {
  const order = Object.entries(input.shape).find(([name]) => name === 'order_by')?.[1];
  const word = optionsOf(order).find(option => activity.test(String(option)));
  return word === undefined ? {} : { order_by: word };
}

/** The choices of a field that has fixed ones. */
function optionsOf(field: z.core.$ZodType | undefined): readonly unknown[] {
  const { innerType, entries = {} } = (field?._zod.def ?? {}) as { innerType?: z.core.$ZodType; entries?: Row };
  return innerType ? optionsOf(innerType) : Object.values(entries);
}

const isOptional = (field: z.core.$ZodType): boolean => (field as z.ZodType).safeParse(undefined).success;

function placeOf(field: z.core.$ZodType): FieldMeta['foundIn'] {
  const { reference, foundIn } = fieldMeta(field);
  return reference ? { listing: reference.list().name, key: reference.key } : foundIn;
}

/** Ids are texts in arguments, and may be numbers in rows; where several may be given, one is. */
function written(field: z.core.$ZodType, value: unknown): unknown {
  const text = typeof value === 'number' ? String(value) : value;
  return (field as z.ZodType).safeParse(text).success ? text : [text];
}

/** What may be given without knowing anything of the account. */
function plainChoice(field: z.core.$ZodType): unknown {
  const { time } = fieldMeta(field);
  if (time) return time.edge === 'end' ? 'now' : '7 days ago';
  return field._zod.def.type === 'boolean' ? false : optionsOf(field)[0];
}
