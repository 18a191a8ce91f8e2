import { type Assistant, expect, rowsOf } from '../story.ts';

/** What the demo tells: a furnace is fired and waited for. */
export async function story(assistant: Assistant): Promise<void> {
  assistant.person('Assayer', 'Fire the first furnace that is free.');
  const [furnace] = rowsOf(await assistant.ask('kiln_list_furnaces', {}));
  expect(furnace !== undefined, 'there is no furnace');
  const { text } = await assistant.ask('kiln_start_firing', { furnace: furnace['id'], wait_seconds: 45 });
  expect(text.includes('succeeded'), 'the furnace did not fire');
}
