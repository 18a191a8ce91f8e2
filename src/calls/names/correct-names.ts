import { Fault, isFault } from '../../base/errors.ts';
import type { Row } from '../../base/json-value.ts';
import {
  fieldMeta,
  fieldOf,
  type Operation,
  type OperationContext,
  type Reference,
  routeOf,
} from '../../operations/operation.ts';
import { find, nearestName } from './name-index.ts';
import { rowsLike } from './rows-like.ts';

/**
 * What a call meant whose platform knows nothing of a thing it names: the arguments with the key of the one thing that
 * is called so, where that is another; otherwise the same fault, with the nearest name there is.
 * @throws Fault
 */
export async function correctNames(
  operation: Operation,
  args: Row,
  context: OperationContext,
  fault: Fault,
): Promise<Row> {
  for (const [name, field] of Object.entries(operation.input.shape)) {
    const { reference } = fieldMeta(field);
    const value = args[name];
    // What no listing vouched for: the others were looked up before.
    if (!reference || typeof value !== 'string' || !isGuess(reference, value)) continue;
    const rows = await rowsLike(reference, value, args, context);
    // It is there under just this name, so that what is absent is something else.
    const fields = reference.takesLabel ? [reference.key, reference.label] : [reference.key];
    if (rows.some(row => fields.some(field => row[field] === value))) continue;
    const key = find(reference, value, rows);
    if (key !== undefined) return { ...args, [name]: key };
    const near = key === undefined ? nearestName(reference, value, rows) : undefined;
    if (near !== undefined) throw fault.with({ hint: `Did you mean "${near}"?` });
  }
  throw fault;
}

/**
 * The same of a listing that found nothing: a platform that narrows by a name which nobody has answers without a word.
 * Undefined: every name is there, or nothing is like it.
 */
export async function likelierNames(
  operation: Operation,
  args: Row,
  context: OperationContext,
): Promise<{ args: Row } | { hint: string } | undefined> {
  const { path } = routeOf(operation);
  // What is part of the address would have been told by the platform.
  const narrowing = Object.keys(args).filter(name => !path.includes(`{${name}}`));
  const isOpen = (name: string) => {
    const { reference } = fieldMeta(fieldOf(operation.input, name));
    return reference !== undefined && typeof args[name] === 'string' && isGuess(reference, String(args[name]));
  };
  if (!narrowing.some(isOpen)) return undefined;
  const nothing = new Fault({ code: 'not_found', message: '', hint: '' });
  const only = {
    ...operation,
    input: operation.input.pick(Object.fromEntries(narrowing.filter(isOpen).map(name => [name, true])) as never),
  };
  try {
    return { args: await correctNames(only, args, context, nothing) };
  } catch (error) {
    if (!isFault(error)) throw error;
    return error.hint === '' ? undefined : { hint: error.hint };
  }
}

const isGuess = ({ keyForm, search }: Reference, value: string): boolean =>
  !/^\d+$/.test(value) && (search !== undefined || keyForm?.test(value) === true);

/** Statuses by which a platform says that a change has to be sent elsewhere. */
const elsewhere: ReadonlySet<number | undefined> = new Set([301, 302, 307, 308, 405]);

/** Of a change that was not sent on: the same fault with what the thing is called by now, where that is the reason. */
export async function namedAnew(
  operation: Operation,
  args: Row,
  context: OperationContext,
  fault: Fault,
): Promise<Fault> {
  if (!elsewhere.has(fault.status)) return fault;
  for (const [name, field] of Object.entries(operation.input.shape)) {
    const { reference } = fieldMeta(field);
    const value = args[name];
    if (!reference?.current || typeof value !== 'string') continue;
    const current = await reference.current(value, context).catch(() => undefined);
    if (current === undefined || current === value || /^\d+$/.test(value)) continue;
    return fault.with({
      code: 'bad_arguments',
      message: `The ${name} "${value}" has moved: it is "${current}" now. Nothing was changed.`,
      hint: `Call again with ${name} "${current}".`,
    });
  }
  return fault;
}
