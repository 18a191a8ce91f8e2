import { expect, it } from 'vitest';
import { kilnSimulator } from '../../../src/providers/kiln/simulator/simulator.ts';
import { startWorld } from '../../support/harness.ts';

const start = () => startWorld({ platforms: [], also: [kilnSimulator] });

it('lists the furnaces', async () => {
  const { call } = await start();
  const { data } = await call('kiln_list_furnaces');
  expect(data['items']).toEqual([
    { id: 'north', name: 'North furnace', free: true },
    { id: 'south', name: 'South furnace', free: true },
  ]);
});

it('fires one by name, and waits for it', async () => {
  const { call, others } = await start();
  const { text } = await call('kiln_start_firing', { furnace: 'South furnace' });
  expect(text).toContain('kiln://firings/f1: succeeded (done)');
  expect(others['kiln']?.requests.filter(({ method }) => method === 'POST')).toHaveLength(1);
});
