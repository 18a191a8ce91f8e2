import * as z from 'zod';
import { operation } from '../../../operations/operation.ts';
import { done, flag, map, required, text, unixMoment } from '../arguments.ts';

export const trackEvent = operation({
  name: 'dx_track_event',
  route: 'POST /events.track',
  risk: 'adds',
  summary: 'Record that somebody did something in a tool of yours: one event of a PlatformX project.',
  words: 'usage analytics log',
  api: 'events',
  input: z.strictObject({
    name: required('What was done'),
    timestamp: unixMoment('When', 'timestamp', String),
    email: text('Who did it; or a user name below'),
    github_username: text('Who did it'),
    gitlab_username: text('Who did it'),
    metadata: map('At most 1 KB of JSON').optional(),
    test_data: flag('True: a test, not shown in reports'),
  }),
  ...done,
  describeLack: ({ email, github_username: github, gitlab_username: gitlab }) =>
    (email ?? github ?? gitlab) === undefined ? 'say who did it: email, github_username or gitlab_username' : undefined,
  example: { arguments: { name: 'portal.search', timestamp: 'now', email: 'lin.park@kestrel.example' } },
});
