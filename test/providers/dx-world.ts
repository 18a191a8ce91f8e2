import type { World as DxWorld } from '../../src/providers/dx/simulator-world.ts';
import { startWorld, type WorldOptions } from '../harness.ts';

/** The program over DX's simulator, on every toolset unless the test says otherwise. */
export async function dxWorld(options: WorldOptions = {}) {
  const { flags = {}, ...rest } = options;
  const world = await startWorld({ platforms: ['dx'], ...rest, flags: { toolsets: 'dx:all', ...flags } });
  const { dx } = world;
  const seed: DxWorld = dx.state.world;
  /** Requests for a method, in the order of their arrival. */
  const sent = (method: string) =>
    dx.requests.filter(({ target }) => target.split('?', 1)[0]?.endsWith(`/${method}`) === true);
  return { ...world, state: dx.state, seed, sent };
}
