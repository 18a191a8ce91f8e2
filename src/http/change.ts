import type { Fault } from '../base/errors.ts';

/** What a request does on the platform. */
export interface Effects {
  /** Sent twice it does no more than once, so it may be repeated after it may have arrived. */
  repeatable: boolean;
  /** It changes something upstream: what may have been done, in a word ("It may have been stored"). */
  changes?: 'stored' | 'deleted' | 'started' | 'carried out';
  /** Where to look when nobody knows whether it took effect. */
  verifyWith?: string;
}

/** A request and how far it went: what is known of its effect when its answer does not tell. */
export interface Change {
  request: Effects;
  /** It was written, and nobody has said that it was refused. */
  mayHaveActed: boolean;
  /** What the platform's own words call for, besides looking. */
  hint?: string | undefined;
}

/** Whether a repeat could do something a second time. */
export const isUnsure = ({ request, mayHaveActed }: Change): boolean =>
  mayHaveActed && request.changes !== undefined && !request.repeatable;

/** For a hint, where a request may have taken effect that must not be sent twice. */
const lookFirst = ({ verifyWith = 'Look whether it took effect before you send it again.' }: Effects): string =>
  verifyWith;

/** The failure of a request, told so that nobody does twice what may have been done. */
export function inDoubt(fault: Fault, change: Change): Fault {
  const { request, hint } = change;
  if (!isUnsure(change) || fault.doubtful) return fault;
  const what = fault.status === undefined ? 'The request may have arrived.' : `It may have been ${request.changes}.`;
  return fault.with({
    doubtful: true,
    message: `${sentence(fault.message)} ${what}`,
    hint: [hint, lookFirst(request)].filter(Boolean).join(' '),
  });
}

const sentence = (text: string) => (/[.!?]["')]?$/.test(text) ? text : `${text}.`);
