import { Fault } from '../../base/errors.ts';
import { isRow, type Row } from '../../base/json-value.ts';
import { fieldMeta, fieldOf, type Operation, type Reference } from '../../operations/operation.ts';
import type { Condition } from '../../results/tables/filter.ts';
import { nameBound, refuseOversized } from '../argument-bounds.ts';
import { argumentNamed } from '../argument-names.ts';
import { tryJson } from '../soften.ts';
import type { ToolInput } from '../tool-input.ts';
import { namingArguments } from './arguments.ts';

/** Which things an argument stands for, where it stands for several. */
export type Selection =
  /** `whole`: the text that the names were taken out of, which may be one name with commas in it. */
  | { kind: 'names'; names: readonly string[]; whole?: string }
  | { kind: 'all' }
  /** Arguments of the listing that the argument refers to. */
  | { kind: 'filter'; filter: Row }
  | { kind: 'column'; result: string; column?: string; where?: readonly Condition[] }
  /** Those of an earlier batch that did not come to an end. */
  | { kind: 'failed'; batch: string };

/** An argument of a call that stands for many things, and what the call says besides. */
export interface Many {
  argument: string;
  reference: Reference;
  selection: Selection;
  /** The other arguments, as they were given. */
  rest: Row;
}

/**
 * The argument of a call that stands for many things; undefined for a call for one, which is nearly every call.
 * @throws Fault `bad_arguments` where two of them do
 */
export function manyIn(
  operation: Operation,
  input: ToolInput,
  given: unknown,
  many: readonly string[] = input.many ?? [],
): Many | undefined {
  const { schema, accepted } = input;
  const raw = many.length > 0 && typeof given === 'string' ? tryJson(given) : given;
  if (many.length === 0 || !isRow(raw)) return undefined;
  const suspects = Object.entries(raw).filter(([, value]) => mayBeMany(value));
  if (suspects.length === 0) return undefined;
  const target = {
    tool: operation.name,
    schema,
    risk: input.risk,
    names: Object.keys((accepted['properties'] ?? {}) as Row),
    text: undefined,
  };
  const found = suspects.flatMap(([name, value]): Many[] => {
    refuseOversized(name, nameBound, `${operation.name}: an argument`);
    const argument = many.find(one => one === name) ?? nameOf(name, target, Object.keys(raw));
    const { reference } = fieldMeta(fieldOf(operation.input, argument ?? ''));
    if (argument === undefined || !many.includes(argument) || !reference) return [];
    const bound = input.boundOf?.(argument) ?? nameBound;
    refuseOversized(value, bound, `${operation.name}: ${argument}`);
    const selection = selectionIn(value, reference);
    if (!selection) return [];
    // What was a text may be a list now.
    if (typeof value === 'string') refuseOversized(selection, bound, `${operation.name}: ${argument}`);
    const { [name]: _, ...rest } = raw;
    return [{ argument, reference, selection, rest }];
  });
  const [first, second] = found;
  if (first && second) throw twice(operation, first, second);
  return first;
}

/** The same of a change, where many are asked for by the tool that goes through them. */
export const manyOfAnyRisk = (operation: Operation, input: ToolInput, given: unknown): Many | undefined =>
  manyIn(operation, input, given, namingArguments(operation, input.accepted));

/** Plain names, which nearly all calls have, are seen at a glance. */
const mayBeMany = (value: unknown): boolean =>
  (typeof value === 'object' && value !== null) ||
  (typeof value === 'string' && /^all$|^\*$|[,:={[]/i.test(value.trim()));

type Target = Parameters<typeof argumentNamed>[1];

function nameOf(name: string, target: Target, given: readonly string[]): string | undefined {
  try {
    return argumentNamed(name, target, given);
  } catch {
    // Whoever reads the call as a whole says what is wrong with it.
    return undefined;
  }
}

function selectionIn(value: unknown, reference: Reference): Selection | undefined {
  if (typeof value === 'string') return selectionInText(value.trim(), reference);
  if (Array.isArray(value)) return value.length > 0 ? { kind: 'names', names: value.map(String) } : undefined;
  return isRow(value) ? selectionInObject(value) : undefined;
}

function selectionInText(text: string, reference: Reference): Selection | undefined {
  if (/^(all|\*)$/i.test(text)) return { kind: 'all' };
  if (/^[[{]/.test(text)) {
    const parsed = tryJson(text);
    return typeof parsed === 'object' ? selectionIn(parsed, reference) : undefined;
  }
  if (text.startsWith('result://')) return { kind: 'column', result: text };
  if (text.startsWith('batch://')) return { kind: 'failed', batch: text };
  const filter = pairsIn(text, reference.list());
  if (filter) return { kind: 'filter', filter };
  const names = partsOf(text);
  return names.length > 1 ? { kind: 'names', names, whole: text } : undefined;
}

function selectionInObject(value: Row): Selection {
  const { result, column, where, failed_of: batch } = value;
  if (typeof batch === 'string') return { kind: 'failed', batch };
  if (typeof result !== 'string') return { kind: 'filter', filter: value };
  return {
    kind: 'column',
    result,
    ...(typeof column === 'string' ? { column } : {}),
    ...(Array.isArray(where) ? { where: where as Condition[] } : {}),
  };
}

/** Names at commas. A comma in an address is a part of it, unless another address follows. */
function partsOf(text: string): string[] {
  const parts = text
    .split(',')
    .map(part => part.trim())
    .filter(Boolean);
  return text.includes('://') && !parts.every(part => part.includes('://')) ? [text] : parts;
}

/** `search: drill, active_since: 3 days ago`, where the names are arguments of the listing. */
function pairsIn(text: string, listing: Operation): Row | undefined {
  const target: Target = {
    tool: listing.name,
    schema: listing.input,
    risk: 'reads',
    names: Object.keys(listing.input.shape),
    text: undefined,
  };
  const filter: Row = {};
  let last: string | undefined;
  for (const part of text.split(/[,;]/)) {
    const [, word = '', value = ''] = /^\s*([a-z_]+)\s*[:=]([\s\S]*)$/i.exec(part) ?? [];
    const name = word === '' ? undefined : nameOf(word, target, []);
    if (name !== undefined) {
      filter[name] = value.trim();
      last = name;
    } else if (last === undefined) return undefined;
    else filter[last] = `${String(filter[last])},${part}`;
  }
  return filter;
}

const twice = ({ name }: Operation, one: Many, other: Many) =>
  new Fault({
    code: 'bad_arguments',
    message: `Arguments of ${name}: ${one.argument} and ${other.argument} both stand for many.`,
    hint: `Nothing was sent. Let one of them stand for many, and call once for each ${other.argument}.`,
  });
