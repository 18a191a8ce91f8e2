import { oneLine } from './text.ts';
import { cleanText, markedText } from './unicode/visible.ts';

const mask = '[redacted]';
// Shorter values would blot out ordinary words.
const shortestSecret = 6;
const deepest = 32;

/**
 * The one edge of the program: every text that leaves it goes through here once, and is cleaned of what cannot be seen
 * and then of secrets, so that neither hides the other. Answers, errors, names, completions, progress, questions, logs.
 */
export interface Redactor {
  /** From now on this value is masked wherever it appears, also URL-encoded, in base64 or inside JSON. */
  add(secret: string): void;
  text(text: string): string;
  /** The same on one line: for what stands in a sentence, a name, or a line of ours. */
  line(text: string): string;
  /** Without user and password, and without the values of query fields with secret-looking names. */
  url(url: string): string;
  /** Every text in it, and every text under a secret-looking key. What nothing is wrong with is given back itself. */
  value<Value>(value: Value): Value;
  /** The same for what was stored, with a mark where something invisible stands in a value. */
  stored<Value>(value: Value): Value;
}

/** `others`: knows further secrets. What is added here is not told to it. */
export function createRedactor(others?: Pick<Redactor, 'text'>): Redactor {
  const known = knownSecrets();
  const withoutSecrets = (given: string): string => {
    const result = known.mask(given);
    return others ? others.text(result) : withoutSigns(result);
  };
  const text = (given: string) => withoutSecrets(cleanText(given));
  const stored = (given: string) => {
    const clean = cleanText(given);
    const safe = withoutSecrets(clean);
    return safe === clean ? markedText(given) : safe;
  };
  const ways = { value: waysBy(text), stored: waysBy(stored) };

  return {
    add(secret) {
      for (const value of [secret, secret.trim()]) if (value.length >= shortestSecret) known.add(value);
      for (const { forget } of Object.values(ways)) forget();
    },
    text,
    line: given => oneLine(text(given)),
    url: given => text(withoutUrlSecrets(given)),
    value: given => walk(given, ways.value, 0) as typeof given,
    stored: given => walk(given, ways.stored, 0) as typeof given,
  };
}

/** So many characters of a secret are looked for; what follows is compared. */
const headLength = 8;

/** Secrets whose values are known. */
function knownSecrets() {
  const forms = new Set<string>();
  // Longest first, so that a secret which begins with another one is masked whole.
  let longestFirst: string[] = [];
  let heads: RegExp | undefined;

  /** Where what begins at `at` ends, if it is a secret: whole, or cut where a text is cut. */
  function endAt(text: string, at: number): number | undefined {
    const whole = longestFirst.find(form => text.startsWith(form, at));
    if (whole) return at + whole.length;
    return longestFirst.map(form => cutAt(text, at, form)).find(end => end !== undefined);
  }

  return {
    add(secret: string): void {
      for (const form of formsOf(secret)) forms.add(form);
      longestFirst = [...forms].sort((a, b) => b.length - a.length);
      const alternatives = new Set(longestFirst.map(form => escapeRegExp(form.slice(0, headLength))));
      heads = new RegExp([...alternatives].join('|'), 'g');
    },
    mask(text: string): string {
      if (!heads) return text;
      heads.lastIndex = 0;
      let result = '';
      let from = 0;
      for (let found = heads.exec(text); found; found = heads.exec(text)) {
        const end = endAt(text, found.index);
        if (end === undefined) {
          heads.lastIndex = found.index + 1;
          continue;
        }
        result += text.slice(from, found.index) + mask;
        from = end;
        heads.lastIndex = end;
      }
      return from === 0 ? text : result + text.slice(from);
    },
  };
}

/** The end of a text may be the beginning of a secret that was cut: any part before "…", otherwise half of it. */
function cutAt(text: string, at: number, form: string): number | undefined {
  let length = 0;
  while (length < form.length && text[at + length] === form[length]) length += 1;
  const end = at + length;
  if (length < headLength) return undefined;
  if (text[end] === '…') return end;
  return end === text.length && length >= form.length / 2 ? end : undefined;
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const base64 = bytes.toString('base64');
  const inMarkup = secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  // Base64 without padding, because padding may be encoded or left out.
  const own = [secret, encodeURIComponent(bytes.toString()), inMarkup, base64.replace(/={1,2}$/, '')];
  const inJson = own.flatMap(writtenInJson);
  return [...own, ...inJson, ...inJson.flatMap(writtenInJson), bytes.toString('base64url')];
}

