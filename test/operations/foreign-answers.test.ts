import { expect, test } from 'vitest';
import { platformOf } from '../../src/operations/operation.ts';
import type { FaultKind } from '../../src/sandbox/faults.ts';
import { startWorld } from '../support/harness.ts';
import { answersTo, writes } from '../support/writes.ts';

/** Answers with status 200 that are no platform's own. */
const foreign: Record<string, FaultKind> = {
  'a sign-in page': { kind: 'html' },
  'half of a refusal': { kind: 'status', status: 200, body: '{"ok":false,"error":"repo_not_f' },
  'a list': { kind: 'status', status: 200, body: '[]' },
};

test.each(Object.entries(foreign))(
  '%s is no success of any operation that changes something',
  async (what, kind) => {
    const world = await startWorld({ platforms: 'all', flags: { toolsets: 'all', yes: true } });
    // Functions of this platform answer with anything, lists included.
    const asked = writes.filter(operation => what !== 'a list' || platformOf(operation) !== 'datagrok');
    expect(asked.length).toBeGreaterThan(140);
    for await (const { operation, text, sent } of answersTo(world, kind, asked)) {
      const { name, idempotent } = operation;
      expect(sent, `${name}: ${text}`).toBe(1);
      expect(text, name).toMatch(/^bad_upstream_reply: /);
      if (!idempotent)
        expect(text, name).toMatch(/ (It may have been \w+( \w+)?|The request may have arrived)\.\nNext: /);
    }
  },
  120_000,
);
