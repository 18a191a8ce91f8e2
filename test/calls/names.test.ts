import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { Fault } from '../../src/base/errors.ts';
import type { Row } from '../../src/base/json-value.ts';
import { References } from '../../src/calls/names/references.ts';
import type { Operation, OperationContext } from '../../src/operations/operation.ts';
import { listProjects, projectName } from '../../src/providers/datarock/operations/projects.ts';
import { virtualClock } from '../../src/sandbox/clock.ts';

/** References over a listing whose rows the test decides. */
function over(...states: Row[][]) {
  const clock = virtualClock();
  const asked: string[] = [];
  const rows = async ({ name }: Operation) => {
    asked.push(name);
    return states[Math.min(asked.length, states.length) - 1] ?? [];
  };
  const context = { connection: { name: 'main' }, rows } as unknown as OperationContext;
  const references = new References(clock);
  return { clock, asked, resolve: (value: string) => references.resolve(projectName, value, {}, context) };
}
const north = { uuid: 'u1', name: 'Copperhead North' };
const south = { uuid: 'u2', name: 'Copperhead South' };

describe('a name for a key', () => {
  it('is found whatever the letter case, and a key is itself', async () => {
    const { resolve } = over([north, south]);
    expect(await resolve('copperhead north ')).toBe('u1');
    expect(await resolve('u2')).toBe('u2');
  });

  it('is not needed where the form shows a key', async () => {
    const { resolve, asked } = over([north]);
    expect(await resolve('7c0d3a52-5b1e-4a57-9d36-2f1f0c6e8a11')).toMatch(/^7c0d/);
    expect(asked).toEqual([]);
  });

  it('that is part of one name is not taken for it, but asked about', async () => {
    const { resolve } = over([north, south]);
    await expect(resolve('north')).rejects.toMatchObject({
      code: 'not_found',
      hint: expect.stringMatching(/^Did you mean "Copperhead North"\?/),
    });
    await expect(resolve('copperhead')).rejects.toMatchObject({ hint: expect.stringMatching(/^There are: /) });
  });

  it('that a thing lacks is not made up for it: its key stands for it', async () => {
    const { resolve } = over([north, { uuid: 'u3', name: null }]);
    const hint = 'There are: "Copperhead North", "u3".';
    await expect(resolve('nobody at all')).rejects.toMatchObject({ code: 'not_found', hint });
    await expect(resolve('Null')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('that two things have is refused with their keys', async () => {
    const { resolve } = over([north, { ...north, uuid: 'u9' }]);
    await expect(resolve('Copperhead North')).rejects.toMatchObject({
      code: 'bad_arguments',
      hint: expect.stringContaining('u1, u9'),
    });
  });

  it('is remembered for five minutes, and looked up afresh when it is new', async () => {
    const { resolve, asked, clock } = over([north], [north, south]);
    await resolve('Copperhead North');
    await resolve('Copperhead North');
    expect(asked).toHaveLength(1);
    expect(await resolve('Copperhead South')).toBe('u2');
    expect(asked).toHaveLength(2);
    await clock.advance(301_000);
    await resolve('Copperhead North');
    expect(asked).toEqual([listProjects.name, listProjects.name, listProjects.name]);
  });

  it('that nothing has is answered with what was probably meant', async () => {
    const { resolve } = over([north, south]);
    await expect(resolve('Coperhead Nort')).rejects.toMatchObject({
      code: 'not_found',
      hint: expect.stringContaining('Did you mean "Copperhead North"?'),
    });
  });

  it('is searched for where the platform can search, and nothing is read whole', async () => {
    const asked: Row[] = [];
    const rows = async (_: Operation, args: Row) => {
      asked.push(args);
      return args['search'] === 'Copperhead North' ? [north] : [];
    };
    const context = { connection: { name: 'main' }, rows } as unknown as OperationContext;
    const listing = { ...listProjects, input: listProjects.input.extend({ search: z.string() }) } as Operation;
    const searched = { ...projectName, list: () => listing, label: 'name', search: 'search' };
    const references = new References(virtualClock());
    await expect(references.resolve(searched, 'Copperhead East', {}, context)).rejects.toMatchObject({
      code: 'not_found',
      hint: 'datarock_list_projects finds none like it.',
    });
    expect(await references.resolve(searched, 'Copperhead North', {}, context)).toBe('u1');
    expect(await references.resolve(searched, 'CPN-1', {}, context)).toBe('CPN-1');
    // Parts of a name that nothing has are searched for, too, so that what was meant can be named.
    const parts = ['Copperhead East', 'Copperhead', 'Cop', 'Eas'].map(search => ({ search }));
    expect(asked).toEqual([
      { search: 'Copperhead East' },
      ...parts,
      {},
      { search: 'Copperhead North' },
      { search: 'CPN-1' },
    ]);
  });

  it('is taken as a key by a credential that may not list', async () => {
    const rows = async () => {
      throw new Fault({ code: 'missing_scope', message: 'no', hint: '' });
    };
    const context = { connection: { name: 'main' }, rows } as unknown as OperationContext;
    expect(await new References(virtualClock()).resolve(projectName, 'u7', {}, context)).toBe('u7');
  });
});