/** Some writers of JSON escape slashes. */
function writtenInJson(text: string): string[] {
  const quoted = JSON.stringify(text).slice(1, -1);
  return [quoted, quoted.replaceAll('/', '\\/')];
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
  [/\b(bearer|basic)\s{1,4}(?=[\w.~+/-]{0,200}?\d)[\w.~+/-]{8}[\w.~+/=\\-]*/gi, `$1 ${mask}`],
  [new RegExp(`((?:${queryNames})[\\w-]{0,30}|\\bsig)=[^\\s&;"'<>]+`, 'gi'), `$1=${mask}`],
  // How a hint says where they go.
  [/(:\\?\/\\?\/)(?!user:password@)[^\s/@:?#]{0,256}:[^\s/@?#]{1,256}@/g, '$1'],
];

// A word that every pattern needs. Most text has none, and eight patterns over each answer would be felt. The count of
// signatures, which stands in the line of every call, fits none of them.
const suspicious =
  /PRIVATE KEY|eyJ|authorization|key|token|signature(?!s")|cookie|bearer|basic|secret|passw|credential|assertion|\bsig=|:\\?\/\\?\/[^\s/]*@/i;

/** Without secrets that nobody announced: they are known by where they stand. */
function withoutSigns(given: string): string {
  if (!suspicious.test(given)) return given;
  let result = given;
  for (const [pattern, replacement] of patterns) result = result.replace(pattern, replacement);
  return withoutFields(result);
}

/** `"token": "`, also in JSON within JSON, where each quote has a backslash, or three. */
const fieldStart = new RegExp(`(?:${queryNames})[\\w-]{0,30}\\\\{0,7}["']\\s{0,4}:\\s{0,4}(\\\\{0,7})(["'])`, 'gi');

/** Masks the texts of fields with secret-looking names, as far as they go: a quote within one does not end it. */
function withoutFields(text: string): string {
  let result = '';
  let from = 0;
  fieldStart.lastIndex = 0;
  for (let found = fieldStart.exec(text); found; found = fieldStart.exec(text)) {
    const [whole, escapes = '', quote = '"'] = found;
    const start = found.index + whole.length;
    const end = endOfText(text, start, quote, escapes.length);
    fieldStart.lastIndex = end;
    if (end === start) continue;
    result += text.slice(from, start) + mask;
    from = end;
  }
  return from === 0 ? text : result + text.slice(from);
}

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

/** How the parts of a value are made safe. */
interface Ways {
  text(given: string): string;
  keyOf(name: string): Key;
  forget(): void;
}

/** A name in an object, as it is shown, and whether it says that a secret stands under it. */
interface Key {
  shown: string;
  isSecret: boolean;
}

/** Names of fields that are remembered: rows have the same ones. */
const mostKeys = 2_000;

function waysBy(text: (given: string) => string): Ways {
  const keys = new Map<string, Key>();
  return {
    text,
    keyOf(name) {
      const seen = keys.get(name);
      if (seen) return seen;
      if (keys.size > mostKeys) keys.clear();
      const key = { shown: text(name), isSecret: secretKey.test(name) };
      keys.set(name, key);
      return key;
    },
    forget: () => keys.clear(),
  };
}

function walk(value: unknown, ways: Ways, depth: number): unknown {
  if (typeof value === 'string') return ways.text(value);
  if (typeof value !== 'object' || value === null) return value;
  // Deeper than any answer of use, and it ends cycles.
  if (depth === deepest) return '[too deep]';
  if (Array.isArray(value)) return walkList(value, ways, depth);
  if (value instanceof Error) {
    const { name, message, stack, cause } = value;
    return walk({ ...value, name, message, stack, cause }, ways, depth + 1);
  }
  if (Object.getPrototypeOf(value) !== Object.prototype && Object.getPrototypeOf(value) !== null) return value;
  return walkObject(value as Record<string, unknown>, ways, depth);
}

function walkList(list: readonly unknown[], ways: Ways, depth: number): readonly unknown[] {
  let safe: unknown[] | undefined;
  for (const [index, part] of list.entries()) {
    const made = walk(part, ways, depth + 1);
    if (made !== part) safe ??= list.slice(0, index);
    safe?.push(made);
  }
  return safe ?? list;
}

function walkObject(object: Record<string, unknown>, ways: Ways, depth: number): Record<string, unknown> {
  const names = Object.keys(object);
  const isOfSecret = naming.some(name => isSecretName(object[name], ways));
  let safe: Map<string, unknown> | undefined;
  for (const [index, name] of names.entries()) {
    const { shown, isSecret } = ways.keyOf(name);
    const part = object[name];
    const hides = isSecret || (isOfSecret && named.has(name));
    const made = hides ? masked(part, ways, depth) : walk(part, ways, depth + 1);
    if (made !== part || shown !== name) safe ??= new Map(names.slice(0, index).map(one => [one, object[one]]));
    safe?.set(freeName(shown, safe), made);
  }
  return safe ? Object.fromEntries(safe) : object;
}

/** A column that is called like a secret has values of it beside its name. */
const naming = ['name', 'column'];
const named = new Set(['min', 'max', 'others']);

const isSecretName = (name: unknown, ways: Ways) =>
  typeof name === 'string' && name.length < 256 && ways.keyOf(name).isSecret;

/** What stands under a secret-looking name: a text, or several. */
function masked(part: unknown, ways: Ways, depth: number): unknown {
  if (typeof part === 'string') return part === '' ? part : mask;
  if (Array.isArray(part) && part.every(one => typeof one === 'string')) return part.map(() => mask);
  return walk(part, ways, depth + 1);
}

/** Two names may look the same when they are shown, and none is lost for it. */
function freeName(name: string, taken: ReadonlyMap<string, unknown>): string {
  if (!taken.has(name)) return name;
  for (let count = 2; ; count += 1) if (!taken.has(`${name} (${count})`)) return `${name} (${count})`;
}
