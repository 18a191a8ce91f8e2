import { createHash } from 'node:crypto';
import { Fault } from '../base/errors.ts';
import { suggestion } from '../base/nearest.ts';
import type { AccessRule } from '../config/http.ts';
import type { Caller } from './caller.ts';

/** What a proof of identity says, whichever kind it was. */
export interface Identity {
  /** Who vouches for the subject: it means somebody else elsewhere. */
  issuer: string;
  subject: string;
  groups: readonly string[];
}

/** Finds out what a caller may use. */
export type Access = (identity: Identity) => Caller;

/**
 * Reads who may use which connections.
 * @throws Fault `not_configured` for a rule about a connection that does not exist
 */
export function accessBy(
  rules: readonly AccessRule[] | undefined,
  connections: readonly string[],
  twoStep: readonly string[] = [],
): Access {
  for (const name of rules?.flatMap(rule => rule.connections) ?? [])
    if (!connections.includes(name)) throw noConnection(name, connections);
  return ({ issuer, subject, groups }) => {
    const callerId = createHash('sha256')
      .update(JSON.stringify([issuer, subject]))
      .digest('base64url');
    const base: Caller = { name: subject, callerId, ...(twoStep.includes(subject) ? { twoStep: true } : {}) };
    if (!rules) return base;
    const rulesOfCaller = rules.filter(
      rule =>
        rule.subjects.includes('*') ||
        rule.subjects.includes(subject) ||
        rule.groups.some(group => groups.includes(group)),
    );
    return { ...base, connections: new Set(rulesOfCaller.flatMap(rule => rule.connections)) };
  };
}

function noConnection(name: string, connections: readonly string[]): Fault {
  return new Fault({
    code: 'not_configured',
    message: `http.access names a connection "${name}", which does not exist.`,
    hint: suggestion(name, connections, `There are: ${connections.join(', ') || 'none'}.`),
  });
}
