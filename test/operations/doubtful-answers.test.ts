import { expect, test } from 'vitest';
import { platformOf, routeOf } from '../../src/operations/operation.ts';
import { providers } from '../../src/providers/index.ts';
import { operationsOf } from '../../src/providers/provider.ts';
import type { FaultKind } from '../../src/sandbox/faults.ts';
import { startWorld } from '../support/harness.ts';
import { examplesWithSeed, targetOf } from '../support/writes.ts';

const page = '<!doctype html><html><head><title>Bad gateway</title></head><body>nginx</body></html>';

/** Answers after which nobody knows what was done. */
const doubtful: Record<string, FaultKind> = {
  'a web page with 500': { kind: 'status', status: 500, body: page },
  'a web page with 502': { kind: 'status', status: 502, body: page },
  'a web page with 503 and Retry-After': {
    kind: 'status',
    status: 503,
    body: page,
    headers: { 'content-type': 'text/html', 'retry-after': '1' },
  },
  'a web page with 504': { kind: 'status', status: 504, body: page },
  'a web page with 201': { kind: 'status', status: 201, body: page, headers: { 'content-type': 'text/html' } },
  'a way elsewhere (303)': { kind: 'status', status: 303, body: '', headers: { location: '/login' } },
  'half of the answer': { kind: 'truncate' },
  'lists within lists': { kind: 'status', status: 200, body: '['.repeat(50_000) + ']'.repeat(50_000) },
};

const code = await Promise.all(providers.map(provider => provider.load()));
const writes = code.flatMap(operationsOf).filter(({ risk }) => risk !== 'reads');

test.each(Object.entries(doubtful))(
  'after %s no change is told as done, or sent again unless that does no harm, and the caller is told to look',
  async (_, kind) => {
    const world = await startWorld({ platforms: 'all', flags: { toolsets: 'all', yes: true } });
    const simulators = world as unknown as Record<string, typeof world.datarock>;
    let asked = 0;
    for (const operation of writes) {
      const { name, idempotent, example } = operation;
      const { faults, requests } = simulators[platformOf(operation)] as typeof world.datarock;
      const { method } = routeOf(operation);
      const match = { method, path: targetOf(operation) };
      const restore = faults.add({ ...kind, match });
      const before = requests.length;
      const { text, raw } = await world.call(name, { ...example.arguments, ...examplesWithSeed[name] });
      restore();
      const sent = requests.slice(before).filter(one => one.method === method && match.path.test(one.target)).length;
      // The example may be refused before: what it makes is there already.
      if (sent === 0 || /^(rejected|conflict|not_found|forbidden|missing_scope|unauthorized)/.test(text)) continue;
      asked += 1;
      expect(raw.isError, `${name}: ${text}`).toBe(true);
      expect(text, name).not.toMatch(/failed unexpectedly/);
      expect(text, name).not.toMatch(/undefined/);
      if (idempotent) continue;
      expect(sent, `${name}: ${text}`).toBe(1);
      expect(text, name).toMatch(/may have|It is not known/);
      expect(text, name).not.toMatch(/Next: Repeat the call/);
    }
    expect(asked).toBeGreaterThan(100);
  },
  240_000,
);
