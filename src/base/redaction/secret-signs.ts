import type { Steps } from '../bounded/turns.ts';
import { appears, rewritten } from '../bounded/windows.ts';

export const mask = '[redacted]';

const queryNames =
  'token|secret|password|passwd|signature|credential|api[-_]?key|private[-_]?key|access[-_]?key|assertion';

/*
 * Every pattern starts at a fixed word and repeats one bounded or unambiguous class, so the time is linear in the text.
 * What is repeated without a bound is one class and no group: of a group the engine remembers each turn, and its stack
 * ends at some 8 million.
 * "token: expired" is left alone, it is how platforms explain themselves.
 */
const patterns: readonly [RegExp, (found: RegExpExecArray) => string][] = [
  [/-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,20}PRIVATE KEY-----|$)/g, () => mask],
  [/(?<![\w-])eyJ[\w-]+\.[\w-]+(?:\.[\w-]*){0,3}/g, () => mask],
  [
    /\b((?:proxy-)?authorization|x-api-key|api-key|private-token|job-token|deploy-token|signature|(?:set-)?cookie)(["']?\s{0,4}:\s{0,4}["']?)(?:(bearer|basic|token|digest)\s{1,4})?[^\s"',;]+/gi,
    ([, name, colon]) => `${name}${colon}${mask}`,
  ],
  [/\b(bearer|basic)\s{1,4}(?=[\w.~+/-]{0,200}?\d)[\w.~+/-]{8}[\w.~+/=\\-]*/gi, ([, scheme]) => `${scheme} ${mask}`],
  [new RegExp(`((?:${queryNames})[\\w-]{0,30}|\\bsig)=[^\\s&;"'<>]+`, 'gi'), ([, name]) => `${name}=${mask}`],
  // How a hint says where they go.
  [/(:\\?\/\\?\/)(?!user:password@)[^\s/@:?#]{0,256}:[^\s/@?#]{1,256}@/g, ([, slashes = '']) => slashes],
];

// A word that every pattern needs. Most text has none, and eight patterns over each answer would be felt. The count of
// signatures, which stands in the line of every call, fits none of them.
const suspicious =
  /PRIVATE KEY|eyJ|authorization|key|token|signature(?!s")|cookie|bearer|basic|secret|passw|credential|assertion|\bsig=|:\\?\/\\?\/[^\s/]*@/i;

/** Without secrets that nobody announced: they are known by where they stand. */
export function* withoutSigns(given: string): Steps<string> {
  if (!(yield* appears(given, suspicious))) return given;
  let result = given;
  for (const [pattern, kept] of patterns)
    result = yield* rewritten(result, pattern, found => ({
      end: found.index + found[0].length,
      text: kept(found),
    }));
  return yield* withoutFields(result);
}

/** What most texts are: nothing in it stands where a secret can. */
export const isUnsuspicious = (text: string): boolean => !suspicious.test(text);

/** `"token": "`, also in JSON within JSON, where each quote has a backslash, or three. */
const fieldStart = new RegExp(`(?:${queryNames})[\\w-]{0,30}\\\\{0,7}["']\\s{0,4}:\\s{0,4}(\\\\{0,7})(["'])`, 'gi');

/** Masks the texts of fields with secret-looking names, as far as they go: a quote within one does not end it. */
const withoutFields = (text: string): Steps<string> =>
  rewritten(text, fieldStart, found => {
    const [whole, escapes = '', quote = '"'] = found;
    const start = found.index + whole.length;
    const end = endOfText(text, start, quote, escapes.length);
    return { end, text: end === start ? whole : whole + mask };
  });

/**
 * Where a quoted text ends. Its last quote has as many backslashes as its first, after any that stand for backslashes
 * in it, which come in pairs: of 1, 2, 4 by how often it was escaped. A quote in it has more.
 */
function endOfText(text: string, start: number, quote: string, escapes: number): number {
  const pair = 2 * (escapes + 1);
  for (let at = text.indexOf(quote, start); at >= 0; at = text.indexOf(quote, at + 1)) {
    let run = 0;
    while (at - run > start && text[at - run - 1] === '\\') run += 1;
    if (run % pair === escapes) return at - escapes;
  }
  return text.length;
}

const secretField = new RegExp(`(?:${queryNames}|^sig$|^key-pair-id$|^policy$)`, 'i');
/** Without user and password, and without the values of query fields with secret-looking names. */
export function withoutUrlSecrets(given: string): string {
  if (!URL.canParse(given)) return given;
  const url = new URL(given);
  url.username = '';
  url.password = '';
  const fields = url.search.slice(1).split('&');
  url.search = fields.map(field => (secretField.test(nameOf(field)) ? `${nameOf(field)}=${mask}` : field)).join('&');
  return url.href;
}

function nameOf(field: string): string {
  return field.split('=', 1)[0] ?? '';
}
