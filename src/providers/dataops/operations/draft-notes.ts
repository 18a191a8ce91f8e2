import * as z from 'zod';
import { howMany, lookAt } from '../../../operations/look-up.ts';
import { operation } from '../../../operations/operation.ts';
import { done, flag, id, text } from '../arguments.ts';
import { brief } from '../brief.ts';
import { beginning } from '../losses.ts';
import { pages } from '../paging.ts';
import { listNotes, mergeRequestThing } from './merge-requests.ts';

const { path, thing, told, example: args } = mergeRequestThing;
const drafts = `${path}/draft_notes`;

const draft = z.looseObject({ id: z.number(), note: z.string().nullish() });
const one = { ...thing, draft: id('Number of the draft comment', 'draft_notes', 'dataops_list_draft_notes') };
const body = z.string().min(1).describe('Markdown').meta({ wire: 'note' });
const example = { arguments: { ...args, draft: '1' } };

export const listDraftNotes = operation({
  name: 'dataops_list_draft_notes',
  route: `GET ${drafts}`,
  risk: 'reads',
  summary: 'List your comments on a merge request that nobody else sees yet.',
  words: 'pending review comments, drafts',
  input: z.strictObject(thing),
  output: draft,
  paging: pages({ show: brief }),
  example: { arguments: args },
});

export const getDraftNote = operation({
  name: 'dataops_get_draft_note',
  route: `GET ${drafts}/{draft}`,
  risk: 'reads',
  summary: 'Show a comment of yours on a merge request that nobody else sees yet.',
  input: z.strictObject(one),
  output: draft,
  example,
});

export const createDraftNote = operation({
  name: 'dataops_create_draft_note',
  route: `POST ${drafts}`,
  risk: 'adds',
  summary: 'Write a comment on a merge request that nobody else sees until it is published.',
  words: 'start a review, pending comment, draft',
  verifyWith: 'dataops_list_draft_notes shows whether it was written.',
  input: z.strictObject({
    ...thing,
    body,
    in_reply_to_discussion_id: text('Discussion that it answers'),
    resolve_discussion: flag('Resolve that discussion with it'),
    commit_id: text('SHA of the commit that it is on'),
  }),
  output: draft,
  example: { arguments: { ...args, body: 'Is the limit right?' } },
});

export const updateDraftNote = operation({
  name: 'dataops_update_draft_note',
  route: `PUT ${drafts}/{draft}`,
  risk: 'edits',
  summary: 'Change a comment on a merge request that nobody else sees yet.',
  input: z.strictObject({ ...one, body }),
  output: draft,
  example: { arguments: { ...example.arguments, body: 'Is the limit for gold right?' } },
});

const draftTold = lookAt(
  'draft',
  () => getDraftNote,
  ({ note }) => ({ name: beginning(note), version: note }),
);

export const deleteDraftNote = operation({
  name: 'dataops_delete_draft_note',
  route: `DELETE ${drafts}/{draft}`,
  risk: 'deletes',
  question: 'Delete the draft comment {draft} on the merge request {merge_request} of {project}?',
  describeLoss: draftTold,
  summary: 'Delete a comment on a merge request that nobody else has seen.',
  input: z.strictObject(one),
  ...done,
  example,
});

export const publishDraftNote = operation({
  name: 'dataops_publish_draft_note',
  route: `PUT ${drafts}/{draft}/publish`,
  risk: 'exposes',
  question:
    'Show the draft comment {draft} on the merge request {merge_request} of {project} to everybody, in your name?',
  describeLoss: draftTold,
  summary: 'Publish one of your draft comments on a merge request.',
  words: 'submit a pending comment',
  input: z.strictObject(one),
  ...done,
  readsBack: () => ({ reading: listNotes }),
  example,
});

export const publishDraftNotes = operation({
  name: 'dataops_publish_all_draft_notes',
  route: `POST ${drafts}/bulk_publish`,
  risk: 'exposes',
  question:
    'Show all your draft comments on the merge request {merge_request} of {project} to everybody, in your name?',
  async describeLoss(given, context) {
    const thingTold = await told(given, context);
    const rows = await context.rows(listDraftNotes, given);
    const says = `${howMany(rows.length, 'comment')}: ${rows.map(row => `"${beginning(row['note'])}"`).join(', ') || 'none'}.`;
    return {
      ...thingTold,
      says: [thingTold.says, says].filter(Boolean).join(' '),
      version: rows.map(row => row['note']),
    };
  },
  summary: 'Publish all your draft comments on a merge request.',
  words: 'submit the review, publish pending comments',
  input: z.strictObject(thing),
  ...done,
  readsBack: () => ({ reading: listNotes }),
  example: { arguments: args },
});
