import { Fault, isFault } from '../../base/errors.ts';
import { isRow, type Row } from '../../base/json-value.ts';
import { lookAt, lookForReplaced, type Told, textOf, whenOf } from '../../operations/look-up.ts';
import type { Loss, Operation, OperationContext } from '../../operations/operation.ts';

/** What people call a thing, with the name that the server has for it where that is another. */
export function nameOfThing({ friendlyName, name, nqName, namespace }: Row): string | undefined {
  const own = textOf(name);
  const full = textOf(nqName) ?? (own === undefined ? undefined : `${textOf(namespace) ?? ''}${own}`);
  const friendly = textOf(friendlyName) ?? own;
  return friendly === undefined || friendly === full || full === undefined ? friendly : `${friendly} (${full})`;
}

const thingTold = (thing: Row): Told => {
  const when = whenOf(thing['updatedOn']);
  return { name: nameOfThing(thing), says: [when && `It was last changed ${when}.`], version: thing['updatedOn'] };
};

/** Looks at a thing by the route that shows it, under the same argument. */
export const lookAtThing = (argument: string, reading: () => Operation, says?: (thing: Row) => string | undefined) =>
  lookAt(argument, reading, thing => {
    const told = thingTold(thing);
    return { ...told, says: [says?.(thing), ...(told.says ?? [])] };
  });

/** What a save replaces: the thing with its id, or with its full name. `lost`: what of it would be. */
export const lookForSaved = (reading: () => Operation, argument: string, lost: string) =>
  lookForReplaced(
    reading,
    argument,
    ({ namespace, name }) => sayable(`${textOf(namespace) ?? ''}${String(name)}`),
    thing => {
      const told = thingTold(thing);
      return { ...told, says: [`It is there already: its ${lost} would be lost.`, ...(told.says ?? [])] };
    },
  );

/** In an address every period is taken for a colon. */
const sayable = (name: string) => (name.includes('.') ? undefined : name);

/** A file or table by the size that a download of it, broken off at once, tells. @throws Fault where there is none */
export function sizeTold(kind: 'file' | 'table', name: string, size: string | undefined): Loss {
  if (size !== undefined) return { says: `It has ${size}.` };
  throw new Fault({
    code: 'not_found',
    message: `There is no ${kind} ${name}.`,
    hint: kind === 'file' ? 'List the files to see what there is.' : 'datagrok_list_tables shows what there is.',
  });
}

/**
 * Groups that something is to be shared with. The route that finds them is in no document: where it fails, the one that
 * shares has to say so.
 * @throws Fault `not_found` for one that certainly is not there
 */
export async function lookForGroups(
  groups: readonly string[],
  lookup: Operation,
  context: OperationContext,
): Promise<void> {
  for (const wanted of groups) {
    const found = await context.request(lookup, { query: wanted }).then(
      ({ body }) => body,
      error => {
        if (isFault(error) && error.status !== undefined && error.code !== 'unauthorized') return undefined;
        throw error;
      },
    );
    if (!Array.isArray(found) || found.some(isRow)) continue;
    throw new Fault({
      code: 'not_found',
      message: `There is no group or user "${wanted}" to share with.`,
      hint: `${lookup.name} finds them by a part of their name.`,
    });
  }
}
