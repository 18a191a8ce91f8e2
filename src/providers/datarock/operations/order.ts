import { readFile } from 'node:fs/promises';
import { parseJson } from '../../../base/json.ts';
import type { OperationContext } from '../../../operations/operation.ts';
import type { Workspace } from '../../../results/store/workspace.ts';

const part = 'holes asked for';

/** What the store knows exports by that were one request. */
export const orderKey = (ids: readonly string[], { connection }: OperationContext): string =>
  `${connection.name} datarock export ${[...ids].toSorted().join(' ')}`;

/** Which holes were asked for, or how many where nobody remembers which. */
export type Asked = readonly string[] | number;

/**
 * Notes which holes were asked for: the platform leaves out of its answer those that it has nothing of. Where the note
 * cannot be written, the run's URI still has their number.
 */
export async function keepAsked(ids: readonly string[], holes: Asked, context: OperationContext): Promise<void> {
  async function* bytes() {
    yield Buffer.from(JSON.stringify(holes));
  }
  try {
    await (await workspaceOf(ids, context)).write(part, bytes(), context.signal);
  } catch {
    // The exports have started: nothing may make that a failure.
  }
}

/** The holes that were asked for, if this store knows. */
export async function askedHoles(ids: readonly string[], context: OperationContext): Promise<Asked | undefined> {
  try {
    const workspace = await workspaceOf(ids, context);
    return parseJson(await readFile(workspace.path(part), 'utf8')) as Asked;
  } catch {
    return undefined;
  }
}

const workspaceOf = (ids: readonly string[], context: OperationContext): Promise<Workspace> =>
  context.results.workspace(orderKey(ids, context));
