import { expect } from 'vitest';
import type { World as DxWorld } from '../../src/providers/dx/simulator/world.ts';
import { type Seen, startWorld, type WorldOptions } from './harness.ts';

export type Row = Record<string, unknown>;

const itemsOf = ({ data }: Seen) => data['items'] as Row[];

/** The program over DX's simulator, on every toolset unless the test says otherwise. */
export async function dxWorld(options: WorldOptions = {}) {
  const { flags = {}, ...rest } = options;
  const { call: callTool, ...world } = await startWorld({
    platforms: ['dx'],
    ...rest,
    flags: { toolsets: 'dx:all', ...flags },
  });
  const { dx } = world;
  const seed: DxWorld = dx.state.world;
  /** Requests for a method, in the order of their arrival. */
  const sent = (method: string) =>
    dx.requests.filter(({ target }) => target.split('?', 1)[0]?.endsWith(`/${method}`) === true);
  /** An answer that is no error, in the form that its record says. */
  const call = async (name: string, args: Row = {}) => {
    const seen = await callTool(`dx_${name}`, args);
    expect(seen.isError, seen.text).toBe(false);
    expect(seen.data['warnings'] ?? []).toEqual([]);
    return seen;
  };
  const callRows = async (name: string, args: Row = {}) => itemsOf(await call(name, args));
  /** The words of a refusal. */
  const callFails = async (name: string, args: Row = {}) => {
    const seen = await callTool(`dx_${name}`, args);
    expect(seen.isError, seen.text).toBe(true);
    return seen.text;
  };
  return { ...world, callTool, state: dx.state, seed, sent, call, callRows, callFails };
}

/** The same, where what is destructive is sent unasked. */
export const unattended = (options: WorldOptions = {}) =>
  dxWorld({ ...options, flags: { yes: true, ...options.flags } });

/** The token in a question that a client without a person gets. */
export const agreement = (text: string) => /confirm: "([^"]+)"/.exec(text)?.[1];
