import { describe, expect, it } from 'vitest';
import { readOutput } from '../../src/answers/read-output.ts';
import { jsonStart } from '../../src/base/bounded/json-start.ts';
import { othersTurn, type Steps } from '../../src/base/bounded/turns.ts';
import { parsing } from '../../src/base/json.ts';
import { createRedactor } from '../../src/base/redact.ts';
import { walk, waysBy } from '../../src/base/redaction/walk.ts';
import { listHoles } from '../../src/providers/datarock/operations/projects.ts';

/** Values that are looked at without a turn for others. */
const most = 10_000;

/** A value that counts how often one of its parts is looked at. */
function counted<Value extends object>(value: Value, seen: { parts: number }): Value {
  const inner = (part: unknown): unknown =>
    typeof part === 'object' && part !== null ? counted(part as object, seen) : part;
  return new Proxy(value, {
    get(target, name, self) {
      const part: unknown = Reflect.get(target, name, self);
      if (typeof name === 'string' && name !== 'length') seen.parts += 1;
      return typeof part === 'function' ? part : inner(part);
    },
  });
}

/** Does it as the program does, and tells the most that was looked at in one turn. */
async function drive<Value>(steps: Steps<Value>, seen: { parts: number }) {
  let [turns, longest, before] = [0, 0, seen.parts];
  for (;;) {
    const { done, value } = steps.next();
    longest = Math.max(longest, seen.parts - before);
    before = seen.parts;
    if (done) return { value, turns, longest };
    turns += 1;
    await othersTurn();
  }
}

const many = 100_000;
const numbered = (build: (index: number) => [string, unknown]) =>
  Object.fromEntries(Array.from({ length: many }, (_, index) => build(index)));
const worst: Readonly<Record<string, object>> = {
  'one thing with many fields': numbered(index => [`k${index}`, index]),
  'many ids': numbered(index => [`k${index}_id`, index]),
  'a list of figures': { x: Array.from({ length: many }, () => 1) },
  'empty lists': { x: Array.from({ length: many }, () => []) },
  'lists within lists': { x: Array.from({ length: many / 10 }, () => [[[[[[[[1]]]]]]]]) },
  'many texts': { x: Array.from({ length: many / 10 }, () => 'token: basic eyJ.'.repeat(10)) },
};

describe('whatever a platform or a caller sends, others have their turns while it is looked at:', () => {
  const { text, longText } = createRedactor();

  it.each(Object.entries(worst))('redaction of %s', async (_, value) => {
    const seen = { parts: 0 };
    const { turns, longest } = await drive(
      walk(
        counted(value, seen),
        waysBy(text, longText, () => 0),
        0,
      ),
      seen,
    );
    expect(longest).toBeLessThan(most);
    expect(turns).toBeGreaterThanOrEqual(seen.parts / most - 1);
    expect(seen.parts).toBeGreaterThan(many / 20);
  });

  it.each(Object.entries(worst))('reading of %s', async (_, value) => {
    const seen = { parts: 0 };
    const { longest } = await drive(readOutput(listHoles, [counted(value, seen)]), seen);
    expect(longest).toBeLessThan(most);
    expect(seen.parts).toBeGreaterThan(many / 20);
  });

  it('a long text is redacted a window at a time, and comes out as if at once', async () => {
    const pieces = [
      'words ',
      'é',
      '\u200b',
      'token=hush-1 ',
      '"api_key": "a\\"b", ',
      'Bearer abcdefgh1 ',
      'https://u:p@h/ ',
    ];
    const long = Array.from({ length: 60_000 }, (_, index) => pieces[(index * index) % pieces.length]).join('');
    const redactor = createRedactor();
    redactor.add('words');
    redactor.add('hush-secret-value');
    const whole = `${long}-----BEGIN PRIVATE KEY-----${long}hush-secret-value`;
    const { value, turns } = await drive(redactor.longText(whole), { parts: 0 });
    expect(turns).toBeGreaterThan(10);
    expect(value).toBe(redactor.text(whole));
    expect(value).not.toMatch(/hush|\u200b|abcdefgh1|u:p/);
  });

  it('a secret that lies over the end of a window is masked', async () => {
    const secret = 'hush-secret-value-that-is-long';
    const redactor = createRedactor();
    redactor.add(secret);
    for (let before = 65_536 - 40; before < 65_536 + 5; before += 1) {
      const { value } = await drive(redactor.longText(`${'x '.repeat(before / 2)}${secret} ${'y '.repeat(50_000)}`), {
        parts: 0,
      });
      expect(value).not.toContain('hush');
    }
  });

  it.each(['1234567890123456789,', '1,', '"",', '[],', ' ', '"\\"",'])('parsing of many %j', async unit => {
    const text = `[1234567890123456789,${unit.repeat(400_000)}1]`;
    const { value, turns } = await drive(parsing(text), { parts: 0 });
    // Looking, finding, and the parts of putting them in quotes: parsing itself has a turn of its own.
    expect(turns).toBeGreaterThanOrEqual(4);
    expect((value as unknown[])[0]).toBe('1234567890123456789');
  });

  it('whether something fits is found out without looking at all of it', () => {
    for (const value of Object.values(worst)) {
      const seen = { parts: 0 };
      expect(jsonStart(counted(value, seen), 1_000).length).toBeGreaterThan(1_000);
      expect(seen.parts).toBeLessThan(1_100);
    }
    expect(jsonStart({ a: [1, 'é', null, undefined], b: undefined, c: { d: true } }, 1_000)).toBe(
      JSON.stringify({ a: [1, 'é', null, undefined], b: undefined, c: { d: true } }),
    );
  });
});
