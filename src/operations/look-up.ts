import { Fault, isFault } from '../base/errors.ts';
import { isRow, type Row } from '../base/json-value.ts';
import type { Loss, Operation, OperationContext } from './operation.ts';

/** What the platform says of a thing, as a person knows it. */
export interface Told {
  name?: string | undefined;
  says?: readonly (string | undefined | false)[];
  /** Names of other arguments' things. */
  names?: Row;
  version?: unknown;
}

type Describe = (args: Row, context: OperationContext) => Promise<Loss>;
type Tell = (thing: Row, args: Row) => Told;

/**
 * Looks at a thing before a person is asked about it: what is not there, or may not be seen, ends the call. `argument`
 * is what names it in the question.
 */
export const lookAt =
  (argument: string, reading: () => Operation, tell: Tell): Describe =>
  async (args, context) => {
    const thing = await thingBehind(reading(), args, context);
    if (!thing) throw absent(argument, args, reading());
    return lossOf(argument, tell(thing, args), args);
  };

/** The same for what is only found in a listing, by what its rows have under `key`. */
export const lookIn =
  (argument: string, listing: () => Operation, key: string, tell: Tell): Describe =>
  async (args, context) => {
    const rows = await context.rows(listing(), argumentsOf(listing(), args));
    const found = rows.find(row => String(row[key]) === String(args[argument]));
    if (!found) throw absent(argument, args, listing());
    return lossOf(argument, tell(found, args), args);
  };

/** Looks at several things, one after the other: the first that is not there ends the call. */
export const lookAtAll =
  (...looks: readonly Describe[]): Describe =>
  async (args, context) => {
    const found: Loss[] = [];
    for (const look of looks) found.push(await look(args, context));
    const says = found.flatMap(({ says: told }) => told ?? []).join(' ');
    return {
      ...(says ? { says } : {}),
      names: Object.assign({}, ...found.map(({ names }) => names)),
      version: found.map(({ version }) => version),
    };
  };

/**
 * What a save would take the place of: the thing with its id, which has to be there, or one that has its name already.
 * `reading` finds it by its id or name, given as `argument`; undefined where nothing is replaced.
 */
export const lookForReplaced =
  (reading: () => Operation, argument: string, nameOf: (args: Row) => string | undefined, tell: Tell) =>
  async (args: Row, context: OperationContext): Promise<Loss | undefined> => {
    const { id } = args;
    const wanted = id ?? nameOf(args);
    if (wanted === undefined) return undefined;
    try {
      const thing = await thingBehind(reading(), { [argument]: wanted }, context);
      return thing && lossOf('name', tell(thing, args), args);
    } catch (error) {
      // A name that nothing has, or that cannot be looked up here, replaces nothing that is known.
      if (id === undefined && isFault(error) && error.status !== undefined) return undefined;
      throw error;
    }
  };

const argumentsOf = ({ input }: Operation, args: Row): Row =>
  Object.fromEntries(Object.entries(args).filter(([name]) => Object.hasOwn(input.shape, name)));

async function thingBehind(reading: Operation, args: Row, context: OperationContext): Promise<Row | undefined> {
  const { body } = await context.request(reading, argumentsOf(reading, args));
  return isRow(body) && Object.keys(body).length > 0 ? body : undefined;
}

const absent = (argument: string, args: Row, { name }: Operation) =>
  new Fault({
    code: 'not_found',
    message: `There is no such ${argument.replace(/_(id|identifier)$/, '').replaceAll('_', ' ')}: ${String(args[argument])}.`,
    hint: `${name} shows what there is.`,
  });

function lossOf(argument: string, { name, says = [], names = {}, version }: Told, args: Row): Loss {
  const told = says.filter(Boolean).join(' ');
  const others = Object.entries(names).filter(([, one]) => typeof one === 'string') as [string, string][];
  const known = name === undefined ? {} : { [argument]: quoted(name, args[argument]) };
  return {
    ...(told ? { says: told } : {}),
    ...(version === undefined ? {} : { version }),
    names: { ...known, ...Object.fromEntries(others.map(([key, one]) => [key, quoted(one, args[key])])) },
  };
}

/** A name, and beside it the number that the model gave where they are not the same. */
const quoted = (name: string, given: unknown) =>
  String(given) === name || !/^\d+$/.test(String(given)) ? `"${name}"` : `"${name}" (${String(given)})`;

export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

export const countOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0);

export const howMany = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** "2026-12-01 02:15 UTC" of what the platform writes. */
export function whenOf(value: unknown): string | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
