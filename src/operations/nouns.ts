import type { Operation } from './operation.ts';

/** "holes", "rows of pipeline history": what a listing's name says after its verb. */
export function nounOf({ name }: Pick<Operation, 'name'>): string {
  const [, verb, ...words] = name.split('_');
  return verb === 'list' ? words.join(' ') : `rows of ${words.join(' ')}`;
}

/** One thing of a listing, as a name: "project", "user_group". Most plurals of English are made in one of three ways. */
export function thingOf(listing: Pick<Operation, 'name'>): string {
  const plural = nounOf(listing).replaceAll(' ', '_');
  if (plural.endsWith('ies')) return `${plural.slice(0, -3)}y`;
  return plural.replace(/(?<=ch|sh|ss|x)es$|s$/, '');
}
