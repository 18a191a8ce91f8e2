import { stemmer } from 'stemmer';

/** What somebody wants, as far as its words tell. */
export interface Wish {
  /** Stems of what it is about, its verb among them where the verb changes something. */
  terms: readonly string[];
  /** Of these the ones that say what thing it is; the others say which: "merge request" in "merge request comment". */
  heads: ReadonlySet<string>;
  /**
   * `reading`: it wants to know or to be shown something; `change`: it begins with what shall be done; `thing`: it only
   * names something.
   */
  asks: 'reading' | 'change' | 'thing';
  /** It speaks of several things, as a list has them. */
  isPlural: boolean;
  /** What shall be done: the word itself, its stem, and the verbs that operations have for it. */
  action?: { word: string; stem: string; verbs: ReadonlySet<string> };
}

/** The stem of a word that says something; undefined for the others. */
export function termOf(word: string): string | undefined {
  const lower = word.toLowerCase();
  return lower.length < 2 || filler.has(lower) ? undefined : stemmer(lower);
}

export const wordsIn = (text: string): string[] => text.split(/[^A-Za-z0-9]+/).filter(Boolean);

/** Words that are looked for: each is compared with every word of every operation. */
const mostWords = 64;

/** What is searched, as far as reading a wish needs it. */
export interface Vocabulary {
  /** Names that say where, not what. */
  platforms: ReadonlySet<string>;
  /** Verbs of operations: who says one means it. */
  verbs: ReadonlySet<string>;
}

export function readWish(text: string, { platforms, verbs }: Vocabulary): Wish {
  const words = wordsIn(
    text
      .toLowerCase()
      // A phrase that is no call, a time that is no night, and files by whatever name.
      .replace(/\bon[- ]call\b/g, 'oncall')
      .replace(/\blast (night|week|month|year)\b/g, ' ')
      .split(/\s+/)
      .map(word => (/^[a-z_].*\.[a-z]{2,5}$/.test(word) ? 'file' : word))
      .join(' '),
  ).slice(0, mostWords);
  const { asks, action } = intentOf(words, verbs);
  const isContent = (word: string) =>
    !platforms.has(word) && !/\d/.test(word) && !(asks === 'reading' && showing.has(word));
  const content = words.map(word => (isContent(word) ? termOf(word) : undefined));
  const terms = content.filter(term => term !== undefined);
  const heads = content.filter((term, at) => term !== undefined && content[at + 1] === undefined);
  const isPlural = words.some((word, at) => content[at] !== undefined && /[^s]s$/.test(word));
  return {
    terms: [...new Set(terms)],
    heads: new Set(heads as string[]),
    asks,
    isPlural,
    ...(action ? { action } : {}),
  };
}

function intentOf(words: readonly string[], own: ReadonlySet<string>): Pick<Wish, 'asks' | 'action'> {
  const isHow = words[0] === 'how' && /^(do|to|can)$/.test(words[1] ?? '');
  if (!isHow && asking.has(words[0] ?? '')) return { asks: 'reading' };
  const start = Math.max(
    words.findIndex(word => !polite.has(word)),
    0,
  );
  const after = words.findIndex((word, at) => at > start && word === 'to' && actions.has(words[at + 1] ?? ''));
  const first = words[start] ?? '';
  const isVerb =
    (actions.has(first) || own.has(first)) && !(nouns.has(first) && !determiners.has(words[start + 1] ?? ''));
  // "merge requests" are a thing, and what is told of a thing is no order.
  const word = isVerb ? first : nouns.has(first) || after < 0 ? undefined : words[after + 1];
  if (word === undefined) return { asks: 'thing' };
  const verbs = new Set([...(actions.get(word) ?? []), ...(own.has(word) ? [word] : [])]);
  const isReading = [...verbs].every(verb => readingVerbs.has(verb));
  return { asks: isReading ? 'reading' : 'change', action: { word, stem: stemmer(word), verbs } };
}

const setOf = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** What a wish is made of besides what it asks for. */
const filler = setOf(
  'a about all am an and another any anybody anyone are as at be been by can could did do does each every everybody ' +
    'everything for from has have how i in into is it its just latest let me much my need new nobody now of old on ' +
    'once one or our please same should some somebody someone something s straight than that the their them then ' +
    'there these they this those to today tomorrow us use used want was we were what when where which who whom whose ' +
    'why will with yesterday you your',
);

const asking = setOf('who what which whose where when why is are am was were does did has have how');
const polite = setOf('please can could you i we want would like need to help me how do let us my should');
const showing = setOf(
  'list show see tell look view read download fetch get find search display browse check compare count',
);
const determiners = setOf('a an the it this that my our all on to with by its one these those every');

/** Words for things as well as for what is done: an order only where something to do it with follows. */
const nouns = setOf('release tag test report comment merge pull query commit trigger store share');

export const readingVerbs = setOf(
  'list get find search lookup read check compare download preview test lint describe query chart',
);

/** What people call that which the verbs of operations do. */
const actions: ReadonlyMap<string, readonly string[]> = (() => {
  const table: readonly (readonly [string, string])[] = [
    [
      'list show see tell look view read download fetch get find search display browse check compare count',
      [...readingVerbs].join(' '),
    ],
    [
      'make create open record submit register file raise send push write report start get',
      'create add upsert save push track post',
    ],
    [
      'add invite give grant put assign let allow attach',
      'add create change share upload update allow upsert unprotect unblock approve set',
    ],
    ['put write upload store save set define commit', 'create add upload set upsert update push save'],
    [
      'change edit modify rename move set pause resume enable disable activate deactivate turn close reopen mark update resolve assign transfer',
      'update set change save rename upsert',
    ],
    [
      'delete remove drop revoke kill throw unregister clean free clear take',
      'delete remove revoke change disallow block erase',
    ],
    ['take undo', 'take unapprove'],
    ['run trigger execute start launch', 'run trigger play start call create'],
    ['retry rerun restart', 'retry run play'],
    ['stop abort cancel kill', 'cancel stop'],
    ['refuse reject decline', 'deny'],
    ['lock block', 'block protect'],
    ['comment reply answer', 'create post'],
    ['undo revert', 'revert'],
    ['tag release publish leave', 'create'],
    ['fork clone copy', 'fork'],
    ['rotate renew', 'rotate'],
    ['keep pin', 'keep pin'],
    ['draw plot', 'chart'],
    ['export', 'create export'],
    ['query', 'run query'],
    ['sync mirror', 'sync'],
    ['join', 'request'],
    ['share', 'share'],
    ['merge', 'merge'],
    ['approve', 'approve'],
    ['test', 'test'],
    ['rebase', 'rebase'],
    ['archive', 'archive'],
  ];
  const verbs = new Map<string, string[]>();
  for (const [words, meant] of table)
    for (const word of words.split(' ')) verbs.set(word, [...(verbs.get(word) ?? []), ...meant.split(' ')]);
  return verbs;
})();
