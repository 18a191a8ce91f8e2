import * as z from 'zod';
import { isFault } from '../../../base/errors.ts';
import { isRow } from '../../../base/json-value.ts';
import { type Operation, type OperationContext, operation } from '../../../operations/operation.ts';
import { existingEntity } from '../arguments.ts';
import { lookForGroups, nameOfThing } from '../losses.ts';
import { existing } from '../stored-files.ts';
import { getConnection } from './connections.ts';
import { outcomeOf, shared, sharing } from './dashboards.ts';
import { getFunction } from './functions.ts';
import { lookupGroups } from './groups.ts';
import { getSpace } from './spaces.ts';
import { downloadTable } from './tables.ts';
import { getProject } from './undocumented.ts';

export const shareEntity = operation({
  name: 'datagrok_share_entity',
  route: 'POST /public/v1/entities/{entity}/shares',
  risk: 'exposes',
  question: 'Share {entity} with {groups}?',
  async describeLoss({ entity: wanted, groups }, context) {
    await lookForGroups(groups, lookupGroups, context);
    const found = await kindAndName(wanted, context);
    if (!found) return { says: 'No dashboard, function, data connection, space or table of that name was found.' };
    return { says: `It is a ${found.kind}.`, names: found.name ? { entity: `"${found.name}"` } : {} };
  },
  summary: 'Share anything (table, function, connection, project) with groups or users. Undocumented.',
  words: 'give script query connection grant somebody read view edit access, let see use',
  input: z.strictObject({ entity: existingEntity('UUID or Grok name'), ...sharing }),
  output: shared,
  repair: outcomeOf,
  example: { arguments: { entity: 'MaraOkafor:CopperheadNorth:Collars', groups: ['Data science'], access: 'Edit' } },
});

/** By kind: what shows one, and under which argument. */
const kinds: Readonly<Record<string, readonly [() => Operation, string]>> = {
  dashboard: [() => getProject, 'dashboard'],
  function: [() => getFunction, 'function'],
  'data connection': [() => getConnection, 'data_connection'],
  space: [() => getSpace, 'space'],
};

/** No route tells of what kind a thing is, so each is asked for it. */
async function kindAndName(wanted: string, context: OperationContext) {
  for (const [kind, [reading, argument]] of Object.entries(kinds)) {
    const thing = await context.request(reading(), { [argument]: wanted }).then(
      ({ body }) => body,
      error => {
        if (isFault(error) && error.status !== undefined && error.code !== 'unauthorized') return undefined;
        throw error;
      },
    );
    const name = isRow(thing) ? nameOfThing(thing) : undefined;
    if (name !== undefined) return { kind, name };
  }
  const size = await existing(() => context.request(downloadTable, { table: wanted }, { expect: 'stream' }));
  return size === undefined ? undefined : { kind: 'table', name: undefined };
}
