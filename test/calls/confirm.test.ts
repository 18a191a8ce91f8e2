import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { Fault, type FaultCode } from '../../src/base/errors.ts';
import { createSigner } from '../../src/base/signer.ts';
import { confirmations } from '../../src/calls/consent/confirm.ts';
import { memoryRegister } from '../../src/coordination/memory-register.ts';
import type { Person } from '../../src/http/call.ts';
import { type Operation, type OperationContext, operation, reference } from '../../src/operations/operation.ts';
import { virtualClock } from '../../src/sandbox/clock.ts';

const removal = operation({
  name: 'core_delete_hole',
  route: 'DELETE /projects/{project}/holes/{hole}',
  risk: 'deletes',
  question: 'Delete the hole {hole} of {project}?',
  summary: 'Delete a hole.',
  input: z.strictObject({ project: z.string(), hole: z.string(), force: z.boolean().optional() }),
  output: z.looseObject({}),
  example: { arguments: { project: 'p', hole: 'h' } },
});
const args = { project: '42', hole: 'DDH 001', force: true };

type Said = NonNullable<Person['answer']>['said'];

/** One caller's agreements, on a clock that is moved. Another of the same `parts` is another process of theirs. */
function start(parts = { clock: virtualClock(), signer: createSigner() }, register = memoryRegister(parts.clock)) {
  const { clock, signer } = parts;
  const on = (name: string) =>
    ({
      clock,
      connection: { name, title: 'Core', platform: 'core' },
      labelOf: (_: unknown, key: string) => key,
    }) as unknown as OperationContext;
  const { ask } = confirmations(signer, register);
  const main = on('core');
  const refusal = async (...[what, given, brought = {}, context = main, person]: Partial<Parameters<typeof ask>>) => {
    try {
      await ask(what ?? removal, given ?? args, brought, context, person);
    } catch (error) {
      return error as Fault;
    }
    throw new Error('it was let through');
  };
  const question = async (what = removal, given: object = args, brought = {}) => {
    const put = await ask(what, { ...given }, brought, main, {});
    if (!put) throw new Error('nobody was asked');
    return put;
  };
  const answer = (said: Said, state: string, what = removal, given: object = args, brought = {}) =>
    ask(what, { ...given }, brought, main, { answer: { said, state } });
  return { clock, signer, register, on, main, ask, refusal, question, answer };
}
const tokenIn = ({ hint }: Fault) => /confirm: "([^"]+)"/.exec(hint)?.[1];

describe('a deletion, in two calls', () => {
  it('says in words what it is about, and goes through with the token of that, once', async () => {
    const { ask, refusal, main } = start();
    const first = await refusal();
    expect(first).toMatchObject({
      code: 'needs_confirmation',
      message:
        'Delete the hole "DDH 001" of "42"? force: yes. On Core. This would be sent: DELETE /projects/42/holes/DDH 001 {"force":true}',
    });
    const confirm = tokenIn(first);
    expect(await ask(removal, args, { confirm }, main, undefined)).toBeUndefined();
    expect((await refusal(removal, args, { confirm })).message).toMatch(/^The token .* was used/);
  });

  it('is agreed to once by all processes that share what was used', async () => {
    const one = start();
    const confirm = tokenIn(await one.refusal());
    const replicas = [one, start(one, one.register), start(one, one.register)];
    const outcomes = await Promise.allSettled(
      replicas.map(({ ask, main }) => ask(removal, args, { confirm }, main, undefined)),
    );
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
  });

  it('does not take the token for anything else, nor for ever, nor from another process', async () => {
    const { clock, refusal, on } = start();
    const confirm = tokenIn(await refusal());
    for (const [other, name] of [
      [{ ...args, hole: 'DDH 002' }, 'core'],
      [args, 'other'],
    ] as const)
      expect((await refusal(removal, other, { confirm }, on(name))).message).toMatch(/^The token does not fit/);
    expect((await start().refusal(removal, args, { confirm })).message).toMatch(/^The token does not fit/);
    await clock.advance(601_000);
    expect((await refusal(removal, args, { confirm })).message).toMatch(/has lapsed/);
  });
});

