import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { Fault, type FaultCode } from '../../src/base/errors.ts';
import { createSigner } from '../../src/base/signer.ts';
import { confirmations } from '../../src/calls/confirm.ts';
import { type Operation, type OperationContext, operation, reference } from '../../src/operations/operation.ts';
import { virtualClock } from '../../src/sandbox/clock.ts';

const removal = operation({
  name: 'core_delete_hole',
  route: 'DELETE /projects/{project}/holes/{hole}',
  risk: 'deletes',
  summary: 'Delete a hole.',
  input: z.strictObject({ project: z.string(), hole: z.string(), force: z.boolean().optional() }),
  output: z.looseObject({}),
  example: { arguments: { project: 'p', hole: 'h' } },
});
const clock = virtualClock();
const on = (name: string) => ({ clock, connection: { name, title: 'Core' } }) as unknown as OperationContext;
const args = { project: '42', hole: 'DDH 001', force: true };
const { ask } = confirmations(createSigner());

async function refusal(...given: Parameters<typeof ask>) {
  try {
    await ask(...given);
  } catch (error) {
    return error as { code: string; message: string; hint: string };
  }
  throw new Error('it was let through');
}
const tokenIn = ({ hint }: { hint: string }) => /confirm: "([^"]+)"/.exec(hint)?.[1];

describe('a deletion', () => {
  it('shows exactly what would be sent, and goes through with the token of that', async () => {
    const first = await refusal(removal, args, undefined, on('main'), undefined);
    expect(first).toMatchObject({ code: 'needs_confirmation' });
    expect(first.message).toContain('DELETE /projects/42/holes/DDH 001 {"force":true}');
    expect(await ask(removal, args, tokenIn(first), on('main'), undefined)).toBeUndefined();
  });

  it('does not take the token for anything else, nor for ever, nor from another process', async () => {
    const token = tokenIn(await refusal(removal, args, undefined, on('main'), undefined));
    for (const [other, context] of [
      [{ ...args, hole: 'DDH 002' }, on('main')],
      [args, on('other')],
    ] as const)
      expect((await refusal(removal, other, token, context, undefined)).message).toMatch(/^The token does not fit/);
    await expect(confirmations(createSigner()).ask(removal, args, token, on('main'), undefined)).rejects.toThrow(
      /token does not fit/,
    );
    await clock.advance(601_000);
    expect((await refusal(removal, args, token, on('main'), undefined)).message).toMatch(/has lapsed/);
  });

  it('is put to the person where the client can, and their word counts for this alone', async () => {
    const question = await ask(removal, args, undefined, on('main'), {});
    expect(question).toMatchObject({
      kind: 'question',
      text: expect.stringContaining('Delete a hole. On Core (main)'),
    });
    const { token } = question as { token: string };
    expect(await ask(removal, args, undefined, on('main'), { answered: { agreed: true, token } })).toBeUndefined();
    expect(await refusal(removal, args, undefined, on('main'), { answered: { agreed: false, token } })).toMatchObject({
      code: 'cancelled',
    });
    const elsewhere = await ask(removal, { ...args, hole: 'X' }, undefined, on('main'), {
      answered: { agreed: true, token },
    });
    expect(elsewhere).toMatchObject({ kind: 'question' });
  });
});

describe('what would be lost', () => {
  const losing = (loses: NonNullable<Operation['describeLoss']>): Operation => ({
    ...removal,
    risk: 'replaces',
    describeLoss: loses,
  });

  it('is told, and the token is good for nothing else', async () => {
    let lost = 'This would drop DDH 001.';
    const change = losing(async () => lost);
    const first = await refusal(change, args, undefined, on('main'), undefined);
    expect(first.message).toMatch(/^Delete a hole\. This would drop DDH 001\. On Core \(main\), this would be sent/);
    expect(await ask(change, args, tokenIn(first), on('main'), undefined)).toBeUndefined();
    lost = 'This would drop DDH 001 and DDH 002.';
    const second = await refusal(change, args, tokenIn(first), on('main'), undefined);
    expect(second.message).toMatch(/^The token does not fit this call, or has lapsed\. .*DDH 002/);
  });

  it('is nothing with some arguments, and then nobody is asked', async () => {
    const change = losing(async (given: { force?: boolean }) => (given.force ? 'This would drop all.' : undefined));
    expect(await ask(change, { ...args, force: false }, undefined, on('main'), undefined)).toBeUndefined();
    expect(await refusal(change, args, undefined, on('main'), undefined)).toMatchObject({ code: 'needs_confirmation' });
    const deletion = { ...change, risk: 'deletes' } as const;
    expect(await refusal(deletion, { ...args, force: false }, undefined, on('main'), undefined)).toMatchObject({
      code: 'needs_confirmation',
    });
  });

  it('is unknown to a token that may not read it; any other failure ends the call', async () => {
    const failing = (code: FaultCode) =>
      losing(async () => {
        throw new Fault({ code, message: 'The token lacks holes:read.', hint: '' });
      });
    expect((await refusal(failing('missing_scope'), args, undefined, on('main'), undefined)).message).toContain(
      'What would be lost cannot be told: The token lacks holes:read.',
    );
    expect(await refusal(failing('not_found'), args, undefined, on('main'), undefined)).toMatchObject({
      code: 'not_found',
    });
  });
});

it('shows the beginning of what is long, and is bound to all of it', async () => {
  const input = z.strictObject({ project: z.string(), hole: z.string(), logs: z.array(z.string()), note: z.string() });
  const change: Operation = { ...removal, route: 'POST /projects/{project}/holes/{hole}', input };
  const logs = Array.from({ length: 60 }, (_, index) => `log ${index}`);
  const given = { project: '42', hole: 'DDH 001', logs, note: 'x'.repeat(2001) };
  const first = await refusal(change, given, undefined, on('main'), undefined);
  expect(first.message).toContain('"log 49","… and 10 more"]');
  expect(first.message).toContain('xxx… (2001 characters)"');
  expect(first.message).not.toContain('log 50');
  const other = { ...given, logs: [...logs.slice(0, 59), 'another'] };
  expect((await refusal(change, other, tokenIn(first), on('main'), undefined)).message).toMatch(/^The token does not/);
  expect(await ask(change, given, tokenIn(first), on('main'), undefined)).toBeUndefined();
});

it('tells the names of things that go by key', async () => {
  const listHoles = { ...removal, name: 'core_list_holes', risk: 'reads' } as const;
  const hole = z.string().meta({ reference: reference({ list: () => listHoles, key: 'id', label: 'name' }) });
  const named: Operation = { ...removal, input: z.strictObject({ project: z.string(), hole }) };
  const context = { ...on('main'), labelOf: () => 'North 1' } as unknown as OperationContext;
  const { message } = await refusal(named, { project: '42', hole: 'h7' }, undefined, context, undefined);
  expect(message).toMatch(/DELETE \/projects\/42\/holes\/h7 \(h7 is "North 1"\)$/);
});
