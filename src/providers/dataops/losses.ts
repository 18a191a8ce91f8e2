import { Fault } from '../../base/errors.ts';
import type { Row } from '../../base/json-value.ts';
import type { Loss, Operation, OperationContext } from '../../operations/operation.ts';

/** What the platform says of a thing, as a person knows it. */
interface Told {
  name?: string | undefined;
  says?: (string | undefined | false)[];
  /** Names of other arguments' things. */
  names?: Row;
  version?: unknown;
}

type Describe = (args: Row, context: OperationContext) => Promise<Loss>;

/**
 * Looks at a thing before a person is asked about it: what is not there, or may not be seen, ends the call. `argument`
 * is what names it in the question.
 */
export const lookAt =
  (argument: string, reading: () => Operation, tell: (thing: Row, args: Row) => Told): Describe =>
  async (args, context) => {
    const own = Object.entries(args).filter(([name]) => Object.hasOwn(reading().input.shape, name));
    const { body } = await context.request(reading(), Object.fromEntries(own));
    return lossOf(argument, tell((body ?? {}) as Row, args), args);
  };

/** The same for what is only found in a listing, by what its rows have under `key`. */
export const lookIn =
  (argument: string, listing: () => Operation, key: string, tell: (thing: Row, args: Row) => Told): Describe =>
  async (args, context) => {
    const own = Object.entries(args).filter(([name]) => Object.hasOwn(listing().input.shape, name));
    const rows = await context.rows(listing(), Object.fromEntries(own));
    const found = rows.find(row => String(row[key]) === String(args[argument]));
    if (!found)
      throw new Fault({
        code: 'not_found',
        message: `There is no such ${argument.replace(/_id$/, '').replaceAll('_', ' ')}: ${String(args[argument])}.`,
        hint: `${listing().name} shows what there is.`,
      });
    return lossOf(argument, tell(found, args), args);
  };

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

export const rowOf = (value: unknown): Row => (typeof value === 'object' && value !== null ? (value as Row) : {});

export const countOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0);

export const howMany = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** "2026-12-01 02:15 UTC" of what the platform writes. */
export function whenOf(value: unknown): string | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? undefined : `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** The beginning of a text, in one line. */
export const beginning = (value: unknown): string => {
  const line = String(value ?? '')
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
};

/** What a person is told of a job. */
export function jobTold({ name, stage, status, artifacts_file: file }: Row) {
  const size = Number(rowOf(file)['size'] ?? 0);
  return {
    name: `${String(name)} of ${String(stage)}`,
    says: [`It is ${String(status)}.`, size > 0 && `Its artifacts have ${size} bytes.`],
  };
}

export function mergeRequestTold({ title, source_branch, target_branch, sha }: Row) {
  return {
    name: textOf(title),
    says: [`It takes ${String(source_branch)} into ${String(target_branch)}.`],
    version: sha,
  };
}

/** What a person is told of a comment. */
export function noteTold({ body, author, created_at }: Row): Told {
  return {
    name: beginning(body),
    says: [`It is of ${String(rowOf(author)['name'])}, ${whenOf(created_at) ?? 'some time ago'}.`],
  };
}

/** Values of variables are nobody's business but those that run with them. */
export function variableTold({ key, environment_scope: scope, masked, protected: isProtected }: Row): Told {
  return {
    name: textOf(key),
    says: [
      'The value that it has now would be lost.',
      scope !== undefined && scope !== '*' && `It is for ${String(scope)}.`,
      masked === true && 'It is masked.',
      isProtected === true && 'It is for protected branches alone.',
    ],
  };
}

export function environmentTold({ name, state, external_url, last_deployment }: Row): Told {
  return {
    name: textOf(name),
    says: [
      `It is ${String(state)}${textOf(external_url) ? ` at ${textOf(external_url)}` : ''}.`,
      whenOf(rowOf(last_deployment)['created_at']) &&
        `The last deployment to it was ${whenOf(rowOf(last_deployment)['created_at'])}.`,
    ],
  };
}

/** What a person is told of an access token. */
export function tokenTold({ name, scopes, last_used_at }: Row): Told {
  return {
    name: textOf(name),
    says: [
      `It may ${(Array.isArray(scopes) ? scopes : []).join(', ')}.`,
      whenOf(last_used_at) ? `It was last used ${whenOf(last_used_at)}.` : 'It was never used.',
    ],
  };
}

/** @throws Fault where the schedule has no such variable */
export function variableNamed(variables: unknown, key: unknown): true {
  const found = (Array.isArray(variables) ? variables : []).some(one => rowOf(one)['key'] === key);
  if (found) return true;
  throw new Fault({
    code: 'not_found',
    message: `The schedule has no variable ${String(key)}.`,
    hint: 'dataops_get_schedule names those that it has.',
  });
}

export function notDeleted(why: string): Fault {
  return new Fault({
    code: 'rejected',
    message: `${why}, and the platform deletes no such branch.`,
    hint: 'Choose another branch, or have its protection or the default branch changed first.',
  });
}
