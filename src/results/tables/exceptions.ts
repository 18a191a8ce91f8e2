import type { Column, Exceptions } from '../result.ts';
import type { TextKind } from './values.ts';

/** A text that stands among numbers, and how often. */
export interface WordCount {
  text: string;
  count: number;
  kind: TextKind;
}

/** Others than numbers that are listed by name. */
const mostListed = 5;

/** What a column is in which texts stand among so many numbers: numbers all the same, a text with exceptions, or a text. */
export function decideAmongNumbers(words: readonly WordCount[], numbers: number): 'numbers' | 'text' | Exceptions {
  const others = words.filter(({ kind }) => kind !== 'nothing');
  if (others.length === 0) return 'numbers';
  if (others.some(({ kind }) => kind !== 'bound' && kind !== 'word')) return 'text';
  const total = (kind: TextKind) => others.reduce((sum, word) => sum + (word.kind === kind ? word.count : 0), 0);
  const [bounds, said] = [total('bound'), total('word')];
  if (numbers + bounds === 0 || numbers + bounds < said) return 'text';
  const commonest = others
    .toSorted((a, b) => b.count - a.count)
    .slice(0, mostListed)
    .map(({ text, count }) => ({ text, count }));
  return { numbers, others: bounds + said, commonest };
}

const mostNoted = 6;

/** What has to be known of columns before their figures are believed. */
export function columnNotes(columns: readonly Column[], rows: number): string[] {
  const notes = columns.flatMap(column => {
    const { name, nothing, exceptions, placeholder, zones } = column;
    const words = nothing ? Object.entries(nothing).map(([word, times]) => `${word} (${times})`) : [];
    return [
      ...(words.length ? [`${name}: ${words.slice(0, 5).join(', ')} read as empty.`] : []),
      ...(exceptions ? [exceptionsNote(column, rows)] : []),
      ...(zones ? [`${name}: ${zoneNotes[zones]}`] : []),
      ...(placeholder
        ? [
            `${name}: ${placeholder.value} (${placeholder.count}) is far from the rest and may stand for "no value"; figures count it.`,
          ]
        : []),
    ];
  });
  const more = notes.length - mostNoted;
  return more > 0 ? [...notes.slice(0, mostNoted), `${more} more such notes on columns.`] : notes;
}

const zoneNotes = {
  some: 'only some times name a zone; those that do not were read as UTC, and all are given in UTC.',
  offsets: 'times are given in UTC; where they come from they have other offsets.',
};

function exceptionsNote({ name, nulls, exceptions }: Column, rows: number): string {
  const { numbers = 0, commonest = [] } = exceptions ?? {};
  const listed = commonest.map(({ text, count: times }) => `${text} (${times})`).join(', ');
  return `${name}: ${numbers} of ${rows - nulls} values are numbers, others are ${listed}. It is text; figures are of the numbers, as is number("${name}") in SQL.`;
}
