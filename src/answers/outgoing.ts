import { isRow } from '../base/json-value.ts';
import type { Redactor } from '../base/redact.ts';
import { hiddenMark } from '../base/unicode/visible.ts';
import type { Answer, Outcome, Question, RunAnswer } from './answer.ts';

declare const safe: unique symbol;

/** An answer in which nothing is hidden and nothing is secret. Only `outgoing` makes one, and only one is rendered. */
export type Outgoing<Kind extends Answer = Answer> = Kind & { readonly [safe]: true };

/**
 * An answer as it may leave. Every text in it is cleaned and redacted before it is put into words, so that its text and
 * its structure say the same and no text can hide behind the way another is written. What comes out of the store is
 * shown with marks where something invisible was taken out.
 */
export async function outgoing(answer: RunAnswer, redactor: Redactor): Promise<Outgoing<RunAnswer>>;
export async function outgoing(answer: Answer, redactor: Redactor): Promise<Outgoing>;
export async function outgoing(answer: Answer, redactor: Redactor): Promise<Outgoing> {
  return (await made(answer, redactor)) as Outgoing;
}

async function made(answer: Answer, redactor: Redactor): Promise<Answer> {
  if (answer.kind === 'question') return question(answer, redactor);
  if (answer.kind !== 'run') return outcome(answer, redactor);
  const { outcome: its, ...rest } = answer;
  const own = await redactor.valueInTurns(rest);
  return { ...own, ...(its ? { outcome: await outcome(its, redactor) } : {}) };
}

/** Its token is for the client, and comes back unchanged. */
const question = (answer: Question, { line }: Redactor): Question => ({ ...answer, text: line(answer.text) });

async function outcome(answer: Outcome, redactor: Redactor): Promise<Outcome> {
  switch (answer.kind) {
    case 'value':
      return await redactor.valueInTurns(answer);
    case 'picture': {
      // Of the picture itself there is nothing to read.
      const { image, ...chart } = answer.chart;
      const { chart: told, ...rest } = await redactor.valueInTurns({ ...answer, chart });
      return { ...rest, chart: { ...told, image } };
    }
    case 'image': {
      const { image, ...rest } = answer;
      return { ...(await redactor.valueInTurns(rest)), image };
    }
    case 'description': {
      const { description: whole, ...rest } = answer;
      const description = await redactor.storedInTurns(whole);
      return { ...(await redactor.valueInTurns(rest)), description, warnings: warnings(answer, description, redactor) };
    }
    case 'view': {
      const { rows, names, result, figures, ...rest } = answer;
      const stored = await redactor.storedInTurns({ rows, names, result, figures });
      return { ...(await redactor.valueInTurns(rest)), ...stored };
    }
    case 'result': {
      const { result: stored, ...rest } = answer;
      const result = await redactor.storedInTurns(stored);
      return { ...(await redactor.valueInTurns(rest)), result, warnings: warnings(answer, result, redactor) };
    }
    case 'rows': {
      const { rows, result, ...rest } = answer;
      const isStored = answer.isStored === true || result !== undefined;
      const shown = isStored ? await redactor.storedInTurns(rows) : await redactor.valueInTurns(rows);
      return {
        ...(await redactor.valueInTurns(rest)),
        rows: shown,
        ...(result ? { result: await redactor.storedInTurns(result) } : {}),
        warnings: warnings(answer, shown, redactor),
      };
    }
  }
}

const explainMark = `${hiddenMark} stands where a value holds characters that cannot be seen. Conditions of read_result match with it and without it; in SQL compare visible("column") with what is seen.`;

function warnings(answer: { warnings: string[] }, shown: object, redactor: Redactor): string[] {
  const own = redactor.value(answer.warnings);
  return hasMark(shown) ? [...own, explainMark] : own;
}

function hasMark(value: unknown): boolean {
  if (typeof value === 'string') return value.includes(hiddenMark);
  if (Array.isArray(value)) return value.some(hasMark);
  return isRow(value) && Object.entries(value).some(([name, part]) => name.includes(hiddenMark) || hasMark(part));
}
