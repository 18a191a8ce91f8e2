import MiniSearch, { type SearchResult } from 'minisearch';
import type { OperationManifest } from './manifest.ts';
import { readingVerbs, readWish, termOf, type Wish, wordsIn } from './wish.ts';

/** What is searched: operations of the platforms, and the tools of the server itself. */
export interface Searched extends Pick<OperationManifest, 'name' | 'summary' | 'risk'> {
  /** Absent: it belongs to none. */
  platform?: string;
  toolset?: string;
  /** What people call it besides. */
  words?: string;
}

/**
 * What answers a wish, best first, and nothing where nothing does: "not offered" is an answer.
 * @param isOffered of the names those that this server has
 */
export type Search = (wish: string, isOffered: (name: string) => boolean) => string[];

/** A record as it is compared: its verb, what it is about, and its texts. */
interface Entry {
  id: string;
  verb: string;
  noun: string;
  summary: string;
  words: string;
  toolset: string;
  platform: string;
  risk: Searched['risk'];
}

// The figures below were tried on the wishes of test/support/wishes.ts; none of them is sharp.

/** BM25 by field: the name says most, then the words that were written for this. */
const boost = { noun: 3, words: 2, verb: 1, summary: 1, toolset: 0.2 };

/** Of a wish's words, by weight, so much has to be there: people tell more than what they want to have done. */
const leastCovered = { reading: 0.3, thing: 0.3, change: 0.35 } as const;

/** What scores less than this part of the best is no answer. */
const leastOfBest = 0.45;

/** A word that no operation has is likely a name of somebody's: it says little. One that few have is worth no more than this. */
const unknownWeight = 0.1;
const mostWeight = 3.5;

/** The verb, and words that only say which of several things. */
const lesserWeight = 0.5;

/** Builds the index: some milliseconds, so it is made for the first search. */
export function createSearch(searched: readonly Searched[]): Search {
  const platforms = new Set(searched.flatMap(({ platform }) => platform ?? []));
  const entries = new Map(searched.map(one => [one.name, entryOf(one)]));
  const vocabulary = { platforms, verbs: new Set([...entries.values()].map(({ verb }) => verb)) };
  const index = new MiniSearch<Entry>({
    fields: Object.keys(boost),
    tokenize: wordsIn,
    processTerm: word => termOf(word) ?? null,
  });
  index.addAll([...entries.values()]);
  const rarity = rarityOf([...entries.values()]);

  return (text, isOffered) => {
    const wish = readWish(text, vocabulary);
    const mentioned = wordsIn(text.toLowerCase()).filter(word => platforms.has(word));
    const isThere = ({ id }: { id: string }) =>
      isOffered(id) && (mentioned.length === 0 || mentioned.includes(entries.get(id)?.platform ?? ''));
    const weigh = weightIn(wish, rarity);
    const all = sum(wish.terms.map(weigh));
    const hits = index.search(wish.terms.join(' '), {
      boost,
      boostTerm: term => (term === wish.action?.stem ? lesserWeight : 1),
      filter: result => isThere(result as { id: string }),
      // Stems already.
      processTerm: term => term,
    });
    const judged = hits
      .map(hit => judge(hit, entries.get(hit.id) as Entry, { wish, weigh, all, rarity }))
      .filter(one => one !== undefined)
      .sort((a, b) => b.score - a.score);
    const least = leastOfBest * (judged[0]?.score ?? 0);
    return judged.filter(({ score }) => score >= least).map(({ name }) => name);
  };
}

function entryOf({ name, summary, risk, platform = '', toolset = '', words = '' }: Searched): Entry {
  const [verb = '', ...noun] = name.split('_').slice(platform ? 1 : 0);
  return { id: name, verb, noun: noun.join(' '), summary, words, toolset, platform, risk };
}

/** How much it says that an operation has a word: nothing where all have it. */
function rarityOf(entries: readonly Entry[]): (term: string) => number | undefined {
  const counts = new Map<string, number>();
  for (const { verb, noun, summary, words, toolset } of entries) {
    const terms = new Set(wordsIn(`${verb} ${noun} ${summary} ${words} ${toolset}`).map(termOf));
    for (const term of terms) if (term) counts.set(term, (counts.get(term) ?? 0) + 1);
  }
  return term => {
    const count = counts.get(term);
    return count && Math.log(1 + (entries.length - count + 0.5) / (count + 0.5));
  };
}

