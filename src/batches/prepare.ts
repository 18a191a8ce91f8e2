import { Fault } from '../base/errors.ts';
import type { Row } from '../base/json-value.ts';
import { argumentNamed } from '../calls/argument-names.ts';
import { parseArguments } from '../calls/arguments.ts';
import type { Many, Selection } from '../calls/many/selection.ts';
import type { CallerServices } from '../calls/services.ts';
import { resolveTimes } from '../calls/times.ts';
import { withoutArguments } from '../calls/tool-input.ts';
import { fieldMeta, fieldOf, isReading, type Operation } from '../operations/operation.ts';
import { newId } from '../results/result.ts';
import { columnsOf, nounOfThings } from './combine.ts';
import type { Plan, Thing } from './plan.ts';

/** What a batch is for, before it is written down. */
export interface Target extends Pick<Plan, 'arguments' | 'noun' | 'columns' | 'given'> {
  things: readonly Thing[];
}

/** The same of what the arguments of a call stand for. */
export const targetOf = ({ of, rest }: Many, things: readonly Thing[]): Target => ({
  arguments: of.map(({ argument }) => argument),
  noun: nounOfThings(of),
  columns: columnsOf(of, things),
  given: { ...rest, ...Object.fromEntries(of.map(({ argument, selection }) => [argument, givenOf(selection)])) },
  things,
});

/** As somebody would write it again. */
function givenOf(selection: Selection): unknown {
  switch (selection.kind) {
    case 'all':
      return 'all';
    case 'names':
      return selection.names;
    case 'filter':
      return selection.filter;
    case 'failed':
      return selection.batch;
    case 'column': {
      const { kind: _, ...column } = selection;
      return column;
    }
  }
}

export function planOf(
  operation: Operation,
  { things, ...target }: Target,
  rest: Row,
  connection: string,
  createdAt: number,
): Plan {
  return {
    uri: `batch://${newId()}`,
    operation: operation.name,
    connection,
    ...target,
    rest,
    // What was found out about a thing is not kept.
    things: things.map(({ key, name, parts, args }) => ({
      key,
      name,
      ...(parts ? { parts } : {}),
      ...(args ? { args } : {}),
    })),
    ...(isReading(operation) ? {} : { changes: true as const }),
    createdAt,
  };
}

export interface Checked {
  /** The other arguments as the operation reads them. */
  values: Row;
  /** The same as they were given, times as moments: read again for each thing. */
  own: Row;
}

/**
 * Reads everything but the things, so that a mistake costs nothing.
 * @param standing the arguments that stand for many
 * @throws Fault `bad_arguments`
 */
export async function checked(
  shared: CallerServices,
  operation: Operation,
  standing: readonly string[],
  rest: Row,
): Promise<Checked> {
  const input = withoutArguments(shared.inputOf(operation), standing);
  const { values } = parseArguments(operation.name, input, rest);
  refuseCursor(operation, values);
  refuseSecrets(operation, values);
  const placed = Object.fromEntries(standing.map(argument => [argument, argument]));
  refuseLack(operation, { ...values, ...placed });
  const { args } = await resolveTimes(operation, values, shared);
  const names = Object.keys((input.accepted['properties'] ?? {}) as Row);
  const target = { tool: operation.name, schema: input.schema, risk: input.risk, names, text: undefined };
  const named = Object.entries(rest).map(([name, value]) => [argumentNamed(name, target, Object.keys(rest)), value]);
  const times = Object.entries(args).filter(([name, value]) => value !== values[name] || isDefault(name, rest, values));
  const {
    confirm_many: _,
    connection: __,
    ...own
  } = { ...Object.fromEntries(named), ...Object.fromEntries(times) } as Row;
  return { values, own };
}

/** What stands for itself where nothing is given: a window that ends now ends at the same moment for every thing. */
const isDefault = (name: string, rest: Row, values: Row) =>
  !Object.hasOwn(rest, name) && typeof values[name] === 'string';

/** @throws Fault `bad_arguments` for what belongs together and is not there */
export function refuseLack(operation: Operation, values: Row): void {
  const lack = operation.describeLack?.(values as never);
  if (lack === undefined) return;
  throw new Fault({
    code: 'bad_arguments',
    message: `Arguments of ${operation.name}: ${lack}.`,
    hint: 'Nothing was sent.',
  });
}

/** A plan is on the disk. @throws Fault `bad_arguments` */
export function refuseSecrets({ name, input }: Operation, values: Row): void {
  const secret = Object.keys(values).find(argument => fieldMeta(fieldOf(input, argument)).secret);
  if (secret === undefined) return;
  throw new Fault({
    code: 'bad_arguments',
    message: `${name} takes a secret (${secret}), which is not kept for many.`,
    hint: 'Call it once for each.',
  });
}

/** @throws Fault `bad_arguments` */
export function refuseCursor({ name }: Operation, values: Row): void {
  if (values['cursor'] === undefined) return;
  throw new Fault({
    code: 'bad_arguments',
    message: `${name} takes no cursor where it is called for many.`,
    hint: 'The answer has every row, or the handle of a table with all of them.',
  });
}
