import { withoutEnd } from '../../base/text.ts';

const longest = 120;
/** Of the name of a result that a statement reads. */
const longestOfTable = 48;

/**
 * What a statement finds, in few words and so that it can be told from others: `hole_id, avg(rqd) of RQD of Copperhead
 * North where rqd < 50 by hole_id`. `nameOf`: what a stored result is called.
 */
export function meaningOf(sql: string, nameOf: (uri: string) => string): string {
  const spoken = plainWords(sql).replace(/"?(result:\/\/[a-z0-9]{12})(?![a-z0-9])"?/g, (_, uri: string) =>
    cut(nameOf(uri), longestOfTable),
  );
  const parts = clausesOf(spoken);
  const select = parts.get('select');
  if (select === undefined) return cut(spoken, longest);
  const [from, where, having, group] = ['from', 'where', 'having', 'group by'].map(word => parts.get(word));
  const what = select.replace(/^distinct /i, 'different ');
  const words = [
    what === '*' ? 'rows' : what,
    from === undefined ? '' : `of ${from}`,
    where === undefined ? '' : `where ${where}`,
    group === undefined || /^(?:all|[\d, ]+)$/i.test(group) ? '' : `by ${group}`,
    having === undefined ? '' : `having ${having}`,
    parts.has('limit') ? `first ${parts.get('limit')}` : '',
  ];
  return cut(words.filter(Boolean).join(' '), longest);
}

/** On one line, without comments and a final semicolon. */
const plainWords = (sql: string) =>
  withoutEnd(
    sql
      .replace(/--[^\n]*/g, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
    ';',
  ).trim();

const clauseWords = [
  'select',
  'from',
  'where',
  'group by',
  'having',
  'qualify',
  'window',
  'order by',
  'limit',
  'offset',
];

/** The clauses of a plain SELECT by their words; empty for anything else. */
function clausesOf(sql: string): Map<string, string> {
  const found = new Map<string, string>();
  let word = '';
  let start = 0;
  for (const { at, text } of wordsAtTop(sql)) {
    const next = clauseWords.find(one => text.startsWith(one));
    // Two SELECTs are put together: neither alone is what it means.
    if (/^(?:union|except|intersect)\b/.test(text) || (next !== undefined && found.has(next))) return new Map();
    if (next === undefined) continue;
    if (word !== '') found.set(word, sql.slice(start, at).trim());
    else if (at > 0) return new Map();
    word = next;
    start = at + next.length;
    found.set(word, '');
  }
  if (word !== '') found.set(word, sql.slice(start).trim());
  return found;
}

/** Every word outside of brackets and quotes, with what follows it, in small letters. */
function* wordsAtTop(sql: string): Generator<{ at: number; text: string }> {
  const lower = sql.toLowerCase();
  let depth = 0;
  for (let at = 0; at < sql.length; at++) {
    const sign = lower[at] as string;
    if (sign === "'" || sign === '"') {
      const end = sql.indexOf(sign, at + 1);
      at = end < 0 ? sql.length : end;
    } else if (sign === '(' || sign === '[' || sign === '{') depth++;
    else if (sign === ')' || sign === ']' || sign === '}') depth--;
    else if (depth === 0 && (at === 0 || lower[at - 1] === ' ') && /[a-z]/.test(sign))
      yield { at, text: lower.slice(at, at + 10) };
  }
}

const cut = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 1).trimEnd()}…` : text);