type Weigh = (term: string) => number;

const weightIn = ({ heads, action }: Wish, rarity: (term: string) => number | undefined): Weigh => {
  return term => {
    const known = rarity(term);
    if (known === undefined) return mostWeight * unknownWeight * (term === action?.stem ? 2 : 1);
    return Math.min(known, mostWeight) * (term === action?.stem ? 0.5 : heads.has(term) ? 1 : 0.6);
  };
};

interface Judgement {
  wish: Wish;
  weigh: Weigh;
  /** Weight of all words of the wish. */
  all: number;
  rarity: (term: string) => number | undefined;
}

/** How well an operation answers; undefined where it does not. */
function judge({ match, score }: SearchResult, entry: Entry, { wish, weigh, all, rarity }: Judgement) {
  const { asks, action } = wish;
  const isChange = asks === 'change';
  const doesIt = isChange && action?.verbs.has(entry.verb) === true;
  const found = Object.keys(match);
  const named = found.filter(term => match[term]?.some(field => field === 'noun' || field === 'words'));
  const verbWeight = doesIt && action ? weigh(action.stem) : 0;
  const weightOf = (terms: readonly string[]) => sum(terms.filter(term => !doesIt || term !== action?.stem).map(weigh));
  const inName = weightOf(named) + verbWeight;
  const covered = all ? (0.6 * (weightOf(found) + verbWeight) + 0.4 * inName) / all : 0;
  const fits = isChange ? doesIt || saysSo(match, entry, action) : isReading(entry);
  const others = wordsIn(entry.noun).map(termOf);
  const beside = sum(others.map(term => (term === undefined || match[term] ? 0 : (rarity(term) ?? 0))));
  const isAbout = named.some(term => term !== action?.stem) && (isNamed(entry, match) || hasWords(match, action));
  if (covered < leastCovered[asks] || (isChange && !(fits && isAbout))) return undefined;
  if (asks === 'reading' && !fits && entry.risk !== 'starts') return undefined;
  if (isOpposite(entry, action)) return undefined;
  const isSameVerb = action !== undefined && termOf(entry.verb) === action.stem;
  const isList = wish.isPlural && entry.verb === 'list';
  const preferred = (fits ? 1.6 : 1) * (isSameVerb || isList ? 1.3 : 1);
  return { name: entry.id, score: (score * covered * preferred) / (1 + beside / 10) };
}

type Match = SearchResult['match'];

const isReading = ({ risk, verb }: Entry): boolean => risk === 'reads' || readingVerbs.has(verb);

/** A change may be called otherwise than its name: the words that were written for it say so. */
const saysSo = (match: Match, { risk }: Entry, action: Wish['action']): boolean =>
  risk !== 'reads' &&
  action !== undefined &&
  (match[action.stem]?.some(one => one === 'words' || one === 'verb') ?? false);

/** The thing that it changes was named: who deletes a user does not delete a group of users. */
function isNamed({ noun }: Entry, match: Match): boolean {
  const head = termOf(wordsIn(noun).at(-1) ?? '');
  return head === undefined || match[head] !== undefined;
}

const hasWords = (match: Match, action: Wish['action']): boolean =>
  Object.entries(match).some(([term, fields]) => term !== action?.stem && fields.includes('words'));

const giving =
  /^(add|give|grant|create|upsert|protect|approve|block|archive|play|run|start|allow|lock|enable|invite|open)$/;
const taking =
  /^(remove|delete|revoke|drop|unprotect|unapprove|unblock|unarchive|cancel|stop|disallow|kill|erase|close|unregister|undo|take)$/;

/** Nobody who asks for the one means the other, unless its own words have it: "stop pushes" protects a branch. */
function isOpposite({ verb, words }: Entry, action: Wish['action']): boolean {
  if (!action) return false;
  const differs = (giving.test(action.word) && taking.test(verb)) || (taking.test(action.word) && giving.test(verb));
  return differs && !wordsIn(words).includes(action.word);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