describe('a deletion, where a person can be asked', () => {
  it('is put to them, and their word counts once and for this alone', async () => {
    const { question, answer } = start();
    const { token, text } = await question();
    expect(text).toBe('Delete the hole "DDH 001" of "42"? force: yes. On Core.');
    expect(await answer('accept', token, removal, { ...args, hole: 'X' })).toMatchObject({ kind: 'question' });
    expect(await answer('accept', token)).toBeUndefined();
    expect(await answer('accept', token)).toMatchObject({ kind: 'question' });
  });

  it('is not agreed to by having been asked, nor asked by having been agreed to', async () => {
    const { question, answer, refusal } = start();
    const { token } = await question();
    expect((await refusal(removal, args, { confirm: token })).message).toMatch(/^The token does not fit/);
    const confirm = tokenIn(await refusal());
    expect(await answer('accept', String(confirm))).toMatchObject({ kind: 'question' });
  });

  it('is refused for ten minutes, whatever is tried, unless they are asked again', async () => {
    const { clock, question, answer, refusal, ask, main } = start();
    const before = tokenIn(await refusal());
    const { token } = await question();
    await expect(answer('decline', token)).rejects.toThrow(/did not agree/);
    const tries = [
      refusal(removal, args, { confirm: before }),
      refusal(removal, args, { confirm: token }),
      refusal(removal, args, { ask_again: true }),
      refusal(removal, args, {}, main, {}),
      refusal(removal, args, {}, main, { answer: { said: 'accept', state: token } }),
    ];
    for (const tried of await Promise.all(tries)) {
      expect(tried).toMatchObject({ code: 'cancelled', message: expect.stringContaining('has refused exactly this') });
      expect(tokenIn(tried)).toBeUndefined();
    }
    const again = await question(removal, args, { ask_again: true });
    expect(await answer('accept', again.token, removal, args, { ask_again: true })).toBeUndefined();
    await clock.advance(600_001);
    expect(await ask(removal, args, {}, main, {})).toMatchObject({ kind: 'question' });
  });

  it('says of a closed question that nobody refused, and after the second what the operator can set', async () => {
    const { question, answer } = start();
    const close = async () => answer('cancel', (await question()).token).catch((error: Fault) => error as Fault);
    const first = (await close()) as Fault;
    expect(first.message).toMatch(/nobody has refused/);
    expect(first.hint).toBe('Tell the person. If they want it, repeat the call: the question is put again.');
    expect(tokenIn(first)).toBeUndefined();
    expect(((await close()) as Fault).hint).toContain('consent: two-step');
  });

  it('says that an answer could not be read', async () => {
    const { question, answer } = start();
    await expect(answer('unreadable', (await question()).token)).rejects.toThrow(/answer could not be read/);
  });

  it('is put twice to a client that never answers, and then has two calls', async () => {
    const { question, refusal, main, clock, ask } = start();
    for (const _ of [1, 2]) {
      await question();
      await clock.advance(2000);
    }
    const third = await refusal(removal, args, {}, main, {});
    expect(third).toMatchObject({ code: 'needs_confirmation' });
    const confirm = tokenIn(third) as string;
    expect(await ask(removal, { ...args }, { confirm }, main, {})).toBeUndefined();
    expect((await refusal(removal, args, { confirm }, main, {})).message).toMatch(/was used/);
    expect(await question(removal, args, { ask_again: true })).toMatchObject({ kind: 'question' });
  });

  it('is put again to a client that sends the same several times at once, and shows the first one', async () => {
    const { question } = start();
    for (const _ of [1, 2, 3, 4]) expect(await question()).toMatchObject({ kind: 'question' });
  });
});

