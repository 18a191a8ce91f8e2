import * as z from 'zod';
import type { Row } from '../../../base/json-value.ts';
import { parseTime, time } from '../../../base/time.ts';
import { operation } from '../../../operations/operation.ts';
import { drillAssays, sort } from '../arguments.ts';
import { brief } from '../brief.ts';
import { pages } from '../paging.ts';
import { listUsers, person } from './members.ts';
import { projectArgument as project } from './projects.ts';

const day = (description: string) =>
  time(description)
    .optional()
    .meta({
      encode: (value: string | number, now: number, name: string) =>
        new Date(parseTime(value, name, now)).toISOString().slice(0, 10),
    });

const filters = {
  action: z
    .enum([
      'created',
      'updated',
      'closed',
      'reopened',
      'pushed',
      'commented',
      'merged',
      'joined',
      'left',
      'destroyed',
      'approved',
    ])
    .optional()
    .describe('What was done'),
  target_type: z
    .enum(['issue', 'milestone', 'merge_request', 'note', 'project', 'snippet', 'user', 'wiki', 'design'])
    .optional()
    .describe('To what'),
  after: day('After this day'),
  before: day('Before this day'),
  sort,
};

const event = z.looseObject({ action_name: z.string(), created_at: z.string().nullish() });

/** What was done in one place or by somebody, newest first. */
function eventsOf(
  whose: { name: string; route: string; summary: string; words: string },
  input: z.ZodObject,
  example: Row,
) {
  return operation({
    ...whose,
    risk: 'reads',
    input,
    output: event,
    paging: pages({ show: ({ author: _, ...row }) => brief(row) }),
    example: { arguments: example },
  });
}

export const listProjectEvents = eventsOf(
  {
    name: 'dataops_list_project_events',
    route: 'GET /projects/{project}/events',
    summary: 'List what was done in a project, newest first: pushes, issues, merge requests, comments, members.',
    words: 'activity, what happened, who did what in the repository',
  },
  z.strictObject({ project, ...filters }),
  { ...drillAssays, target_type: 'issue' },
);

export const listOwnEvents = eventsOf(
  {
    name: 'dataops_list_own_events',
    route: 'GET /events',
    summary: 'List what you did on DataOps.live, newest first.',
    words: 'my activity, what did I do yesterday',
  },
  z.strictObject({
    ...filters,
    scope: z.enum(['all']).optional().describe('all: also what others did in your projects'),
  }),
  {},
);

export const listUserEvents = eventsOf(
  {
    name: 'dataops_list_user_events',
    route: 'GET /users/{user}/events',
    summary: 'List what somebody did, newest first, as far as you may see it.',
    words: 'activity of a person, contributions, what has somebody done lately',
  },
  z.strictObject({ user: person(() => listUsers, 'Who', 'search'), ...filters }),
  { user: 'amara.okafor' },
);
