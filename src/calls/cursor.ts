import { nodeCrypto } from '../base/crypto.ts';
import { Fault } from '../base/errors.ts';
import type { Signer } from '../base/signer.ts';
import type { Position } from '../http/paging/page.ts';

/** What a cursor belongs to: a position means something else everywhere else. */
export interface CursorScope {
  operation: string;
  connection: string;
  /** The arguments, without `limit`, `cursor` and `fields`, which may change from page to page. */
  arguments: Record<string, unknown>;
}

/** Cursors of one caller. A position comes back from outside, and only ours is believed. */
export interface Cursors {
  write(scope: CursorScope, position: Position): string;
  /** @throws Fault `bad_arguments` for a cursor that is damaged, somebody else's, or of another call */
  read(scope: CursorScope, cursor: string): Position;
}

/** Characters of the scope's digest, to tell a mix-up from damage. */
const scopeLength = 8;
/** Characters of the signature: 66 bits, because a model has to copy them. */
const checkLength = 11;

export function cursors(signer: Signer): Cursors {
  const check = (scope: string, body: string) => signer.sign('cursor', [scope, body]).slice(0, checkLength);
  return {
    write(of, position) {
      const body = Buffer.from(JSON.stringify(position)).toString('base64url');
      const scope = scopeDigest(of);
      return `${scope}${check(scope, body)}${body}`;
    },
    read(of, cursor) {
      const scope = cursor.slice(0, scopeLength);
      const body = cursor.slice(scopeLength + checkLength);
      if (cursor !== `${scope}${check(scope, body)}${body}`) throw refusal('The cursor is damaged.');
      if (scope !== scopeDigest(of))
        throw refusal('The cursor belongs to another operation, other arguments or another connection.');
      return JSON.parse(Buffer.from(body, 'base64url').toString()) as Position;
    },
  };
}

function scopeDigest({ operation, connection, arguments: given }: CursorScope): string {
  const own = Object.entries(given)
    .filter(([, value]) => value !== undefined)
    .sort(byName);
  const text = JSON.stringify([operation, connection, own]);
  return nodeCrypto().createHash('sha256').update(text).digest('base64url').slice(0, scopeLength);
}

const byName = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : 1);

const refusal = (message: string) =>
  new Fault({
    code: 'bad_arguments',
    message,
    hint: 'Give page.next of the last answer unchanged, with the same other arguments; or leave cursor out to begin again.',
  });
