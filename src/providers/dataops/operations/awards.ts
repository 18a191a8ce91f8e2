import * as z from 'zod';
import { lookAt, textOf } from '../../../operations/look-up.ts';
import { operation } from '../../../operations/operation.ts';
import { done, id } from '../arguments.ts';
import { brief } from '../brief.ts';
import { rowOf } from '../losses.ts';
import { pages } from '../paging.ts';
import { issueThing } from './issues.ts';
import { mergeRequestThing } from './merge-requests.ts';
import { type Commented, noteId } from './notes.ts';

const award = z.looseObject({ id: z.number(), name: z.string() });

/** A comment on a thing, as what can be awarded itself. */
const noteOn = ({ noun, word, path, thing, told, example }: Commented): Commented => ({
  noun: `a comment on ${noun}`,
  word: `${word}_note`,
  path: `${path}/notes/{note}`,
  thing: { ...thing, note: noteId },
  told,
  example: { ...example, note: '1' },
});

/** Reactions: four operations that differ in the thing alone. */
function awardsOf({ noun, word, path, thing, example }: Commented) {
  const awards = `${path}/award_emoji`;
  const one = { ...thing, award: id('Number of the reaction', 'award_emoji', `dataops_list_${word}_awards`) };
  const shown = { arguments: { ...example, award: '1' } };
  const get = operation({
    name: `dataops_get_${word}_award`,
    route: `GET ${awards}/{award}`,
    risk: 'reads',
    summary: `Show a reaction to ${noun}.`,
    input: z.strictObject(one),
    output: award,
    example: shown,
  });
  return {
    list: operation({
      name: `dataops_list_${word}_awards`,
      route: `GET ${awards}`,
      risk: 'reads',
      summary: `List the reactions to ${noun}: which emoji, by whom.`,
      words: 'thumbs up likes votes award emoji',
      input: z.strictObject(thing),
      output: award,
      paging: pages({ show: brief }),
      example: { arguments: example },
    }),
    get,
    add: operation({
      name: `dataops_add_${word}_award`,
      route: `POST ${awards}`,
      risk: 'adds',
      summary: `React to ${noun} with an emoji.`,
      words: 'thumbs up like vote award',
      input: z.strictObject({ ...thing, name: z.string().min(1).describe('Name of the emoji: thumbsup, eyes, tada') }),
      output: award,
      example: { arguments: { ...example, name: 'tada' } },
    }),
    remove: operation({
      name: `dataops_delete_${word}_award`,
      route: `DELETE ${awards}/{award}`,
      risk: 'deletes',
      question: `Take the reaction {award} to ${noun.replace(/\ban? /g, 'the ')} of {project} back?`,
      describeLoss: lookAt(
        'award',
        () => get,
        ({ name, user }) => ({
          name: textOf(name),
          says: [`It is of ${textOf(rowOf(user)['name']) ?? 'somebody'}.`],
        }),
      ),
      summary: `Take a reaction to ${noun} back. Others' may be taken back by administrators alone.`,
      input: z.strictObject(one),
      ...done,
      example: shown,
    }),
  };
}

export const ofMergeRequests = awardsOf(mergeRequestThing);
export const ofMergeRequestNotes = awardsOf(noteOn(mergeRequestThing));
export const ofIssues = awardsOf(issueThing);
export const ofIssueNotes = awardsOf(noteOn(issueThing));
