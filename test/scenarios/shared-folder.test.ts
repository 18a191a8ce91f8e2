import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type Row, startAssistant } from '../support/assistant.ts';

/** Room for some of the exports below, so that each server reaps what both have written. */
const quota = String(150_000 / 2 ** 30);
const holes = ['DDH001', 'DDH002', 'DDH003', 'DDH004', 'DDH005', 'DDH006', 'DDH007', 'DDH008'];

const server = async (results: string) =>
  (await startAssistant({ speed: 100, flags: ['--results-quota-gib', quota], results, era: 'legacy' })).attempt;

type Ask = Awaited<ReturnType<typeof server>>;

/** A stored result ends with the row that it says is its last; one that was reaped says how to make it again. */
async function readWhole(ask: Ask, { result, rows }: { result: string; rows: number }): Promise<'whole' | 'reaped'> {
  const { data, text, isError } = await ask('read_result', { result, offset: rows - 1, limit: 2 });
  if (isError) {
    expect(text).toMatch(/Make it again: call datarock_/);
    return 'reaped';
  }
  expect(data).toMatchObject({
    items: [{ hole_id: 'DDH009', method: 'pieces_over_10_cm' }],
    page: { returned: 1, total: rows, complete: true },
  });
  return 'whole';
}

it('two servers write, read and reap in one folder at once, and nobody sees half a result', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'data-platforms-shared-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const results = join(folder, 'results');
  const servers = await Promise.all([server(results), server(results)]);
  async function work(ask: Ask, other: Ask, mine: string[]) {
    for (const hole of mine) {
      const order = { project: 'Copperhead North', artefact: 'RQD', holes: [hole, 'DDH009'], wait_seconds: 45 };
      const made = await ask('datarock_create_export', order);
      expect(made.isError, made.text).toBe(false);
      const { uri: result, rows } = made.data['result'] as { uri: string; rows: number };
      await Promise.all([readWhole(ask, { result, rows }), readWhole(other, { result, rows })]);
    }
  }
  const [one, two] = servers as [Ask, Ask];
  await Promise.all([
    work(one, two, holes),
    work(two, one, holes.toReversed()),
    work(one, two, holes.slice(4)),
    work(two, one, holes.slice(0, 4)),
  ]);

  const [left, right] = await Promise.all(
    servers.map(async ask => (await ask('list_results', {})).data['items'] as Row[]),
  );
  expect(right).toEqual(left);
  // A result of the last minute stays whatever the quota says; the others of the 24 were reaped.
  expect(left?.length).toBeGreaterThan(1);
  expect(left?.length).toBeLessThan(20);
  for (const { uri, rows } of left ?? [])
    expect(await readWhole(two, { result: uri as string, rows: rows as number })).toBe('whole');
  expect((await readdir(results)).filter(name => name.endsWith('.tmp'))).toEqual([]);
});
