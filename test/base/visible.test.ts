import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { cleanText, hiddenMark, lookalike, markedText } from '../../src/base/unicode/visible.ts';

/** By name, so that a reader sees what each of them is. */
const invisible: Record<string, string> = {
  'right-to-left override': '\u202e',
  'left-to-right isolate': '\u2066',
  'Arabic letter mark': '\u061c',
  'tag characters': '\u{e0049}\u{e0067}',
  'zero-width space': '\u200b',
  'zero-width non-joiner between Latin letters': '\u200c',
  'zero-width joiner between Latin letters': '\u200d',
  'word joiner': '\u2060',
  'invisible operators': '\u2061\u2062\u2063\u2064',
  'byte order mark': '\ufeff',
  'soft hyphen': '\u00ad',
  'combining grapheme joiner': '\u034f',
  'variation selectors': '\ufe00\ufe0f',
  'variation selectors of the supplement': '\u{e0100}\u{e01ef}',
  'Mongolian selectors': '\u180b\u180e',
  'Hangul fillers': '\u3164\u115f\u1160\uffa0',
  'Khmer inherent vowels': '\u17b4\u17b5',
  'blank braille': '\u2800',
  'interlinear annotation': '\ufff9\ufffb',
  'shorthand and musical formats': '\u{1bca0}\u{1d173}',
  'a private character': '\ue000',
  'an unassigned character': '\u0378',
  'half of a surrogate pair': '\ud83d',
  'control characters': '\u0000\u0007\u0008\u007f\u0090',
  'an escape': '\u001b',
  'a colour of the terminal': '\u001b[31;1m',
  'a colour in one character': '\u009b31m',
  'a link of the terminal': '\u001b]8;;https://evil.example\u0007',
  'a title of the terminal': '\u001b]0;title\u001b\\',
};

describe.each(Object.entries(invisible))('%s', (_, characters) => {
  it('goes from a text, leaves a mark in a value, and does not count in a comparison', () => {
    const text = `a${characters}b`;
    expect(cleanText(text)).toBe('ab');
    expect(markedText(text)).toBe(`a${hiddenMark}b`);
    expect(lookalike(text)).toBe('ab');
    expect(lookalike(`a${hiddenMark}b`)).toBe('ab');
  });
});

test.each([
  ['German, Norwegian, Vietnamese', 'Größe Jørgen Ås tiếng Việt'],
  ['Greek, Cyrillic, Hebrew, Arabic', 'Ωμέγα Кировск עברית العربية'],
  ['Chinese, Japanese, Korean, Thai', '紅土型鎳 カタカナ、ひらがな 한국어 ภาษาไทย'],
  ['Persian, where a non-joiner spells', 'می\u200cخواهم'],
  ['Hindi and Sinhala, where a joiner does', 'क्\u200dष ශ්\u200dරී'],
  ['symbols', 'Δ ± ° µm Au₂ → ✓ “quoted” — 12½ €'],
  ['emoji, also of several characters', '❤\ufe0f 👩\u200d💻 👩\u200d❤\ufe0f\u200d👨 👍🏽 1\ufe0f\u20e3 🇳🇴'],
  ['blanks and line ends', 'a\tb\nc\r\nd\u00a0e\u3000f'],
])('%s stay as they are', (_, text) => {
  expect(cleanText(text)).toBe(text);
  expect(markedText(text)).toBe(text);
});

test.each(['\u2028', '\u2029', '\u0085', '\v', '\f'])('%j is a line end and becomes the plain one', end => {
  expect(cleanText(`a${end}b`)).toBe('a\nb');
  expect(markedText(`a${end}b`)).toBe('a\nb');
});

test('what holds an emoji or a word together is one character, so that nothing can be written in it', () => {
  for (const [text, clean] of [
    ['😀\ufe0f\ufe0f', '😀'],
    ['👩\u200d\u200d💻', '👩💻'],
    ['می\u200c\u200dخ', 'میخ'],
    ['a\ufe0fb', 'ab'],
    ['1\ufe0f2', '12'],
    ['🏴\u{e0067}\u{e0062}\u{e007f}', '🏴'],
  ] as const)
    expect(cleanText(text)).toBe(clean);
});

test('nothing is left but what is on the list', () => {
  const allowed = /^[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}\t\n\r]*$/u;
  const ignorable = /(?!\u200c|\u200d|\ufe0f)\p{Default_Ignorable_Code_Point}/u;
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), text => {
      for (const shown of [cleanText(text), markedText(text)]) {
        expect(shown.replace(/\u200c|\u200d/g, '')).toMatch(allowed);
        expect(shown).not.toMatch(ignorable);
        expect(cleanText(shown)).toBe(shown);
      }
      expect(lookalike(markedText(text)).trim()).toBe(lookalike(text).trim());
    }),
    { numRuns: 5_000 },
  );
});

test('blanks at the ends of a value that are not the plain one are marked too', () => {
  expect(markedText('Q2\u00a0')).toBe(`Q2${hiddenMark}`);
  expect(markedText('\u3000\u00a0Q2')).toBe(`${hiddenMark}Q2`);
  expect(markedText('a\u00a0b ')).toBe('a\u00a0b ');
  expect(lookalike('Q2\u00a0')).toBe('Q2');
});

test('time is linear in the text', () => {
  for (const unit of ['a\u200b', '\u001b]8;;', '\u001b[', '\u00a0', '👩\u200d', '\u2028', 'می\u200c']) {
    const text = unit.repeat(1_000_000 / unit.length);
    const start = performance.now();
    for (const read of [cleanText, markedText, lookalike]) read(text);
    // A fraction of a second where each character is read once, hours where it is read again and again.
    expect(performance.now() - start, JSON.stringify(unit)).toBeLessThan(10_000);
  }
});
