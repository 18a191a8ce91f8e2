import type { Operation } from './operation.ts';

/** "holes", "rows of pipeline history": what a listing's name says after its verb. */
export function nounOf({ name }: Pick<Operation, 'name'>): string {
  const [, verb, ...words] = name.split('_');
  return verb === 'list' ? words.join(' ') : `rows of ${words.join(' ')}`;
}

/** One of them: "row of pipeline history". Most plurals of English are made in one of three ways. */
export function oneOf(nouns: string): string {
  const [things = '', ...rest] = nouns.split(' of ');
  const one = things.endsWith('ies') ? `${things.slice(0, -3)}y` : things.replace(/(?<=ch|sh|ss|x)es$|s$/, '');
  return [one, ...rest].join(' of ');
}

/** One thing of a listing, as a name: "project", "user_group". */
export const thingOf = (listing: Pick<Operation, 'name'>): string => oneOf(nounOf(listing)).replaceAll(' ', '_');
