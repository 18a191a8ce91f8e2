import { describe, expect, it } from 'vitest';
import { readBody } from '../../src/sandbox/frame/body.ts';
import { numberedPage } from '../../src/sandbox/frame/page.ts';
import { createSlidingWindow } from '../../src/sandbox/frame/quota.ts';
import { Refusal, refusable } from '../../src/sandbox/frame/refusal.ts';
import type { SimulatorRequest } from '../../src/sandbox/router.ts';

describe('the frame of simulators', () => {
  it('counts requests of each key in a window that slides, and says how long one too many has to wait', () => {
    let now = 0;
    const overBy = createSlidingWindow(() => now);
    const quota = { requests: 2, perSeconds: 10 };
    const at = (ms: number, key = 'a') => {
      now = ms;
      return overBy(key, quota);
    };
    expect([at(0), at(4_000), at(4_500), at(4_500, 'b')]).toEqual([undefined, undefined, 6, undefined]);
    expect([at(10_000), at(10_001), at(14_000)]).toEqual([undefined, 4, undefined]);
    expect(overBy('c', { requests: Number.POSITIVE_INFINITY, perSeconds: 1 })).toBeUndefined();
  });

  it('cuts pages, and knows what comes before and after', () => {
    const items = [1, 2, 3, 4, 5];
    expect(numberedPage(items, 1, 2)).toEqual({ rows: [1, 2], pages: 3, next: 2 });
    expect(numberedPage(items, 3, 2)).toEqual({ rows: [5], pages: 3, previous: 2 });
    expect(numberedPage([], 1, 2)).toEqual({ rows: [], pages: 1 });
  });

  it.each([
    ['', 'application/json', { kind: 'none' }],
    ['[1]', 'application/json; charset=utf-8', { kind: 'json', value: [1] }],
    ['{', 'application/json', { kind: 'unreadable' }],
    [
      'a=1&a=2',
      'application/x-www-form-urlencoded',
      {
        kind: 'form',
        entries: [
          ['a', '1'],
          ['a', '2'],
        ],
      },
    ],
    ['a', 'multipart/form-data; boundary=x', { kind: 'unreadable' }],
    ['a', 'text/plain', { kind: 'other', type: 'text/plain' }],
  ])('reads %j as %s', async (text, type, body) => {
    const json = (): unknown => {
      try {
        return JSON.parse(text);
      } catch {
        return undefined;
      }
    };
    const request = { headers: { 'content-type': type }, bytes: Buffer.from(text), json };
    expect(await readBody(request as unknown as SimulatorRequest)).toEqual(body);
  });

  it('writes refusals as the platform does, and lets defects through', async () => {
    const write = (reason: { code: number }) => ({ status: reason.code });
    const refuse = () => {
      throw new Refusal({ code: 418 });
    };
    expect(await refusable(refuse, write)).toEqual({ status: 418 });
    const fail = () => {
      throw new TypeError('a defect');
    };
    await expect(refusable(fail, write)).rejects.toThrow('a defect');
  });
});
