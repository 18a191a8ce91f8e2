import { expect, it } from 'vitest';
import { startAssistant } from '../support/assistant.ts';

it('answers "run the nightly pipeline, and how does it compare with the last year" in two calls over stdio', async () => {
  const { ask } = await startAssistant();

  const pipeline = 'Nightly revenue sync';
  const run = await ask('datamin_run_pipeline', { pipeline });
  expect(run.data).toMatchObject({ run: { status: 'succeeded', final: true } });
  const { tasks } = run.data as { tasks: { name: string; ok: boolean; output: unknown }[] };
  expect(tasks.map(({ name }) => name)).toEqual(expect.arrayContaining(['orders', 'revenue', 'by country']));
  expect(tasks.every(({ ok, output }) => ok && output !== undefined)).toBe(true);

  const asked = { pipeline, period: 'month', periods: 12 };
  const history = await ask('datamin_get_pipeline_history', asked);
  const { items } = history.data as { items: { num_of_successes: number; partial?: boolean }[] };
  expect(items.length).toBeGreaterThanOrEqual(12);
  expect(items.filter(({ partial }) => !partial).every(({ num_of_successes }) => num_of_successes > 20)).toBe(true);
});
