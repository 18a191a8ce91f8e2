import { Fault } from '../errors.ts';
import type { Position } from '../http/paging/page.ts';

/** What a cursor belongs to: a position means something else everywhere else. */
export interface CursorScope {
  operation: string;
  connection: string;
  /** The arguments, without `limit`, `cursor` and `fields`, which may change from page to page. */
  arguments: Record<string, unknown>;
}

// No secret: the check is against mistakes. Whoever forges a cursor only names another page of the same listing.
const digest = (...parts: unknown[]) => {
  // Not imported: a start does not need it, and it takes some ms to load.
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 8);
};

const scopeDigest = ({ operation, connection, arguments: given }: CursorScope) =>
  digest(
    operation,
    connection,
    Object.entries(given)
      .filter(([, value]) => value !== undefined)
      .sort(byName),
  );

const byName = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : 1);

export function writeCursor(scope: CursorScope, position: Position): string {
  const body = Buffer.from(JSON.stringify(position)).toString('base64url');
  const owner = scopeDigest(scope);
  return `${owner}${digest(owner, body)}${body}`;
}

/** @throws Fault `bad_arguments` for a cursor that is damaged or belongs to another call */
export function readCursor(scope: CursorScope, cursor: string): Position {
  const [owner, check, body] = [cursor.slice(0, 8), cursor.slice(8, 16), cursor.slice(16)];
  const refuse = (message: string) =>
    new Fault({
      code: 'bad_arguments',
      message,
      hint: 'Give page.next of the last answer unchanged, with the same other arguments; or leave cursor out to begin again.',
    });
  if (digest(owner, body) !== check) throw refuse('The cursor is damaged.');
  if (owner !== scopeDigest(scope))
    throw refuse('The cursor belongs to another operation, other arguments or another connection.');
  return JSON.parse(Buffer.from(body, 'base64url').toString()) as Position;
}
