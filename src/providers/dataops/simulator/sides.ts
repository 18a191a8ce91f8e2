import type { Fields } from './parameters.ts';

/** What hangs on an issue, a merge request or a comment, and is no field of it on the wire. */
export interface Sides {
  awards: Fields[];
  /** Merge requests: comments that their authors alone see. */
  drafts: Fields[];
  contextCommits: string[];
  /** Issues: pictures of measurements, and changes of the milestone. */
  images: Fields[];
  milestones: Fields[];
}

const all = new WeakMap<Fields, Sides>();

export function sidesOf(thing: Fields): Sides {
  const known = all.get(thing) ?? { awards: [], drafts: [], contextCommits: [], images: [], milestones: [] };
  all.set(thing, known);
  return known;
}
