import type { Steps } from '../bounded/turns.ts';
import { isWindowDue, windowLength } from '../bounded/windows.ts';

/**
 * Text from outside as a person sees it. What is shown is a list of what may be: letters, marks, figures, punctuation,
 * symbols and blanks. Everything else (controls, escape sequences, formats such as bidirectional overrides and tag
 * characters, private and unassigned code points, halves of surrogate pairs), and what Unicode calls ignorable
 * (variation selectors, soft hyphens, fillers), can make a model read what no person sees, and goes.
 *
 * Two things stay because they are seen: a joiner between letters of a script that spells with it (without it a
 * Persian or Hindi word is another one), and what makes one picture of an emoji (without it a name with one in it could
 * not be asked for). Each is one character between two that are visible, so nothing can be written in them. Flags that
 * are spelled in tag characters lose them: there are three, and whole sentences were hidden that way.
 */

/** Stands in a value where something invisible was. */
export const hiddenMark = '◌';

const lineEnds = '\\v\\f\\u0085\\u2028\\u2029';
/** Commands to a terminal, with what they carry: colours, positions, titles, links. */
const commands =
  '(?:\\u001b\\[|\\u009b)[0-?]*[ -/]*[@-~]|\\u001b[\\]P_^X][^\\u0007\\u001b\\u009c]*(?:\\u0007|\\u001b\\\\|\\u009c)';
// The blank pattern of braille is a symbol without ink.
const unseen = '\\p{Default_Ignorable_Code_Point}\\u2800';
const seen = '\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}\\p{Zs}\\t\\n\\r';
const hidden = new RegExp(`[${lineEnds}]|${commands}|\\u001b|[${unseen}]+|[^${seen}${lineEnds}\\u001b]+`, 'gu');

/** Nearly every text is, and this is much faster to find out: ASCII, Latin, Greek, Cyrillic, dashes and quotes, kana, Han, Hangul. */
const plain =
  /^[\t\n\r -~\u00a0-\u00ac\u00ae-\u034e\u0370-\u0377\u0391-\u03a1\u03a3-\u03ff\u0400-\u052f\u2010-\u2027\u2030-\u205e\u3000-\u3029\u3041-\u3096\u4e00-\u9fff\uac00-\ud7a3]*$/;

/** Without what cannot be seen. Line ends of all kinds stay line ends. */
export const cleanText = (text: string): string => cleaned(text, '');

/**
 * With a mark for each run of what cannot be seen: somebody may have to ask for exactly this value. Blanks at its ends
 * that are not the plain one are not seen either.
 */
export function markedText(text: string): string {
  if (ascii.test(text)) return text;
  let [start, end] = [0, text.length];
  while (isOddBlank(text[start])) start += 1;
  while (end > start && isOddBlank(text[end - 1])) end -= 1;
  const inner = cleaned(text.slice(start, end), hiddenMark);
  return `${start > 0 ? hiddenMark : ''}${inner}${end < text.length ? hiddenMark : ''}`;
}

/** `cleanText` and `markedText` for a text of any length, a window at a time. */
export const cleaning = (text: string): Steps<string> => byWindow(text, cleanText);
export function* marking(text: string): Steps<string> {
  return text.length <= windowLength ? markedText(text) : yield* byWindow(text, part => cleaned(part, hiddenMark));
}

function* byWindow(text: string, clean: (part: string) => string): Steps<string> {
  if (text.length <= windowLength) return clean(text);
  const parts: string[] = [];
  let isSame = true;
  for (let start = 0; start < text.length; ) {
    if (isWindowDue()) yield;
    const end = cutAfter(text, start + windowLength);
    const part = text.slice(start, end);
    const made = clean(part);
    isSame &&= made === part;
    parts.push(made);
    start = end;
  }
  return isSame ? text : parts.join('');
}

const isLetterOrBlank = (code: number): boolean =>
  code === 0x20 || code === 0x0a || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);

/** After a blank or a letter near there, so that nothing which is seen as one is cut; never within a character. */
function cutAfter(text: string, end: number): number {
  if (end >= text.length) return text.length;
  for (let at = end; at > end - 1_024; at -= 1) if (isLetterOrBlank(text.charCodeAt(at - 1))) return at;
  return text.codePointAt(end - 1) === text.charCodeAt(end - 1) ? end : end - 1;
}

const isOddBlank = (character: string | undefined) =>
  character !== undefined && character !== ' ' && /\p{Zs}/u.test(character);

function cleaned(text: string, mark: string): string {
  if (plain.test(text)) return text;
  let markedTo = -1;
  return text.replace(hidden, (run: string, at: number) => {
    if (lineEnd.test(run)) return '\n';
    if (isSpelling(run, text, at)) return run;
    const isMarked = at === markedTo;
    markedTo = at + run.length;
    return isMarked ? '' : mark;
  });
}

const lineEnd = new RegExp(`^[${lineEnds}]`);

const joined = ['Arab', 'Syrc', 'Nkoo', 'Mand', 'Deva', 'Beng', 'Guru', 'Gujr', 'Orya', 'Taml', 'Telu', 'Knda', 'Mlym']
  .concat(['Sinh', 'Khmr', 'Mymr', 'Tibt', 'Newa', 'Tirh'])
  .map(script => `\\p{Script_Extensions=${script}}`)
  .join('');
const spells = new RegExp(`[${joined}]`, 'u');
const picture = /^[\p{Extended_Pictographic}\p{Emoji_Modifier}]$/u;

/** Whether a run is a joiner within a word, or the glue of one emoji. */
function isSpelling(run: string, text: string, at: number): boolean {
  if (run.length > 2) return false;
  const before = lastCharacter(text.slice(Math.max(0, at - 2), at));
  const after = String.fromCodePoint(text.codePointAt(at + run.length) ?? 0);
  if ((run === '\u200c' || run === '\u200d') && spells.test(before) && spells.test(after)) return true;
  if (run === '\ufe0f' && /^[#*0-9]$/.test(before)) return after === '\u20e3';
  if (!picture.test(before)) return false;
  return run === '\ufe0f' || ((run === '\u200d' || run === '\ufe0f\u200d') && picture.test(after));
}

const lastCharacter = (text: string) => [...text].at(-1) ?? '';

/** Two texts that look the same are the same: what cannot be seen, and which blank a blank is, do not count. */
export function lookalike(text: string): string {
  if (ascii.test(text)) return text;
  return text
    .replace(hidden, ignored)
    .replaceAll(hiddenMark, '')
    .replace(/\p{Zs}/gu, ' ')
    .trim();
}

const ignored = (run: string) => (lineEnd.test(run) ? '\n' : '');
const ascii = /^[\t\n\r -~]*$/;
