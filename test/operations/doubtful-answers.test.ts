import { expect, test } from 'vitest';
import type { FaultKind } from '../../src/sandbox/faults.ts';
import { startWorld } from '../support/harness.ts';
import { answersTo } from '../support/writes.ts';

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

test.each(Object.entries(doubtful))(
  'after %s no change is told as done, or sent again unless that does no harm, and the caller is told to look',
  async (_, kind) => {
    const world = await startWorld({ platforms: 'all', flags: { toolsets: 'all', yes: true } });
    let asked = 0;
    for await (const { operation, text, raw, sent } of answersTo(world, kind)) {
      const { name, idempotent } = operation;
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