describe('what would be lost', () => {
  const losing = (loses: NonNullable<Operation['describeLoss']>): Operation => ({
    ...removal,
    risk: 'replaces',
    describeLoss: loses,
  });

  it('is told, and the token is good for nothing else', async () => {
    const { ask, refusal, main } = start();
    let lost = 'It has 3 logs.';
    const change = losing(async () => ({ says: lost, names: { project: 'Copperhead' } }));
    const first = await refusal(change);
    expect(first.message).toMatch(/^Delete the hole "DDH 001" of Copperhead\? It has 3 logs\. force: yes\. On Core\./);
    const second = tokenIn(await refusal(change));
    expect(await ask(change, args, { confirm: tokenIn(first) }, main, undefined)).toBeUndefined();
    lost = 'It has 4 logs.';
    expect((await refusal(change, args, { confirm: second })).message).toMatch(/^The token does not fit.*4 logs/);
  });

  it('is bound to the version of what would be replaced', async () => {
    const { refusal } = start();
    let version = 1;
    const change = losing(async () => ({ says: 'It has 3 logs.', version }));
    const confirm = tokenIn(await refusal(change));
    version = 2;
    expect((await refusal(change, args, { confirm })).message).toMatch(/^The token does not fit/);
  });

  it('is nothing with some arguments, and then nobody is asked', async () => {
    const { ask, refusal, main } = start();
    const change = losing(async (given: { force?: boolean }) => (given.force ? 'This would drop all.' : undefined));
    expect(await ask(change, { ...args, force: false }, {}, main, undefined)).toBeUndefined();
    expect(await refusal(change)).toMatchObject({ code: 'needs_confirmation' });
    const deletion = { ...change, risk: 'deletes' } as const;
    expect(await refusal(deletion, { ...args, force: false })).toMatchObject({ code: 'needs_confirmation' });
  });

  it('is unknown to a token that may not read it; whatever else is refused is said without asking', async () => {
    const { refusal } = start();
    const failing = (code: FaultCode) =>
      losing(async () => {
        throw new Fault({ code, message: 'The token lacks holes:read.', hint: '' });
      });
    const scoped = { ...failing('missing_scope'), scopes: ['holes:write'] };
    expect((await refusal(scoped)).message).toContain('What would be lost cannot be told: The token lacks holes:read.');
    for (const code of ['not_found', 'missing_scope'] as const)
      expect(await refusal(failing(code))).toMatchObject({ code });
  });
});

describe('what goes along', () => {
  it('shows the beginning of what is long, and is bound to all of it', async () => {
    const { ask, refusal, main } = start();
    const input = z.strictObject({
      project: z.string(),
      hole: z.string(),
      logs: z.array(z.string()),
      note: z.string(),
    });
    const change: Operation = { ...removal, route: 'POST /projects/{project}/holes/{hole}', input };
    const logs = Array.from({ length: 60 }, (_, index) => `log ${index}`);
    const given = { project: '42', hole: 'DDH 001', logs, note: 'x'.repeat(2001) };
    const first = await refusal(change, given);
    expect(first.message).toContain('"log 19", and 40 more');
    expect(first.message).toContain('xxx… (2001 characters)"');
    expect(first.message).not.toContain('log 50');
    const confirm = tokenIn(first);
    const other = { ...given, logs: [...logs.slice(0, 59), 'another'] };
    expect((await refusal(change, other, { confirm })).message).toMatch(/^The token does not/);
    expect(await ask(change, given, { confirm }, main, undefined)).toBeUndefined();
  });

  it('is named as people name it, and no secret is told', async () => {
    const { ask, main } = start();
    const listHoles = { ...removal, name: 'core_list_holes', risk: 'reads' } as const;
    const hole = z.string().meta({ reference: reference({ list: () => listHoles, key: 'id', label: 'name' }) });
    const key = z.string().meta({ secret: true });
    const named: Operation = { ...removal, input: z.strictObject({ project: z.string(), hole, key }) };
    const context = { ...main, labelOf: () => 'North 1' } as unknown as OperationContext;
    const put = await ask(named, { project: '42', hole: 'h7', key: 'hush' }, {}, context, {});
    expect(put?.text).toBe('Delete the hole "North 1" of "42"? key: a secret. On Core.');
  });
});
