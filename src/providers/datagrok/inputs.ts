import { text as wholeText } from 'node:stream/consumers';
import { Fault, isFault } from '../../base/errors.ts';
import { isRow, type Row } from '../../base/json-value.ts';
import type { OperationContext } from '../../operations/operation.ts';
import type { Source } from '../../results/transfer/source.ts';
import { isSayable } from './arguments.ts';
import { downloadTable } from './operations/tables.ts';
import type { Parameter } from './outputs.ts';

export interface Inputs {
  /** As they go to the server. */
  values: Row;
  /** What was put in the place of a handle or a name, by input: "1386 rows". */
  sent: Readonly<Record<string, string>>;
}

/** Characters of a table that goes as an argument: it is in memory, and inside the request. */
const mostCharacters = 32 * 2 ** 20;

/** Kinds of inputs that nobody documents how to send. */
const unsendable: ReadonlySet<string> = new Set(['file', 'blob', 'graphics']);

const isHandle = (value: unknown): value is string => typeof value === 'string' && value.startsWith('result://');

/**
 * The inputs of a function as the server takes them: of a dataframe, the rows that a handle, a table's name or the
 * caller's own rows stand for, as CSV. What cannot be made into what the function declares is refused.
 * @throws Fault `bad_arguments`, `too_large`; nothing was run
 */
export async function sendableInputs(
  called: string,
  given: Row,
  declared: readonly Parameter[] | undefined,
  context: OperationContext,
): Promise<Inputs> {
  const values: Row = { ...given };
  const sent: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value === null) continue;
    const type = declared?.find(one => one.isInput && one.name === name)?.propertyType ?? undefined;
    // Of a function whose inputs nobody tells, a handle can only stand for its rows.
    if (type === 'dataframe' || (declared === undefined && isHandle(value))) {
      const { csv, extent } = await tableOf(called, name, value, context);
      values[name] = csv;
      sent[name] = extent;
    } else if (isHandle(value) || unsendable.has(type ?? '')) throw unconvertible(called, name, type);
  }
  return { values, sent };
}

async function tableOf(called: string, name: string, value: unknown, context: OperationContext) {
  const isName = typeof value === 'string' && !isHandle(value) && !/[\r\n]/.test(value) && isSayable(value);
  if (isName) return tableOnServer(called, name, value, context);
  const isRows = Array.isArray(value) && value.length > 0 && value.every(isRow);
  if (typeof value !== 'string' && !isRows) throw noTable(called, name);
  const source: Source = await context.source(value);
  const csv = await bounded(called, name, source.body('csv').open());
  return { csv, extent: source.extent };
}

async function tableOnServer(called: string, name: string, table: string, context: OperationContext) {
  try {
    const { body } = await context.request(downloadTable, { table }, { expect: 'stream' });
    const csv = await bounded(called, name, body as AsyncIterable<Uint8Array>);
    return { csv, extent: `the table ${table}` };
  } catch (error) {
    if (isFault(error, 'not_found') || isFault(error, 'rejected')) throw noTable(called, name, table, error);
    throw error;
  }
}

async function bounded(called: string, name: string, bytes: AsyncIterable<Uint8Array>): Promise<string> {
  async function* within() {
    let size = 0;
    for await (const piece of bytes) {
      size += piece.length;
      if (size > mostCharacters) throw tooLarge(called, name);
      yield piece;
    }
  }
  return wholeText(within() as never);
}

const forms = 'a result:// handle, the name of a table on Datagrok, rows, or CSV text';

const noTable = (called: string, name: string, table?: string, cause?: unknown) =>
  new Fault({
    code: 'bad_arguments',
    message: `${called}: ${name} is a dataframe${table === undefined ? '' : `, and there is no table "${table}"`}. Nothing was run.`,
    hint: `Give ${forms}.`,
    cause,
  });

const unconvertible = (called: string, name: string, type = 'unknown type') =>
  new Fault({
    code: 'bad_arguments',
    message: `${called}: ${name} is of ${type === 'unknown type' ? type : `type ${type}`}, which this server cannot make of what was given. Nothing was run.`,
    hint: 'A handle stands for the rows of a dataframe alone. Run it in the web interface, or call a function that takes a dataframe or plain values.',
  });

const tooLarge = (called: string, name: string) =>
  new Fault({
    code: 'too_large',
    message: `${called}: the table for ${name} has more than ${mostCharacters / 2 ** 20} MiB, which one call does not carry. Nothing was run.`,
    hint: 'Narrow it with query_result and give the handle of its answer, or let the function read the table on the server.',
  });
