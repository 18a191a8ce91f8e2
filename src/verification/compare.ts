import * as z from 'zod';
import { isRow, type Row } from '../base/json-value.ts';
import type { Difference } from './report.ts';

/** What holds answers against a description: differences by place, and how many fields nobody described. */
export class Comparison {
  readonly #differences = new Map<string, Difference>();
  readonly #undescribed = new Map<string, number>();
  readonly #schema: z.core.$ZodType;
  readonly #words: ReadonlyMap<string, ReadonlySet<string>>;

  /** `words`: the vendor's fixed words, by the path of their field. */
  constructor(schema: z.core.$ZodType, words: Readonly<Record<string, readonly string[]>> = {}) {
    this.#schema = schema;
    this.#words = new Map(Object.entries(words).map(([field, known]) => [field, new Set(known)]));
  }

  /** Compares one answer, or one row of a listing. */
  add(value: unknown): void {
    const parsed = z.safeParse(this.#schema, value);
    for (const issue of parsed.error?.issues ?? []) this.#note(issue, value);
    this.#look(this.#schema, value, '');
  }

  get differences(): Difference[] {
    return [...this.#differences.values()];
  }

  /** How many fields nobody described, by JSON type; each name counts once. */
  get undescribed(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const name of this.#undescribed.keys()) {
      const type = name.slice(0, name.indexOf(' '));
      counts[type] = (counts[type] ?? 0) + 1;
    }
    return counts;
  }

  #note(issue: z.core.$ZodIssue, value: unknown): void {
    const found = issue.path.reduce<unknown>((inner, step) => (inner as Row | undefined)?.[step as string], value);
    const expected = expectationOf(issue);
    this.#differ(this.#pathOf(issue.path), expected, found);
  }

  #differ(field: string, expected: string, found: unknown): void {
    const difference = { field, expected, found: typeOf(found) };
    this.#differences.set(JSON.stringify(difference), difference);
  }

  /** The path with names that are described; whatever else stands there is the account's. */
  #pathOf(path: readonly PropertyKey[]): string {
    let schema: z.core.$ZodType | undefined = this.#schema;
    let text = '';
    for (const step of path) {
      const inner: z.core.$ZodType | undefined = schema && innermost(schema);
      if (isArraySchema(inner)) {
        text += '[]';
        schema = inner._zod.def.element;
        continue;
      }
      const shape = shapeOf(inner);
      const isDescribed = typeof step === 'string' && Object.hasOwn(shape, step);
      text += `${text && '.'}${isDescribed ? step : '*'}`;
      schema = isDescribed ? shape[step] : undefined;
    }
    return text || 'the answer';
  }

  #look(schema: z.core.$ZodType, value: unknown, path: string): void {
    const inner = innermost(schema);
    const known = this.#words.get(path);
    if (known && typeof value === 'string' && !known.has(value))
      this.#differences.set(path, { field: path, expected: 'a word of the contract', found: 'another word' });
    if (isArraySchema(inner) && Array.isArray(value)) {
      for (const one of value) this.#look(inner._zod.def.element, one, `${path}[]`);
      return;
    }
    if (inner._zod.def.type !== 'object' || !isRow(value)) return;
    const shape = shapeOf(inner);
    for (const [name, part] of Object.entries(value)) {
      const own = `${path}${path && '.'}${name}`;
      const field = Object.hasOwn(shape, name) ? shape[name] : undefined;
      if (field) this.#look(field, part, own);
      else if (this.#words.has(own)) this.#look(z.unknown(), part, own);
      else this.#undescribed.set(`${typeOf(part)} ${own}`, 1);
    }
  }
}

const isArraySchema = (schema: z.core.$ZodType | undefined): schema is z.core.$ZodArray =>
  schema?._zod.def.type === 'array';

const shapeOf = (schema: z.core.$ZodType | undefined): Readonly<Record<string, z.core.$ZodType>> =>
  schema?._zod.def.type === 'object' ? (schema as z.core.$ZodObject)._zod.def.shape : {};

/** What a schema is under `optional`, `nullable`, `default`, pipes and the like. */
function innermost(schema: z.core.$ZodType): z.core.$ZodType {
  const {
    innerType,
    in: before,
    getter,
  } = schema._zod.def as {
    innerType?: z.core.$ZodType;
    in?: z.core.$ZodType;
    getter?: () => z.core.$ZodType;
  };
  const next = innerType ?? before ?? getter?.();
  return next ? innermost(next) : schema;
}

/** The JSON type of a value; what is null or left out is nothing. */
function typeOf(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  return Array.isArray(value) ? 'array' : typeof value;
}

function expectationOf(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_type') return issue.expected;
  if (issue.code === 'invalid_value') return 'one of the words of the record';
  return issue.code === 'invalid_union' ? 'one of several types' : 'the form of the record';
}
