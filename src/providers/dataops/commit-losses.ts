import { isFault } from '../../base/errors.ts';
import type { Row } from '../../base/json-value.ts';
import type { Loss, OperationContext } from '../../operations/operation.ts';
import { rowOf } from './losses.ts';
import { getBranch } from './operations/branches.ts';

interface Change {
  action: string;
  file_path: string;
  previous_path?: string | undefined;
}

interface Target {
  project: string;
  branch: string;
}

/**
 * What a commit takes away: files that it deletes or moves, and on the default branch or a protected one, where others
 * build on it, files that it replaces. On a branch of one's own a replaced file is work under way.
 */
export async function lostByCommit(
  changes: readonly Change[],
  { project, branch }: Target,
  context: OperationContext,
): Promise<Loss | undefined> {
  const pathsOf = (action: string) => changes.filter(one => one.action === action);
  const gone = pathsOf('delete').map(one => one.file_path);
  const moved = pathsOf('move').map(one => `${one.previous_path ?? '?'} to ${one.file_path}`);
  const replaced = pathsOf('update').map(one => one.file_path);
  const target =
    replaced.length || gone.length || moved.length ? await branchNamed(project, branch, context) : undefined;
  const isShared = target?.['default'] === true || target?.['protected'] === true;
  const says = [
    gone.length && `It deletes ${gone.join(', ')}.`,
    moved.length && `It moves ${moved.join(', ')}.`,
    isShared &&
      replaced.length &&
      `It replaces ${replaced.join(', ')} on ${target['default'] === true ? 'the default branch' : 'a protected branch'}.`,
  ].filter(Boolean);
  return says.length ? { says: says.join(' '), version: rowOf(target?.['commit'])['id'] } : undefined;
}

/** Undefined where the commit would make it. */
async function branchNamed(project: string, branch: string, context: OperationContext): Promise<Row | undefined> {
  try {
    return (await context.request(getBranch, { project, branch })).body as Row;
  } catch (error) {
    if (isFault(error, 'not_found')) return undefined;
    throw error;
  }
}
