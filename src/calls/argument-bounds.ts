import { Fault } from '../base/errors.ts';
import { isRow } from '../base/json-value.ts';
import { fieldMeta, type Operation, routeOf } from '../operations/operation.ts';

/** How large an argument may be where no schema says less: whatever is done with it takes time. */
export interface Bound {
  /** Characters of a text. */
  text: number;
  /** Items of a list, members of an object, of all levels together. */
  items: number;
  /** Lists and objects within each other. */
  depth: number;
  /** What to do about a value that is larger. */
  hint: string;
}

/** What names or finds something: it is compared with others, looked up, and part of an address. */
const name: Bound = { text: 2_048, items: 10_000, depth: 16, hint: 'Give a name, an id or a short text here.' };

/** What is passed on as it is: a description, the content of a file, a statement, values. */
const text: Bound = {
  text: 4 * 2 ** 20,
  items: 100_000,
  depth: 64,
  hint: 'Give less at once, or a result:// handle where there is an argument for one.',
};

/** Rows, which may come as an argument as well as by a handle. */
const data: Bound = {
  text: 16 * 2 ** 20,
  items: 2_000_000,
  depth: 64,
  hint: 'Store it, and give its result:// handle.',
};

/** The name of a tool, a URI, what is to be completed, the names of arguments. */
export const nameBound = name;

/** Of an argument of a tool of the server itself, or of a control that operations of one kind have in common. */
export function boundOfField(field: unknown): Bound {
  const { longest, source, in: place } = fieldMeta(field as never);
  if (source !== undefined || place === 'payload' || longest === 'data') return data;
  return longest === undefined ? name : { ...name, text: longest, hint: text.hint };
}

/** Of an argument of an operation, by what the platform does with it. */
export function boundOfArgument(operation: Operation, argument: string): Bound {
  const field = operation.input.shape[argument];
  const own = boundOfField(field);
  if (field === undefined || own !== name) return own;
  const { in: place, reference, fromUri } = fieldMeta(field);
  const { method, path } = routeOf(operation);
  const isSent = place === 'body' || (place === undefined && !['GET', 'HEAD', 'DELETE'].includes(method));
  const isName =
    reference !== undefined ||
    fromUri !== undefined ||
    path.includes(`{${argument}}`) ||
    path.includes(`{${argument}*}`);
  return isSent && !isName ? text : name;
}

/** @throws Fault `too_large`, before anything is done with the value */
export function refuseOversized(value: unknown, bound: Bound, whose: string): void {
  const { text: longest, items: most, depth: deepest, hint } = bound;
  let items = 0;
  const refuse = (what: string, unit: string, limit: number) =>
    new Fault({
      code: 'too_large',
      message: `${whose} ${what}; ${limit.toLocaleString('en-US')} ${unit} are the most.`,
      hint,
    });
  const tooLong = (found: string) =>
    refuse(`has a text of ${found.length.toLocaleString('en-US')} characters`, 'characters', longest);
  const look = (one: unknown, depth: number): void => {
    if (typeof one === 'string' && one.length > longest) throw tooLong(one);
    if (typeof one !== 'object' || one === null) return;
    if (depth > deepest) throw refuse('is nested too deep', 'levels', deepest);
    const inner: readonly unknown[] = Array.isArray(one) ? one : Object.values(one);
    items += inner.length;
    if (items > most) throw refuse(`has more than ${most.toLocaleString('en-US')} values`, 'values', most);
    if (isRow(one)) for (const key of Object.keys(one)) if (key.length > name.text) throw tooLong(key);
    for (const part of inner) look(part, depth + 1);
  };
  look(value, 1);
}
