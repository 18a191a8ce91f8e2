import { type Assistant, expect, rowsOf } from '../story.ts';

const pipeline = 'Nightly revenue sync';

/** A shop owner's question, answered from the sandbox. Throws a fault when an answer is not what it must be. */
export async function story(assistant: Assistant): Promise<void> {
  assistant.person(
    'Shop owner',
    'Run the nightly revenue sync now. What did each task make, and how does it compare with the last year?',
  );
  assistant.says('I start it and wait for its tasks.');
  const run = await assistant.ask('datamin_run_pipeline', { pipeline, wait_seconds: 45 });
  const tasks = rowsOf(run, 'tasks');
  expect(tasks.length >= 4 && tasks.every(({ ok }) => ok === true), 'not every task of the run succeeded');

  assistant.says('Now the last twelve months of it.');
  const history = await assistant.ask('datamin_get_pipeline_history', { pipeline, period: 'month', periods: 12 });
  const months = rowsOf(history, 'items');
  expect(months.length >= 12, 'the history has fewer than twelve months');
  const sum = (field: string) => months.reduce((total, month) => total + Number(month[field]), 0);
  const [failures, runs] = [sum('num_of_failures'), sum('num_of_successes') + sum('num_of_failures')];
  const worst = months.reduce((a, b) => (Number(b['num_of_failures']) > Number(a['num_of_failures']) ? b : a));
  assistant.says(
    `All ${tasks.length} tasks succeeded. In twelve months ${failures} of ${runs} runs failed, most of them in ` +
      `${String(worst['date_from']).slice(0, 7)} (${String(worst['num_of_failures'])}).`,
  );
}
