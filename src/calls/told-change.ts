import { isFault } from '../base/errors.ts';
import { isRow, type Row } from '../base/json-value.ts';
import {
  fieldMeta,
  fieldOf,
  isListing,
  isReading,
  type Operation,
  type OperationContext,
} from '../operations/operation.ts';
import { readRows, readValue } from './execute.ts';

/** Fields that say no more than that it went well. */
const empty: ReadonlySet<string> = new Set(['done', 'ok', 'status', 'warnings']);

const saysNothing = (value: unknown): value is Row =>
  value === undefined || value === null || (isRow(value) && Object.keys(value).every(name => empty.has(name)));

/** Characters of a value that was sent. */
const mostShown = 200;

/**
 * What a change came to where the platform answers nothing of use: the thing as the platform has it now, read by the
 * record's own reading, or at least what was deleted or sent. `{"done":true}` is no answer.
 */
export async function toldChange(
  operation: Operation,
  args: Row,
  value: unknown,
  context: OperationContext,
): Promise<unknown> {
  if (isReading(operation) || operation.starts || !saysNothing(value)) return value;
  const answer: Row = { done: true, ...value };
  const sent = whatWasSent(operation, args);
  if (operation.risk === 'deletes') return { ...answer, deleted: sent };
  const back = operation.readsBack?.(args as never);
  if (!back) return { ...answer, sent };
  try {
    return { ...answer, now: await readNow(back.reading, { ...args, ...back.arguments }, context) };
  } catch (error) {
    if (!isFault(error)) throw error;
    const told = `It was stored; reading it back failed: ${error.message}`;
    return { ...answer, sent, warnings: [...[answer['warnings'] ?? []].flat(), told] };
  }
}

async function readNow(reading: Operation, args: Row, context: OperationContext): Promise<unknown> {
  const own = Object.fromEntries(Object.entries(args).filter(([name]) => fieldOf(reading.input, name)));
  if (isListing(reading)) return (await readRows(reading, own, context, { limit: 20 })).items;
  return readValue(reading, own, context);
}

function whatWasSent({ input }: Operation, args: Row): Row {
  const shown = Object.entries(args).flatMap(([name, value]): [string, unknown][] => {
    if (value === undefined || fieldMeta(fieldOf(input, name)).secret) return [];
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return [[name, text.length > mostShown ? `${text.slice(0, mostShown)}…` : value]];
  });
  return Object.fromEntries(shown);
}
