import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type Operation, type OperationContext, operation } from '../../src/operation.ts';
import { virtualClock } from '../../src/sandbox/clock.ts';
import { confirmations, needsConfirmation } from '../../src/tools/confirm.ts';

const removal = operation({
  name: 'core_delete_hole',
  route: 'DELETE /projects/{project}/holes/{hole}',
  effect: 'delete',
  summary: 'Delete a hole.',
  toolset: 'holes',
  input: z.strictObject({ project: z.string(), hole: z.string(), force: z.boolean().optional() }),
  output: z.looseObject({}),
  evidence: { level: 'documented', source: 'https://example.com', checked: '2026-11-21' },
  example: { arguments: { project: 'p', hole: 'h' } },
});
const clock = virtualClock();
const on = (name: string) => ({ clock, connection: { name, title: 'Core' } }) as unknown as OperationContext;
const args = { project: '42', hole: 'DDH 001', force: true };
const { ask } = confirmations();

function refusal(...given: Parameters<typeof ask>) {
  try {
    ask(...given);
  } catch (error) {
    return error as { code: string; message: string; hint: string };
  }
  throw new Error('it was let through');
}
const tokenIn = ({ hint }: { hint: string }) => /confirm: "([^"]+)"/.exec(hint)?.[1];

describe('a deletion', () => {
  it('shows exactly what would be sent, and goes through with the token of that', () => {
    const first = refusal(removal, args, undefined, on('main'), undefined);
    expect(first).toMatchObject({ code: 'needs_confirmation' });
    expect(first.message).toContain('DELETE /projects/42/holes/DDH 001 {"force":true}');
    expect(ask(removal, args, tokenIn(first), on('main'), undefined)).toBeUndefined();
  });

  it('does not take the token for anything else, nor for ever, nor from another process', async () => {
    const token = tokenIn(refusal(removal, args, undefined, on('main'), undefined));
    for (const [other, context] of [
      [{ ...args, hole: 'DDH 002' }, on('main')],
      [args, on('other')],
    ] as const)
      expect(refusal(removal, other, token, context, undefined).message).toMatch(/^The token does not fit/);
    expect(() => confirmations().ask(removal, args, token, on('main'), undefined)).toThrow(/token does not fit/);
    await clock.advance(601_000);
    expect(refusal(removal, args, token, on('main'), undefined).message).toMatch(/has lapsed/);
  });

  it('is put to the person where the client can, and their word counts for this alone', () => {
    const question = ask(removal, args, undefined, on('main'), {});
    expect(question).toMatchObject({
      kind: 'question',
      text: expect.stringContaining('Delete a hole. On Core (main)'),
    });
    const { token } = question as { token: string };
    expect(ask(removal, args, undefined, on('main'), { answered: { agreed: true, token } })).toBeUndefined();
    expect(refusal(removal, args, undefined, on('main'), { answered: { agreed: false, token } })).toMatchObject({
      code: 'cancelled',
    });
    const elsewhere = ask(removal, { ...args, hole: 'X' }, undefined, on('main'), {
      answered: { agreed: true, token },
    });
    expect(elsewhere).toMatchObject({ kind: 'question' });
  });
});

it.each([
  ['delete', undefined, true],
  ['update', true, true],
  ['update', undefined, false],
  ['run', undefined, false],
] as const)('%s, destructive: %s, needs it: %s', (effect, destructive, expected) => {
  expect(needsConfirmation({ effect, ...(destructive ? { destructive } : {}) } as Operation)).toBe(expected);
});
