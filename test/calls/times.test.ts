import { expect, it } from 'vitest';
import { startWorld } from '../support/harness.ts';

it('says what a time in words became, keeps it with the result, and pages on', async () => {
  const { call, clock, server } = await startWorld({
    platforms: ['dataops'],
    flags: { time_zone: 'Europe/Berlin', answer_tokens: 500 },
  });
  const project = 'meridian/data/drill-assays';
  const first = await call('dataops_list_pipelines', { project, since: 'last week', limit: 2 });
  const { since } = first.data['about'] as { since: string };
  const day = new Date(clock.now());
  // Monday of the week before, at midnight in Berlin: an hour before that of UTC, in winter.
  day.setUTCDate(day.getUTCDate() - ((day.getUTCDay() + 6) % 7) - 7);
  expect(since).toBe(`${new Date(day.getTime() - 86_400_000).toISOString().slice(0, 10)}T23:00:00Z`);
  expect(first.text).toContain(`since: ${since}`);
  const { next } = first.data['page'] as { next: string };
  const second = await call('dataops_list_pipelines', { project, since: 'last week', limit: 2, cursor: next });
  expect(second.isError, second.text).toBe(false);

  const stored = await call('dataops_list_pipelines', { project, since: '1 year', limit: 'all' });
  expect(stored.data['result']).toBeDefined();
  const [latest] = await server.shared.results.list();
  expect(latest?.source.arguments).toMatchObject({ since: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T/) });
});

it('says the time it is where a time is none', async () => {
  const { call } = await startWorld({ platforms: ['dataops'] });
  const { text } = await call('dataops_list_pipelines', { project: 'meridian/data/drill-assays', since: '03/11/2026' });
  expect(text).toMatch(/^bad_arguments: since: "03\/11\/2026" can be 2026-11-03 or 2026-03-11.* It is now \d{4}-/);
});
