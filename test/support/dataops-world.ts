import { expect } from 'vitest';
import { type Seen, startWorld, type WorldOptions } from './harness.ts';

export type Row = Record<string, unknown>;

export const project = 'meridian/data/drill-assays';

/** What is destructive is sent unasked: asking has tests of its own. */
const unattended = { yes: true };

export async function start({ flags, ...options }: WorldOptions = {}) {
  const { call: callTool, ...world } = await startWorld({
    platforms: ['dataops'],
    flags: { toolsets: 'dataops:all', ...unattended, ...flags },
    ...options,
  });
  const { names } = world.dataops.state;
  const call = async (name: string, args: Row = {}) => {
    const seen = await callTool(`dataops_${name}`, args);
    expect(seen.isError, seen.text).toBe(false);
    expect(seen.data['warnings'] ?? []).not.toContainEqual(expect.stringContaining('differs'));
    return seen;
  };
  const callRows = async (name: string, args: Row = {}) => itemsOf(await call(name, args));
  const callFails = async (name: string, args: Row = {}) => {
    const seen = await callTool(`dataops_${name}`, args);
    expect(seen.isError, seen.text).toBe(true);
    return seen.text;
  };
  return { ...world, callTool, names, call, callRows, callFails };
}

export const itemsOf = ({ data }: Seen) => data['items'] as Row[];
const as = (token: string) => ({ env: { DATAOPS_TOKEN: token } });
let ownerToken: string | undefined;
export const owner = async () => {
  // Tokens are alike in every world, and starting one takes a while.
  ownerToken ??= (await start()).names.tokens.owner;
  return start(as(ownerToken));
};
