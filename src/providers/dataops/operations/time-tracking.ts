import * as z from 'zod';
import { lookAt, lookAtAll } from '../../../operations/look-up.ts';
import { operation } from '../../../operations/operation.ts';
import { pages } from '../paging.ts';
import { issueThing } from './issues.ts';
import { userRow } from './members.ts';
import { mergeRequestThing } from './merge-requests.ts';
import type { Commented } from './notes.ts';

/** Seconds, and the same as people write it. */
const times = z.looseObject({
  time_estimate: z.number().nullish().describe('Seconds'),
  total_time_spent: z.number().nullish().describe('Seconds'),
  human_total_time_spent: z.string().nullish(),
});

const duration = z.string().min(2).describe('How long: 1w 2d 3h 30m (a day has 8 hours)');

/** How long the work on one kind of thing takes, and who takes part in it. */
function workOn({ noun, word, path, thing, told: thingTold, example }: Commented) {
  const input = z.strictObject(thing);
  const one = { arguments: example };
  const the = `${noun.replace(/^an? /, 'the ')} {${Object.keys(thing).at(-1)}} of {project}`;
  const get = operation({
    name: `dataops_get_${word}_time`,
    route: `GET ${path}/time_stats`,
    risk: 'reads',
    summary: `Show how long ${noun} was estimated to take, and how long was worked on it.`,
    words: 'time tracking, how much time did it take, hours logged',
    input,
    output: times,
    example: one,
  });
  const last = Object.keys(thing).at(-1) ?? '';
  const told = lookAtAll(
    thingTold,
    lookAt(
      last,
      () => get,
      ({ human_time_estimate: estimate, human_total_time_spent: spent }) => ({
        says: [`Its estimate is ${String(estimate ?? 'none')}, the time spent ${String(spent ?? 'none')}.`],
        version: [estimate, spent],
      }),
    ),
  );
  return {
    get,
    estimate: operation({
      name: `dataops_estimate_${word}_time`,
      route: `POST ${path}/time_estimate`,
      risk: 'edits',
      summary: `Say how long ${noun} will take.`,
      words: 'set time estimate',
      input: z.strictObject({ ...thing, duration }),
      output: times,
      example: { arguments: { ...example, duration: '1d 4h' } },
    }),
    clearEstimate: operation({
      name: `dataops_reset_${word}_estimate`,
      route: `POST ${path}/reset_time_estimate`,
      risk: 'deletes',
      question: `Take the estimate of ${the} away?`,
      describeLoss: told,
      summary: `Take the time estimate of ${noun} away.`,
      input,
      output: times,
      example: one,
    }),
    spend: operation({
      name: `dataops_add_${word}_spent_time`,
      route: `POST ${path}/add_spent_time`,
      risk: 'adds',
      summary: `Note down time that was worked on ${noun}; with a minus, take time off.`,
      words: 'log hours on, track hours worked, book time, say how long it took',
      input: z.strictObject({ ...thing, duration }),
      output: times,
      example: { arguments: { ...example, duration: '2h 30m' } },
    }),
    clearSpent: operation({
      name: `dataops_reset_${word}_spent_time`,
      route: `POST ${path}/reset_spent_time`,
      risk: 'deletes',
      question: `Take all time that was worked on ${the} away?`,
      describeLoss: told,
      summary: `Set the time that was worked on ${noun} to none.`,
      input,
      output: times,
      example: one,
    }),
    participants: operation({
      name: `dataops_list_${word}_participants`,
      route: `GET ${path}/participants`,
      risk: 'reads',
      summary: `List who took part in ${noun}: author, assignees, everybody who wrote something.`,
      words: 'who was involved, who commented',
      input,
      output: userRow,
      paging: pages(),
      example: one,
    }),
  };
}

export const ofMergeRequests = workOn(mergeRequestThing);
export const ofIssues = workOn(issueThing);
