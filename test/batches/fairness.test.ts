import { expect, test } from 'vitest';
import { startWorld } from '../support/harness.ts';

type Row = Record<string, unknown>;

test('two callers who ask about many share the quota of their account, and a third is not kept waiting', async () => {
  const { server, dataops, clock } = await startWorld({ platforms: ['dataops'], local: false });
  const callers = ['one', 'two', 'three'].map(name => server.served({ name, callerId: name }));
  const [one, two, three] = callers as [(typeof callers)[0], (typeof callers)[0], (typeof callers)[0]];
  // Each asks about one project of its own, so often that its requests can be told apart.
  const many = (project: string) => Array.from({ length: 600 }, (_, index) => `${project}/p${index}`);
  const asked = (project: string) =>
    dataops.requests.filter(({ target }) => target.includes(encodeURIComponent(`${project}/`))).length;
  async function ask(caller: (typeof callers)[0], project: string): Promise<{ at: number; text: string }> {
    const args = { project: many(project), confirm_many: 600, status: 'failed' };
    let seen = await caller.tools.call('dataops_list_pipelines', args);
    const runOf = () => (seen.structuredContent as Row | undefined)?.['run'] as Row | undefined;
    while (runOf() && !runOf()?.['final'])
      seen = await caller.tools.call('wait_for_run', { run: runOf()?.['uri'], wait_seconds: 45 });
    return { at: clock.now(), text: JSON.stringify(seen.content) };
  }
  const began = clock.now();
  let others = { at: 0, one: 0, two: 0 };
  const both = [ask(one, 'first'), ask(two, 'second')];
  const third = (async () => {
    // A third of the way, in the middle of the first minute of the quota.
    await expect.poll(() => dataops.requests.length, { timeout: 60_000, interval: 5 }).toBeGreaterThan(400);
    const asking = clock.now();
    await three.tools.call('dataops_list_projects', { search: 'meridian' });
    others = { at: clock.now() - asking, one: asked('first'), two: asked('second') };
  })();
  await Promise.all([...both, third]);
  expect(asked('first')).toBe(600);
  expect(asked('second')).toBe(600);
  // Neither is ahead of the other by more than a tenth.
  expect(Math.abs(others.one - others.two) / Math.max(others.one, others.two)).toBeLessThanOrEqual(0.1);
  expect(others.at).toBeLessThan(45_000);
  expect(clock.now() - began).toBeLessThanOrEqual(((1_200 - 600) / 10 + 60) * 1_000 * 1.05);
}, 180_000);
