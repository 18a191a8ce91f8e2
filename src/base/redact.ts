const mask = '[redacted]';
// Shorter values would blot out ordinary words.
const shortestSecret = 6;
const deepest = 32;

/** The one place where secrets are taken out of what leaves the program: logs, errors, results. */
export interface Redactor {
  /** From now on this value is masked wherever it appears, also URL-encoded, in base64 or inside JSON. */
  add(secret: string): void;
  text(text: string): string;
  /** Without user and password, and without the values of query fields with secret-looking names. */
  url(url: string): string;
  /** A copy; every text is masked, and every text under a secret-looking key. */
  value(value: unknown): unknown;
}

/** `others`: knows further secrets. What is added here is not told to it. */
export function createRedactor(others?: Pick<Redactor, 'text'>): Redactor {
  const forms = new Set<string>();
  let known: RegExp | undefined;

  const text = (given: string): string => {
    let result = known ? given.replace(known, mask) : given;
    if (others) return others.text(result);
    if (!suspicious.test(result)) return result;
    for (const [pattern, replacement] of patterns) result = result.replace(pattern, replacement);
    return result;
  };

  return {
    add(secret) {
      for (const value of [secret, secret.trim()]) if (value.length >= shortestSecret) addForms(forms, value);
      // Longest first, so that a secret which begins with another one is masked whole.
      const alternatives = [...forms].sort((a, b) => b.length - a.length).map(escapeRegExp);
      known = alternatives.length > 0 ? new RegExp(alternatives.join('|'), 'g') : undefined;
    },
    text,
    url: given => text(withoutUrlSecrets(given)),
    value: given => redacted(given, text, 0),
  };
}

function addForms(forms: Set<string>, secret: string): void {
  const bytes = Buffer.from(secret);
  const base64 = bytes.toString('base64');
  const own = [secret, encodeURIComponent(bytes.toString()), JSON.stringify(secret).slice(1, -1)];
  // Without padding, because padding may be encoded or left out.
  for (const form of [...own, base64.replace(/={1,2}$/, ''), bytes.toString('base64url')]) forms.add(form);
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

const queryNames =
  'token|secret|password|passwd|signature|credential|api[-_]?key|private[-_]?key|access[-_]?key|assertion';

/*
 * Every pattern starts at a fixed word and repeats one bounded or unambiguous class, so the time is linear in the text.
 * What is repeated without a bound is one class and no group: of a group the engine remembers each turn, and its stack
 * ends at some 8 million.
 * "token: expired" is left alone, it is how platforms explain themselves.
 */
const patterns: readonly [RegExp, string][] = [
  [/-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]{0,20}PRIVATE KEY-----|$)/g, mask],
  [/(?<![\w-])eyJ[\w-]+\.[\w-]+(?:\.[\w-]*){0,3}/g, mask],
  [
    /\b((?:proxy-)?authorization|x-api-key|api-key|private-token|job-token|deploy-token|signature|(?:set-)?cookie)(["']?\s{0,4}:\s{0,4}["']?)(?:(bearer|basic|token|digest)\s{1,4})?[^\s"',;]+/gi,
    `$1$2${mask}`,
  ],
  [/\b(bearer|basic)\s{1,4}(?=[\w.~+/-]{0,200}?\d)[\w.~+/-]{8}[\w.~+/=-]*/gi, `$1 ${mask}`],
  [new RegExp(`((?:${queryNames})[\\w-]{0,30}|\\bsig)=[^\\s&;"'<>]+`, 'gi'), `$1=${mask}`],
  [new RegExp(`((?:${queryNames})\\\\?"\\s{0,4}:\\s{0,4}\\\\?")[^"]+(?<!\\\\)`, 'gi'), `$1${mask}`],
  [/(:\/\/)[^\s/@:?#]{0,256}:[^\s/@?#]{1,256}@/g, '$1'],
];

// A word that every pattern above needs. Most text has none, and eight patterns over each answer would be felt. The
// count of signatures, which stands in the line of every call, fits none of them.
const suspicious =
  /PRIVATE KEY|eyJ|authorization|key|token|signature(?!s")|cookie|bearer|basic|secret|passw|credential|assertion|\bsig=|:\/\/[^\s/]*@/i;

const secretField = new RegExp(`(?:${queryNames}|^sig$|^key-pair-id$|^policy$)`, 'i');
// Names of page tokens end the same way and have to pass.
const secretKey =
  /(?<!page[-_]?|next[-_]?)(?:token|secret|password|passwd|authorization|api[-_]?key|private[-_]?key|access[-_]?key)$/i;

function withoutUrlSecrets(given: string): string {
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

function redacted(value: unknown, text: (given: string) => string, depth: number): unknown {
  if (typeof value === 'string') return text(value);
  if (typeof value !== 'object' || value === null) return value;
  // Deeper than any answer of use, and it ends cycles.
  if (depth === deepest) return '[too deep]';
  if (Array.isArray(value)) return value.map(part => redacted(part, text, depth + 1));
  if (value instanceof Error) {
    const { name, message, stack, cause } = value;
    return redacted({ ...value, name, message, stack, cause }, text, depth + 1);
  }
  if (Object.getPrototypeOf(value) !== Object.prototype && Object.getPrototypeOf(value) !== null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) =>
      typeof part === 'string' && part !== '' && secretKey.test(key)
        ? [key, mask]
        : [key, redacted(part, text, depth + 1)],
    ),
  );
}
