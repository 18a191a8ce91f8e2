import type { OperationManifest } from './manifest.ts';

type Searched = Pick<OperationManifest, 'name' | 'summary' | 'toolset' | 'route' | 'risk' | 'platform'>;

/**
 * Operations that answer a question, best first. Words of the question are compared with the beginnings of a record's
 * words: one that few records have says more than one that most have, one in the name more than one in the summary, and
 * a record that covers the whole question more than one that repeats half of it. What the question wants done (open,
 * show, pause ...) chooses between operations on the same thing. Enough for some hundred records.
 */
export function search<One extends Searched>(operations: readonly One[], query: string): One[] {
  const asked = wordsOf(query);
  const named = operations.filter(({ platform }) => asked.includes(platform));
  const records = (named.length ? named : operations).map(entryOf);
  const verbs = verbsIn(asked);
  const wanted = [...new Set(asked)]
    .slice(0, mostWords)
    .filter(
      word =>
        !filler.has(word) &&
        (!doing.has(word) || things.has(word)) &&
        !records.some(({ platform }) => platform === word),
    )
    .map(word => {
      const isMeant = meaning(word);
      const hits = records.filter(({ text }) => text.some(isMeant)).length;
      return { isMeant, weight: Math.log(1 + records.length / Math.max(hits, 1)) };
    });
  const all = wanted.reduce((sum, { weight }) => sum + weight, 0);

  // A question that asks to do nothing wants to know something.
  const doesWhatIsAsked = (verb: string, nouns: readonly string[], risk: OperationManifest['risk']): number => {
    if (count(asked, verb) > count(nouns, verb)) return 4;
    return (verbs.size ? verbs.has(verb) : risk === 'reads') ? 3 : 0;
  };
  const scoreOf = ({ verb, nouns, text, risk }: Entry<One>): number => {
    let [score, covered] = [0, 0];
    for (const { isMeant, weight } of wanted) {
      const isInName = isMeant(verb) || nouns.some(isMeant);
      if (!isInName && !text.some(isMeant)) continue;
      covered += weight;
      score += weight * (isInName ? 2 : 1);
    }
    if (covered === 0 && wanted.length > 0) return 0;
    const beside = nouns.filter(noun => !wanted.some(({ isMeant }) => isMeant(noun))).length;
    return (all ? score * (covered / all) : 1) + doesWhatIsAsked(verb, nouns, risk) - beside / 2;
  };
  return records
    .map(entry => ({ entry, score: scoreOf(entry) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ entry }) => entry.operation);
}

/** Distinct words of a question that are looked for: each is compared with every word of every record. */
const mostWords = 64;

interface Entry<One> {
  operation: One;
  platform: string;
  risk: OperationManifest['risk'];
  verb: string;
  nouns: readonly string[];
  text: readonly string[];
}

function entryOf<One extends Searched>(operation: One): Entry<One> {
  const { name, summary, toolset, route, platform, risk } = operation;
  const [, verb = '', ...nouns] = wordsOf(name);
  return { operation, platform, risk, verb, nouns, text: wordsOf(`${name} ${summary} ${toolset} ${route}`) };
}

/** What a question is made of besides what it asks for. */
const filler: ReadonlySet<string> = new Set(
  (
    'a all am an and any are as at be by can did do does each every for from have i in into is it its last latest me ' +
    'my new now of on one or our please same some than that the their there these they this to want was we were when ' +
    'will with you your'
  ).split(' '),
);

const reading = ['list', 'get', 'find', 'search', 'lookup', 'read', 'check', 'compare', 'download', 'preview'];

/** What people call that which the verbs of our names do. */
const doing: ReadonlyMap<string, readonly string[]> = new Map(
  (
    [
      ['list show see tell give look view read download fetch what which who whose where how why get', reading],
      ['find search', ['find', 'search', 'lookup', 'list', 'get']],
      ['create make open record submit', ['create', 'add', 'upsert', 'save', 'run', 'play', 'push', 'track']],
      ['add invite', ['add', 'create', 'change']],
      ['put write commit upload store save', ['create', 'add', 'upload', 'set', 'upsert', 'update', 'push', 'save']],
      [
        'change edit modify rename move set pause resume enable disable activate',
        ['update', 'set', 'change', 'save', 'rename'],
      ],
      ['delete remove drop', ['delete', 'remove', 'revoke', 'change']],
      ['run trigger execute start', ['run', 'trigger', 'play', 'start', 'call']],
      ['again rerun', ['retry', 'run']],
      ['refuse reject', ['deny']],
      ['comment reply answer', ['create', 'post']],
    ] as const
  ).flatMap(([words, verbs]) => words.split(' ').map(word => [word, verbs] as const)),
);

/** Those of them that name a thing as well. */
const things: ReadonlySet<string> = new Set(['comment', 'commit', 'store', 'trigger']);

const count = (words: readonly string[], word: string) => words.filter(one => one === word).length;

const verbsIn = (asked: readonly string[]): ReadonlySet<string> =>
  new Set(asked.flatMap(word => doing.get(word) ?? []));

const wordsOf = (text: string): string[] =>
  text
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);

/** Any word that begins so, singular or plural. Short words begin too many others, so they have to be the word itself. */
function meaning(word: string): (other: string) => boolean {
  if (word.length <= 3) return other => other === word;
  const stem = /^(.{4,}?)(ing|ies|ed|es|s|e|y)?$/.exec(word)?.[1] ?? word;
  return other => other.startsWith(stem) || (other.length > 4 && stem.startsWith(other));
}
