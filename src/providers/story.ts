import { Fault } from '../base/errors.ts';
import type { Meter } from '../http/call.ts';

/** What a tool answered: words as a model reads them, and the same as data. */
export interface Reply {
  text: string;
  data: Record<string, unknown>;
}

/** Plays the part of a model in a transcript, over a real client. */
export interface Assistant {
  /** `who`: "Geologist". */
  person(who: string, text: string): void;
  says(text: string): void;
  /** Calls a tool in sight of everybody. Throws a fault when the answer is an error. */
  ask(tool: string, args: Record<string, unknown>): Promise<Reply>;
  /** The same outside the transcript and its figures: for checking the story. */
  check(tool: string, args: Record<string, unknown>): Promise<Reply>;
  /** Handles that a story leaves to the ones after it, by what they hold. */
  readonly handles: Map<string, string>;
  /** Whether the server lists a tool: some need an optional part. */
  offers(tool: string): boolean;
  readonly spent: { calls: number; resultTokens: number; usage: Meter };
}

/** What the demo tells of a platform, with real calls on its simulator; throws when an answer is wrong. */
export type Story = (assistant: Assistant) => Promise<void>;

/** Something to be looked at: a call, and the page that shows what it answers. */
export interface Show {
  title: string;
  tool: string;
  arguments: Record<string, unknown>;
}

/** Makes the data of what is to be looked at, by calls of tools. */
export type MakeShows = (ask: (tool: string, args: Record<string, unknown>) => Promise<Reply>) => Promise<Show[]>;

/** The rows of an answer. */
export const rowsOf = ({ data }: Reply, field = 'items') => (data[field] ?? []) as Record<string, unknown>[];

/** @throws Fault where an answer is not what the story needs */
export function expect(holds: boolean, otherwise: string): asserts holds {
  if (holds) return;
  throw new Fault({
    code: 'bad_upstream_reply',
    message: `The story went wrong: ${otherwise}.`,
    hint: 'Run it again with --log-level debug to see what the server did.',
  });
}
