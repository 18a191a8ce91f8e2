import { expect, test } from 'vitest';
import { platformOf, routeOf } from '../../src/operations/operation.ts';
import { providers } from '../../src/providers/index.ts';
import { operationsOf } from '../../src/providers/provider.ts';
import type { FaultKind } from '../../src/sandbox/faults.ts';
import { startWorld } from '../support/harness.ts';
import { examplesWithSeed, targetOf } from '../support/writes.ts';

/** Answers with status 200 that are no platform's own. */
const foreign: Record<string, FaultKind> = {
  'a sign-in page': { kind: 'html' },
  'half of a refusal': { kind: 'status', status: 200, body: '{"ok":false,"error":"repo_not_f' },
  'a list': { kind: 'status', status: 200, body: '[]' },
};

const code = await Promise.all(providers.map(provider => provider.load()));
const writes = code.flatMap(operationsOf).filter(({ risk }) => risk !== 'reads');

test.each(Object.entries(foreign))(
  '%s is no success of any operation that changes something',
  async (what, kind) => {
    const world = await startWorld({ platforms: 'all', flags: { toolsets: 'all', yes: true } });
    const simulators = world as unknown as Record<string, typeof world.datarock>;
    // Functions of this platform answer with anything, lists included.
    const asked = writes.filter(operation => what !== 'a list' || platformOf(operation) !== 'datagrok');
    expect(asked.length).toBeGreaterThan(140);
    for (const operation of asked) {
      const { name, idempotent, example } = operation;
      const { faults, requests } = simulators[platformOf(operation)] as typeof world.datarock;
      const { method } = routeOf(operation);
      const match = { method, path: targetOf(operation) };
      const restore = faults.add({ ...kind, match });
      const before = requests.length;
      const { text } = await world.call(name, { ...example.arguments, ...examplesWithSeed[name] });
      restore();
      const sent = requests.slice(before).filter(one => one.method === method && match.path.test(one.target));
      expect(sent, `${name}: ${text}`).toHaveLength(1);
      expect(text, name).toMatch(/^bad_upstream_reply: /);
      if (!idempotent)
        expect(text, name).toMatch(/ (It may have been \w+( \w+)?|The request may have arrived)\.\nNext: /);
    }
  },
  120_000,
);
